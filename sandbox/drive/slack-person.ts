import type { Endpoints } from '../stack/endpoints.ts';
import { controlOf } from './control.ts';

export interface SlackMessageView {
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
  readonly thread_ts?: string;
  readonly blocks?: readonly unknown[];
  /** The only person who sees it. */
  readonly ephemeral_to?: string;
  /** The person of a direct message. */
  readonly direct_to?: string;
}

/** What the app answered to an act: `status` 0 means that Slack never reached it. */
export interface SlackAnswer {
  readonly status: number;
  readonly ms: number;
  readonly error?: string;
  readonly errors?: Readonly<Record<string, string>>;
  readonly delivery?: number;
}

/** What a person does in Slack: each act becomes the vendor's real, signed request to the starters. */
export function slackPerson(endpoints: Pick<Endpoints, 'slack' | 'control' | 'people'>, name: string) {
  const control = controlOf(endpoints.slack, endpoints.control);
  const person = endpoints.people[name];
  if (!person) throw new Error(`no person named ${name} in the sandbox`);
  const { userId } = person.slack;
  const messages = () => control.post<SlackMessageView[]>('messages');

  return {
    userId,
    /** All that this person can see. */
    async messages(): Promise<SlackMessageView[]> {
      return (await messages()).filter(
        ({ ephemeral_to: only, direct_to: to }) =>
          (only === undefined || only === userId) && (to === undefined || to === userId),
      );
    },
    /** @param message it has the button */
    press: ({ channel, ts }: Pick<SlackMessageView, 'channel' | 'ts'>, actionId: string) =>
      control.post<SlackAnswer>('click', { as: name, channel, ts, actionId }),
    /** Fills the topmost modal and submits it. @param text for its one input */
    async fillModal(text: string): Promise<SlackAnswer> {
      const views = await control.post<ModalView[]>('views', { as: name });
      const modal = views.findLast(({ type }) => type === 'modal');
      if (!modal) throw new Error(`${name} has no open modal`);
      const input = modal.blocks.find(({ type }) => type === 'input');
      if (!input?.block_id || !input.element?.action_id) throw new Error('the modal has no input');
      const values = { [input.block_id]: { [input.element.action_id]: text } };
      return control.post<SlackAnswer>('submit', { as: name, viewId: modal.id, values });
    },
    command: (text: string, channel = 'approvals') =>
      control.post<SlackAnswer>('command', { as: name, command: '/lockkeeper', text, channel }),
    openHome: () => control.post<SlackAnswer>('open-home', { as: name }),
    views: () => control.post<ModalView[]>('views', { as: name }),
  };
}

interface ModalView {
  readonly id: string;
  readonly type: string;
  readonly blocks: readonly {
    readonly type: string;
    readonly block_id?: string;
    readonly element?: { readonly action_id?: string };
  }[];
}
