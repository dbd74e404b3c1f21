/** Control characters and line ends, and the marks that turn the direction of text around. */
const unprintable = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** External text as one line of data, at most `length` UTF-16 units; what is cut off shows as an ellipsis. */
export function oneLine(text: string, length: number): string {
  const line = text.toWellFormed().replace(unprintable, ' ').trim();
  if (line.length <= length) return line;
  const kept = line.slice(0, Math.max(0, length - 1));
  return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}…`;
}

/** `2026-11-22T11:00:07.123Z` → `2026-11-22 11:00 UTC`; what is no such time stays as it is. */
export function toMinute(time: string): string {
  const [, day, minute] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):[\d.]+Z$/.exec(time) ?? [];
  return day && minute ? `${day} ${minute} UTC` : time;
}

/** `a, b and 3 more`. */
export function listOf(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
