import { activityInfo, log } from '@temporalio/activity';
import { z } from 'zod';
import { checkInput } from '../activity-input.ts';
import type { SlackClient } from './client.ts';
import type { SlackPort } from './port.ts';

const Key = z.string().min(1);
const Links = z.array(z.object({ label: z.string(), href: z.string() }));
const Text = { title: z.string().min(1), lines: z.array(z.string()), links: Links };
const Message = z.object({ channelId: z.string().min(1), ts: z.string().min(1) });
/** What the calls depend on; the rest is shown. */
const View = z.looseObject({
  requestId: Key,
  key: Key,
  workflowId: Key,
  policy: z.looseObject({ channel: z.string().min(1) }),
  evidence: z.looseObject({ title: z.string() }),
});

const Notice = z.object({ key: Key, channel: z.string().min(1), ...Text });
const Request = z.object({ view: View, message: Message.nullable() });
const Reminder = z.object({
  key: Key,
  view: View,
  message: Message,
  to: z.enum(['thread', 'dm', 'on-call']),
  missed: z.int().min(0),
});
const Refusal = z.object({ key: Key, view: View, principal: z.string().min(1), text: z.string() });
const Personal = z.object({ key: Key, person: z.string().min(1), ...Text });

/** The activities of the queue `-slack`. The first attempt posts at once; every later one looks first. */
export function createSlackActivities(client: SlackClient): SlackPort {
  const mayRepeat = () => activityInfo().attempt > 1;
  return {
    async postNotice(input) {
      checkInput(Notice, input, 'postNotice');
      const notice = await client.postNotice({ ...input, lookFirst: mayRepeat() });
      log.info('posted notice', { key: input.key, channel: input.channel, ...notice });
      return notice;
    },
    async showRequest(input) {
      checkInput(Request, input, 'showRequest');
      const shown = await client.showRequest({ ...input, lookFirst: mayRepeat() });
      const { requestId, state } = input.view;
      log.info('showed request', { requestId, state, updated: input.message !== null, ...shown });
      return shown;
    },
    async remind(input) {
      checkInput(Reminder, input, 'remind');
      await client.remind({ ...input, lookFirst: mayRepeat() });
      log.info('reminded', { key: input.key, to: input.to, missed: input.missed });
    },
    async tellRefusal(input) {
      checkInput(Refusal, input, 'tellRefusal');
      await client.tellRefusal({ ...input, lookFirst: mayRepeat() });
      log.info('told refusal', { key: input.key, principal: input.principal });
    },
    async tellPerson(input) {
      checkInput(Personal, input, 'tellPerson');
      const told = await client.tellPerson({ ...input, lookFirst: mayRepeat() });
      log.info('told person', { key: input.key, person: input.person, ...told });
      return told;
    },
  };
}
