import type { RequestView } from '../../workflows/approval/messages.ts';
import { toLink } from './notice.ts';
import type { SlackPeople } from './people.ts';
import type { SlackPort } from './port.ts';
import { toShortText } from './request-message.ts';
import type { SlackContent, SlackWeb } from './web.ts';

type Reminder = Parameters<SlackPort['remind']>[0] & { readonly lookFirst: boolean };

interface Told {
  readonly key: string;
  /** Slack user id. */
  readonly user: string;
  readonly content: SlackContent;
  readonly lookFirst: boolean;
}

export interface Reminders {
  remind(reminder: Reminder): Promise<void>;
  /** A direct message, once per key. @returns false when Slack lets nobody write to this person */
  tell(told: Told): Promise<boolean>;
}

export function createReminders({ web, people }: { web: SlackWeb; people: SlackPeople }): Reminders {
  async function tell({ key, user, content, lookFirst }: Told): Promise<boolean> {
    const channel = await web.openDirect(user);
    if (channel === undefined) return false;
    if (!(lookFirst && (await web.find(channel, key)))) await web.post(channel, key, content);
    return true;
  }

  async function replyInThread({ key, message, lookFirst }: Reminder, content: SlackContent) {
    const { channelId, ts } = message;
    if (lookFirst && (await web.find(channelId, key, ts))) return;
    await web.post(channelId, key, content, ts);
  }

  async function namesFor({ view, to }: Reminder): Promise<readonly string[]> {
    return to === 'on-call' ? [people.onCall()] : whoCanDecide(view, (group) => people.membersOf(group));
  }

  return {
    tell,
    async remind(reminder) {
      const text = toReminderText(reminder);
      if (reminder.to === 'thread') return replyInThread(reminder, { text });
      const link = await web.permalinkOf(reminder.message.channelId, reminder.message.ts);
      const href = link ?? reminder.view.runLink;
      const content = {
        text: `${text}\n${toLink({ label: link ? 'Open the request' : 'Open the run', href })}`,
      };
      const { key, lookFirst } = reminder;
      const users = (await namesFor(reminder)).flatMap((name) => people.slackIdOf(name) ?? []);
      const told: boolean[] = [];
      // One after the other: a repeat finds those who were told and goes on with the rest.
      for (const user of new Set(users)) told.push(await tell({ key, user, content, lookFirst }));
      // A rung of the ladder that reaches nobody would be silence.
      if (!told.includes(true)) await replyInThread(reminder, { text });
    },
  };
}

/** Members of the groups that are missing, but nobody whom the policy excludes and nobody who has decided. */
export async function whoCanDecide(
  {
    evidence,
    policy,
    missing,
    decisions,
  }: Pick<RequestView, 'evidence' | 'policy' | 'missing' | 'decisions'>,
  membersOf: (group: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const excluded = {
    requester: evidence.requester === null ? [] : [evidence.requester],
    author: evidence.authors,
    changer: evidence.changers,
  };
  const out = new Set([
    ...policy.exclude.flatMap((kind) => excluded[kind]),
    ...decisions.flatMap(({ principal, actingFor }) =>
      actingFor === null ? [principal] : [principal, actingFor],
    ),
  ]);
  const members = await Promise.all(missing.map(({ group }) => membersOf(group)));
  return [...new Set(members.flat())].filter((name) => !out.has(name));
}

const heads: Readonly<Record<Reminder['to'], string>> = {
  thread: ':bell: Still waiting for a decision',
  dm: ':bell: Your decision is asked for',
  'on-call': ':rotating_light: Nobody has decided so far; you are on call',
};

function toReminderText({ view, to, missed }: Reminder): string {
  const late =
    missed === 0
      ? ''
      : ` (${missed} ${missed === 1 ? 'reminder' : 'reminders'} fell due while Slack was down)`;
  return `${heads[to]}${late}\n${toShortText(view)}`;
}
