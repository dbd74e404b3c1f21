/** Control characters but tab and line feed. */
const control = '(?![\\t\\n])\\p{Cc}';
const terminalCode = new RegExp(`${control}\\[[0-9;?]*[A-Za-z]`, 'gu');
/** With them, the marks that turn the direction of text around. */
const unprintable = new RegExp(
  `${control}|[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff]`,
  'gu',
);

/** External text as data: without terminal codes, control characters, text-direction tricks and broken surrogates. */
export function toText(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(terminalCode, '')
    .replace(unprintable, '')
    .toWellFormed()
    .trim();
}

/** What was kept of an external text; a cut shows as an ellipsis at its end. */
export interface Kept {
  readonly text: string;
  readonly isWhole: boolean;
}

/** At most `most` UTF-16 units and `lines` lines. */
export function keepText(text: string, most: number, lines: number): Kept {
  const { start, isAll } = startOf(text, most);
  const all = toText(start).split('\n');
  const first = all.length > lines ? `${all.slice(0, lines).join('\n')}\n…` : all.join('\n');
  return { text: cut(first, most), isWhole: isAll && all.length <= lines && first.length <= most };
}

/** All lines as one, at most `most` UTF-16 units. */
export function keepLine(text: string, most: number): Kept {
  const { start, isAll } = startOf(text, most);
  const line = toText(start).replace(/\s+/g, ' ');
  return { text: cut(line, most), isWhole: isAll && line.length <= most };
}

export function toLine(text: string, most: number): string {
  return keepLine(text, most).text;
}

/** Never half a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, Math.max(0, most - 1));
  return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}…`;
}

/** Megabytes are not cleaned for the sake of one line. */
function startOf(text: string, most: number): { start: string; isAll: boolean } {
  const looked = 4 * most + 200;
  const isAll = text.length <= looked;
  return { start: isAll ? text : `${text.slice(0, looked)}…`, isAll };
}

/** `2026-11-22T11:00:07.123456Z` → `2026-11-22 11:00 UTC`; what is no such time stays as it is. */
export function toMinute(time: string): string {
  const [, day, minute] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):[\d.]+Z$/.exec(time) ?? [];
  return day && minute ? `${day} ${minute} UTC` : toLine(time, 60);
}
