import { cutText, toPlainText } from '../plain-text.ts';

export interface Notice {
  readonly title: string;
  readonly lines: readonly string[];
  readonly links: readonly { readonly label: string; readonly href: string }[];
}

/** Slack recommends at most 4,000 characters of text and cuts without a word beyond 40,000. */
const maxLength = 3_900;

/** A notice as Slack's mrkdwn. External text stays text: no mention, no channel, no link of its own. */
export function toMrkdwn(notice: Notice): string {
  const links = notice.links.map(toLink);
  const title = `*${escapeMrkdwn(notice.title.replace(/\s+/g, ' '))}*`;
  const lines = notice.lines.map(escapeMrkdwn);
  const reserved = [title, ...links].reduce((sum, line) => sum + line.length + 1, 0);
  return [title, ...fitLines(lines, maxLength - reserved), ...links].join('\n');
}

/** Whole lines; a line that is too long alone is cut between characters, and never inside an escape. */
function fitLines(lines: readonly string[], room: number): string[] {
  const fitted: string[] = [];
  let left = room;
  for (const line of lines) {
    if (line.length + 1 > left) return [...fitted, cutMrkdwn(line, Math.max(1, left))];
    fitted.push(line);
    left -= line.length + 1;
  }
  return fitted;
}

/** The first `length` characters of escaped text at most, and never the half of an escape. */
export function cutMrkdwn(escaped: string, length: number): string {
  return cutText(escaped, length).replace(/&[a-z]*…$/, '…');
}

/** Slack's three escapes: they also disarm `<!channel>` and `<@U…>`. */
export function escapeMrkdwn(text: string): string {
  return toPlainText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A link of http or https; anything else stays text. */
export function toLink({ label, href }: { label: string; href: string }): string {
  const url = URL.canParse(href) ? new URL(href) : undefined;
  const name = escapeMrkdwn(label.replace(/\s+/g, ' '));
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    return `${name}: ${escapeMrkdwn(href.replace(/\s+/g, ' '))}`;
  return `<${escapeMrkdwn(url.href).replaceAll('|', '%7C')}|${name.replaceAll('|', '¦')}>`;
}
