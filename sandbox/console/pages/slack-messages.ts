import type { SandboxPerson } from '../../shared/people.ts';
import { blocksToHtml, type ShownButton } from '../block-kit-html.ts';
import { html, type Html } from '../html.ts';
import { mrkdwnToHtml } from '../mrkdwn-html.ts';
import type { ConsoleMessage } from '../slack-client.ts';
import { moment } from './ticket-parts.ts';

export interface MessageContext {
  readonly people: readonly SandboxPerson[];
  readonly button: (button: ShownButton, message: ConsoleMessage) => Html;
}

/** One channel, newest message first, each with its thread under it, oldest first. */
export function channelSection(
  place: { id: string; name: Html; topic: string | undefined },
  messages: readonly ConsoleMessage[],
  context: MessageContext,
): Html {
  const { id, name, topic } = place;
  const known = new Set(messages.map(({ ts }) => ts));
  const isReply = ({ ts, thread_ts: root }: ConsoleMessage) =>
    root !== undefined && root !== ts && known.has(root);
  const items = messages.filter((message) => !isReply(message)).toReversed();
  const threadOf = ({ ts }: ConsoleMessage) =>
    messages.filter((message) => isReply(message) && message.thread_ts === ts);
  return html`<section aria-labelledby="channel-${id}">
    <h2 id="channel-${id}">${name} <span class="quiet">${topic}</span></h2>
    ${
      items.length === 0
        ? html`<p class="empty">No messages.</p>`
        : html`<ol class="comments">
            ${items.map((message) => messageItem(message, threadOf(message), context))}
          </ol>`
    }
  </section>`;
}

function messageItem(
  message: ConsoleMessage,
  thread: readonly ConsoleMessage[],
  context: MessageContext,
): Html {
  const sentAt = new Date(Number(message.ts) * 1000).toISOString();
  const onlyYou = message.ephemeral_to === undefined ? '' : html` <em>only you see this</em>`;
  const { blocks = [] } = message;
  const content =
    blocks.length === 0
      ? html`<div class="message">${mrkdwnToHtml(message.text, context.people)}</div>`
      : blocksToHtml(blocks, {
          people: context.people,
          button: (button) => context.button(button, message),
        });
  return html`<li>
    <p class="byline"><strong>${authorOf(message, context.people)}</strong> ${moment(sentAt)}${onlyYou}</p>
    <div class="rich">${content}</div>
    ${
      thread.length === 0
        ? ''
        : html`<ol class="comments thread" aria-label="Thread">
            ${thread.map((reply) => messageItem(reply, [], context))}
          </ol>`
    }
  </li>`;
}

function authorOf({ user }: ConsoleMessage, people: readonly SandboxPerson[]): string {
  if (user === 'USLACKBOT') return 'Slackbot';
  return people.find(({ slack }) => slack.userId === user)?.displayName ?? 'lockkeeper';
}
