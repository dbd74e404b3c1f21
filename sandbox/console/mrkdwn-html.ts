import type { SandboxPerson } from '../shared/people.ts';
import { html, outsideLink, type Html } from './html.ts';
import { slackDateToHtml } from './slack-date.ts';
import { emojiOf } from './emoji.ts';

/** Links, mentions, dates; bold, struck and slanted text; code; emoji: what Slack's mrkdwn knows. */
const token = new RegExp(
  [
    '```(?<pre>[^`]+)```',
    '<(?<target>[^<>|\\n]+)(?:\\|(?<label>[^<>\\n]*))?>',
    '`(?<code>[^`\\n]+)`',
    '\\*(?<bold>[^*\\n]+)\\*',
    '(?<!\\w)_(?<slanted>[^_\\n]+)_(?!\\w)',
    '(?<!\\w)~(?<struck>[^~\\n]+)~(?!\\w)',
    ':(?<emoji>[a-z0-9_+-]+):',
  ].join('|'),
  'g',
);
const quotedLines = /^(?:(?:&gt;|>)[^\n]*(?:\n|$))+/gm;

/** A Slack message's text as Slack would show it; what is no markup is shown as it is. */
export function mrkdwnToHtml(text: string, people: readonly SandboxPerson[]): Html {
  const parts: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(quotedLines)) {
    const quote = match[0].trimEnd().replace(/^(?:&gt;|>) ?/gm, '');
    parts.push(inlineToHtml(text.slice(end, match.index), people));
    parts.push(html`<blockquote>${inlineToHtml(quote, people)}</blockquote>`);
    end = match.index + match[0].length;
  }
  return html`${parts}${inlineToHtml(text.slice(end), people)}`;
}

function inlineToHtml(text: string, people: readonly SandboxPerson[]): Html {
  const parts: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    parts.push(html`${unescape(text.slice(end, match.index))}`, tokenToHtml(match[0], match.groups, people));
    end = match.index + match[0].length;
  }
  return html`${parts}${unescape(text.slice(end))}`;
}

function tokenToHtml(
  whole: string,
  groups: Partial<Record<string, string>> = {},
  people: readonly SandboxPerson[],
): Html {
  const { target, label, bold, slanted, struck, code, pre, emoji } = groups;
  if (pre !== undefined) return html`<pre><code>${unescape(pre)}</code></pre>`;
  if (code !== undefined) return html`<code>${unescape(code)}</code>`;
  // bold text may hold a link or a mention
  if (bold !== undefined) return html`<strong>${inlineToHtml(bold, people)}</strong>`;
  if (slanted !== undefined) return html`<em>${inlineToHtml(slanted, people)}</em>`;
  if (struck !== undefined) return html`<s>${inlineToHtml(struck, people)}</s>`;
  if (emoji !== undefined) return html`${emojiOf(emoji) ?? whole}`;
  return referenceToHtml(unescape(target ?? ''), label === undefined ? undefined : unescape(label), people);
}

function referenceToHtml(target: string, label: string | undefined, people: readonly SandboxPerson[]): Html {
  if (target.startsWith('!date^')) return slackDateToHtml(target, label);
  if (target.startsWith('!subteam^')) return html`<strong>${label ?? target.slice(1)}</strong>`;
  if (target.startsWith('!')) return html`<strong>@${label ?? target.slice(1)}</strong>`;
  if (target.startsWith('#')) return html`<strong>#${label ?? target.slice(1)}</strong>`;
  if (target.startsWith('@')) return html`<strong>@${nameOf(target.slice(1), people)}</strong>`;
  return outsideLink(target, label ?? target);
}

const nameOf = (userId: string, people: readonly SandboxPerson[]) =>
  people.find((person) => person.slack.userId === userId)?.displayName ?? userId;

// Slack escapes these three characters and no others.
const unescape = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
