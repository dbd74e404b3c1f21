import type { SandboxPerson } from '../../shared/people.ts';
import { sandboxChannels } from '../../slack/slack-vendor.ts';
import type { SlackChannel } from '../../slack/workspace.ts';
import { html, type Html } from '../html.ts';
import { mrkdwnToHtml } from '../mrkdwn-html.ts';
import type { ConsoleVendors, PageRoute } from '../page.ts';
import { readMessages, type ConsoleMessage } from '../slack-messages.ts';
import { moment } from './ticket-parts.ts';

/** Both channels side by side, newest message first. */
export function slackRoutes(vendors: ConsoleVendors): PageRoute[] {
  const { people, slack, secrets } = vendors;
  return [
    {
      method: 'GET',
      path: /^\/slack$/,
      async handle() {
        const messages = await readMessages(slack.url, secrets.control);
        const channels = sandboxChannels.map((channel) => channelSection(channel, messages, people));
        return { path: '/slack', title: 'Slack', live: html`<div class="channels">${channels}</div>` };
      },
    },
  ];
}

function channelSection(
  { id, name, topic }: SlackChannel,
  messages: readonly ConsoleMessage[],
  people: readonly SandboxPerson[],
): Html {
  const own = messages.filter((message) => message.channel === id).toReversed();
  return html`<section aria-labelledby="channel-${id}">
    <h2 id="channel-${id}">#${name} <span class="quiet">${topic}</span></h2>
    ${
      own.length === 0
        ? html`<p class="empty">No messages.</p>`
        : html`<ol class="comments">
            ${own.map((message) => messageItem(message, people))}
          </ol>`
    }
  </section>`;
}

function messageItem(message: ConsoleMessage, people: readonly SandboxPerson[]): Html {
  const nameOf = (userId: string) => people.find(({ slack }) => slack.userId === userId)?.displayName;
  const sentAt = new Date(Number(message.ts) * 1000).toISOString();
  const onlyFor =
    message.ephemeral_to === undefined
      ? ''
      : html` <em>only ${nameOf(message.ephemeral_to) ?? message.ephemeral_to} sees this</em>`;
  return html`<li>
    <p class="byline"><strong>${nameOf(message.user) ?? 'lockkeeper'}</strong> ${moment(sentAt)}${onlyFor}</p>
    <div class="rich message">${mrkdwnToHtml(message.text, people)}</div>
  </li>`;
}
