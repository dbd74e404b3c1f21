import { z } from 'zod';
import type { SandboxPerson } from '../shared/people.ts';
import { callVendor, VendorRefusal } from './vendor-call.ts';

const block = z.record(z.string(), z.unknown());
const message = z.object({
  channel: z.string(),
  ts: z.string(),
  user: z.string(),
  text: z.string(),
  blocks: z.array(block).optional(),
  thread_ts: z.string().optional(),
  ephemeral_to: z.string().optional(),
  direct_to: z.string().optional(),
});
const text = z.object({ text: z.string() }).nullable();
const view = z.object({
  id: z.string(),
  hash: z.string(),
  type: z.enum(['modal', 'home']),
  blocks: z.array(block),
  title: text,
  submit: text,
  close: text,
  state: z.object({ values: z.record(z.string(), z.record(z.string(), block)) }),
  errors: z.record(z.string(), z.string()),
});
const actAnswer = z.object({
  status: z.number(),
  error: z.string().optional(),
  errors: z.record(z.string(), z.string()).optional(),
});

export type Block = z.infer<typeof block>;
export type ConsoleMessage = z.infer<typeof message>;
export type ConsoleView = z.infer<typeof view>;
export type ActVerb = 'click' | 'submit' | 'close-view' | 'command' | 'open-home';

/** Slack as one person's client has it. Through the control surface: looking must not look like a call of the bot. */
export interface SlackClient {
  /** What this person may see of every channel and of his direct messages, oldest first. */
  messages(): Promise<ConsoleMessage[]>;
  /** His modals, the topmost last, and his App Home. */
  views(): Promise<ConsoleView[]>;
  /** Throws `VendorRefusal` with Slack's words when the app failed; errors of a modal's fields are shown in the modal. */
  act(verb: ActVerb, body: object): Promise<void>;
}

const explanations: Readonly<Record<string, string>> = {
  operation_timeout: 'the app did not answer within three seconds (operation_timeout). Try again.',
  dispatch_failed: 'the app could not be reached, or failed (dispatch_failed). Try again.',
  action_not_found: 'that button is gone. The message has changed meanwhile.',
  message_not_found: 'that message is gone.',
  not_found: 'that dialog is closed already.',
};

export function createSlackClient(url: string, control: string, person: SandboxPerson): SlackClient {
  const as = person.slack.userId;
  const post = (verb: string, body: object) =>
    callVendor({
      ...{ vendor: 'Slack', url: `${url}/_sandbox/${verb}`, method: 'POST', body },
      headers: { 'x-sandbox-token': control },
    });
  const isSeen = ({ ephemeral_to: only, direct_to: to }: ConsoleMessage) =>
    (only === undefined || only === as) && (to === undefined || to === as);

  return {
    messages: async () =>
      z
        .array(message)
        .parse(await post('messages', {}))
        .filter(isSeen),
    views: async () => z.array(view).parse(await post('views', { as })),
    async act(verb, body) {
      const { status, error, errors } = actAnswer.parse(await post(verb, { ...body, as }));
      if (error !== undefined && errors === undefined)
        throw new VendorRefusal('Slack', status || 409, explanations[error] ?? error);
    },
  };
}
