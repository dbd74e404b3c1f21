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
    if (line.length + 1 > left)
      return [...fitted, cutText(line, Math.max(1, left)).replace(/&[a-z]*…$/, '…')];
    fitted.push(line);
    left -= line.length + 1;
  }
  return fitted;
}

/** Slack's three escapes: they also disarm `<!channel>` and `<@U…>`. */
function escapeMrkdwn(text: string): string {
  return toPlainText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function toLink({ label, href }: { label: string; href: string }): string {
  const url = URL.canParse(href) ? new URL(href) : undefined;
  const name = escapeMrkdwn(label.replace(/\s+/g, ' '));
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return `${name}: ${escapeMrkdwn(href)}`;
  return `<${escapeMrkdwn(url.href).replaceAll('|', '%7C')}|${name.replaceAll('|', '¦')}>`;
}
