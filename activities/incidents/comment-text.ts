import { redact } from '../redact.ts';
import { cutText, toPlainText } from '../plain-text.ts';

/** What a copy of a comment says. The first line names the original: people see whose words they are, and a lost map is rebuilt from it. */

/** Characters that AWS takes in one comment. */
const mostInCase = 12_000;
const longestName = 80;
const firstLine =
  /^.{1,100} in Jira, [\d-]{10} [\d:]{5} UTC \(comment (\d{1,19}), part (\d{1,4}) of \d{1,4}\):/;

interface Said {
  readonly id: string;
  readonly author: string;
  /** ISO 8601 UTC */
  readonly at: string;
  readonly body: string;
}

/** @returns the texts of the copies of one comment of an issue, in order, for the case; secrets are cut out before they cross */
export function toCaseTexts({ id, author, at, body }: Said): readonly string[] {
  const head = (part: number, of: number) =>
    `${toName(author)} in Jira, ${toMinute(at)} UTC (comment ${id}, part ${part} of ${of}):\n`;
  const pieces = cutInto(redact(body), mostInCase - head(9_999, 9_999).length);
  return pieces.map((piece, index) => `${head(index + 1, pieces.length)}${piece}`);
}

/** The same for Jira, whose comments carry the original's id as a property. @param split by what Jira stores */
export function toIssueTexts(
  { author, at, body }: Said,
  split: (text: string) => readonly string[],
): readonly string[] {
  const pieces = split(redact(body));
  return pieces.map((piece, index) => {
    const part = pieces.length === 1 ? '' : `, part ${index + 1} of ${pieces.length}`;
    return `${toName(author)} in AWS Security Incident Response, ${toMinute(at)} UTC${part}:\n${piece}`;
  });
}

/** @returns `<id>#<part>` of the original, as the first line of one of our own comments in a case says it */
export function originalOf(body: string): string | null {
  const [, id, part] = firstLine.exec(body) ?? [];
  return id !== undefined && part !== undefined ? `${id}#${part}` : null;
}

/** A copy whose original was deleted keeps its words, and says so. */
export function asDeleted(text: string, where: string, at: string): string {
  const mark = `[deleted in ${where}, ${toMinute(at)} UTC]\n`;
  return text.startsWith('[deleted in ') ? text : cutText(`${mark}${text}`, mostInCase);
}

function toName(author: string): string {
  return cutText(toPlainText(author).replace(/\s+/g, ' ').trim(), longestName) || 'somebody';
}

function toMinute(at: string): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

/** At the ends of lines where there are any; a pair of code units is never parted. */
function cutInto(text: string, most: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > most) {
    const line = rest.lastIndexOf('\n', most);
    let end = line > most / 2 ? line : most;
    if (/[\uD800-\uDBFF]/.test(rest.charAt(end - 1))) end -= 1;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).replace(/^\n/, '');
  }
  return [...pieces, rest];
}
