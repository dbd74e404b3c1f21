import type { SandboxPerson } from '../shared/people.ts';
import { html, outsideLink, type Html } from './html.ts';

/** A link or mention, bold text, code: what our notices use of Slack's mrkdwn. */
const token = /<(?<target>[^<>|\n]+)(?:\|(?<label>[^<>\n]*))?>|\*(?<bold>[^*\n]+)\*|`(?<code>[^`\n]+)`/g;

/** A Slack message's text as Slack would show it; what is no markup is shown as it is. */
export function mrkdwnToHtml(text: string, people: readonly SandboxPerson[]): Html {
  const parts: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    parts.push(html`${unescape(text.slice(end, match.index))}`, tokenToHtml(match.groups ?? {}, people));
    end = match.index + match[0].length;
  }
  return html`${parts}${unescape(text.slice(end))}`;
}

function tokenToHtml(groups: Partial<Record<string, string>>, people: readonly SandboxPerson[]): Html {
  const { target, label, bold, code } = groups;
  if (bold !== undefined) return html`<strong>${unescape(bold)}</strong>`;
  if (code !== undefined) return html`<code>${unescape(code)}</code>`;
  const named = unescape(target ?? '');
  if (named.startsWith('!')) return html`<strong>@${named.slice(1)}</strong>`;
  if (named.startsWith('@')) return html`<strong>@${nameOf(named.slice(1), people)}</strong>`;
  return outsideLink(named, unescape(label ?? named));
}

const nameOf = (userId: string, people: readonly SandboxPerson[]) =>
  people.find((person) => person.slack.userId === userId)?.displayName ?? userId;

// Slack escapes these three characters and no others.
const unescape = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
