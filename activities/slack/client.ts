import { createFailure } from '../../workflows/shared/failures.ts';
import { toMrkdwn } from './notice.ts';
import type { SlackMessageRef, SlackPort } from './port.ts';
import type { SlackPeople } from './people.ts';
import { createReminders } from './reminders.ts';
import { toRequestMessage, toShortText } from './request-message.ts';
import { oneLine } from './request-words.ts';
import type { SlackWeb } from './web.ts';

export interface SlackOptions {
  readonly web: SlackWeb;
  /** Channel ids by their name in the configuration. */
  readonly channels: Readonly<Record<string, string>>;
  readonly people: SlackPeople;
}

type Input<Verb extends keyof SlackPort> = Parameters<SlackPort[Verb]>[0] & {
  /** Look for a message with the key before posting; true unless this is surely the first try. */
  readonly lookFirst?: boolean;
};

/** SlackPort, told by the activity whether this may be a repeat. */
export type SlackClient = {
  readonly [Verb in keyof SlackPort]: (input: Input<Verb>) => ReturnType<SlackPort[Verb]>;
};

export function createSlackClient({ web, channels, people }: SlackOptions): SlackClient {
  const findRequest = async (channelId: string, key: string): Promise<SlackMessageRef | null> => {
    const found = await web.find(channelId, key);
    return found ? { channelId, ts: found.ts } : null;
  };
  const reminders = createReminders({ web, people });

  return {
    async postNotice({ lookFirst = true, key, channel, ...notice }) {
      const channelId = channelOf(channels, channel);
      const found = lookFirst ? await web.find(channelId, key) : undefined;
      if (found) return { channelId, ts: found.ts, posted: false };
      const posted = await web.post(channelId, key, { text: toMrkdwn(notice) });
      return { channelId: posted.channel, ts: posted.ts, posted: true };
    },

    async showRequest({ lookFirst = true, view, message }) {
      const key = `${view.key}/${view.requestId}`;
      const content = toRequestMessage(view);
      const channelId = channelOf(channels, view.policy.channel);
      // A message that an earlier try posted shows what was true then: it is updated, too.
      const known = message ?? (lookFirst ? await findRequest(channelId, key) : null);
      const updated = known && (await web.update(known.channelId, known.ts, key, content));
      if (updated) return { channelId: updated.channel, ts: updated.ts };
      const moved = known && lookFirst ? await findOther(findRequest, channelId, { key, gone: known }) : null;
      if (moved && (await web.update(moved.channelId, moved.ts, key, content))) return moved;
      const posted = await web.post(channelId, key, content);
      return { channelId: posted.channel, ts: posted.ts };
    },

    remind: ({ lookFirst = true, ...input }) => reminders.remind({ lookFirst, ...input }),

    async tellRefusal({ lookFirst = true, key, view, principal, text }) {
      const user = people.slackIdOf(principal);
      if (user === undefined) return;
      const content = { text: `:no_entry_sign: ${oneLine(text)}\n${toShortText(view)}` };
      const channelId = channelOf(channels, view.policy.channel);
      if (await web.postEphemeral(channelId, user, content)) return;
      await reminders.tell({ key, user, content, lookFirst });
    },

    async tellPerson({ lookFirst = true, key, person, ...notice }) {
      const user = people.slackIdOf(person);
      if (user === undefined) return { told: false };
      return { told: await reminders.tell({ key, user, content: { text: toMrkdwn(notice) }, lookFirst }) };
    },
  };
}

/** The message was deleted and an earlier try may have posted it anew. */
async function findOther(
  find: (channelId: string, key: string) => Promise<SlackMessageRef | null>,
  channelId: string,
  { key, gone }: { key: string; gone: SlackMessageRef },
): Promise<SlackMessageRef | null> {
  const found = await find(channelId, key);
  return found?.ts === gone.ts ? null : found;
}

function channelOf(channels: Readonly<Record<string, string>>, name: string): string {
  const id = Object.hasOwn(channels, name) ? channels[name] : undefined;
  if (id !== undefined) return id;
  const known = Object.keys(channels).join(', ');
  throw createFailure('InvalidInput', `channel: ${name} is none of slack.channels: ${known}`, {
    details: { system: 'slack', expected: known, found: name },
  });
}
