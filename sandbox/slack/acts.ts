import { randomBytes } from 'node:crypto';
import type { AppAnswer, Deliveries, DeliveryKind, Forgery } from './deliveries.ts';
import { inputFaults, stateOf, type GivenValues } from './element-state.ts';
import { pressElement, type ElementChoice } from './find-element.ts';
import type { SlackMember } from './members.ts';
import {
  appHomeOpened,
  blockActions,
  slashCommand,
  urlVerification,
  viewClosed,
  viewSubmission,
} from './payloads.ts';
import type { ResponsePlace, ResponseUrls } from './response-urls.ts';
import { applyCommandAnswer, applySubmissionAnswer, type ActAnswer } from './app-answers.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { TriggerIds } from './trigger-ids.ts';
import type { SlackView } from './view-store.ts';
import type { SlackChannel, SlackMessage, SlackWorkspace } from './workspace.ts';

/** Everything that a reset throws away. */
export interface SlackState {
  readonly workspace: SlackWorkspace;
  readonly triggers: TriggerIds;
  readonly responseUrls: ResponseUrls;
}

/** `as`: a member's name or Slack user id. A message is named by channel and ts, a view by its id. */
export interface ClickAct extends ElementChoice {
  readonly as: string;
  readonly channel?: string;
  readonly ts?: string;
  readonly viewId?: string;
  /** What the other inputs around the button hold. */
  readonly values?: GivenValues;
}

export interface SubmitAct {
  readonly as: string;
  readonly viewId: string;
  readonly values?: GivenValues;
}

export interface CommandAct {
  readonly as: string;
  readonly command: string;
  readonly text?: string;
  readonly channel: string;
}

/** What is sent for an act, and what its answer does to the workspace. */
interface Prepared {
  readonly kind: DeliveryKind;
  readonly payload: object;
  readonly apply: (answer: AppAnswer) => ActAnswer;
}

export type ForgedAct = Forgery & {
  readonly kind?: 'click' | 'submit' | 'command' | 'open-home';
  /** Laid over the payload's own fields. */
  readonly payload?: object;
  /** `delivery` of an earlier answer; nothing else is looked at then. */
  readonly replayOf?: number;
} & Partial<ClickAct & SubmitAct & CommandAct>;

/** What people do in Slack's client, made into the calls that the app gets. */
export function createActs(state: () => SlackState, deliveries: Deliveries) {
  function click(act: ClickAct, forged = false): Prepared {
    const { workspace, triggers, responseUrls } = state();
    const member = workspace.member(act.as);
    const place = act.viewId === undefined ? messageOf(workspace, member, act) : undefined;
    const view = place ? undefined : viewOf(workspace, member, act.viewId);
    const blocks = place?.message.content.blocks ?? view?.content.blocks ?? [];
    const action = pressElement(blocks, act, forged);
    const pressed = place
      ? { ...place, responseUrl: responseUrls.issue('actions', { ...place, member }) }
      : { view: view! };
    const triggerId = triggers.issue(member.id);
    const payload = blockActions(workspace, member, { pressed, action, triggerId, values: act.values });
    return { kind: 'interactive', payload, apply: (answer) => answer };
  }

  /** Throws `InputRefusal` where Slack's client itself does not let the person send it. */
  function submit(act: SubmitAct): Prepared {
    const { workspace, triggers } = state();
    const member = workspace.member(act.as);
    const view = viewOf(workspace, member, act.viewId);
    view.typed = stateOf(view.content.blocks, act.values);
    view.errors = inputFaults(view.content.blocks, view.typed);
    if (Object.keys(view.errors).length > 0) throw new InputRefusal(view.errors);
    const payload = viewSubmission(workspace, member, { view, triggerId: triggers.issue(member.id) });
    return {
      ...{ kind: 'interactive', payload },
      apply: (answer) => applySubmissionAnswer(workspace, view, answer),
    };
  }

  function command(act: CommandAct): Prepared {
    const { workspace, triggers, responseUrls } = state();
    const member = workspace.member(act.as);
    const channel = visible(workspace.channel(act.channel), member);
    const place: ResponsePlace = { member, channel, message: undefined };
    const payload = slashCommand(workspace, member, {
      ...{ command: act.command, text: act.text ?? '', channel },
      ...{ triggerId: triggers.issue(member.id), responseUrl: responseUrls.issue('commands', place) },
    });
    return {
      ...{ kind: 'slash_commands', payload },
      apply: (answer) => applyCommandAnswer(workspace, place, act.command, answer),
    };
  }

  function homeEvent({ as }: { as: string }): object {
    const { workspace } = state();
    return appHomeOpened(
      workspace,
      workspace.member(as),
      `Ev0${randomBytes(5).toString('hex').toUpperCase()}`,
    );
  }

  function prepare(act: ForgedAct): Pick<Prepared, 'kind' | 'payload'> {
    if (act.kind === 'open-home') return { kind: 'events_api', payload: homeEvent({ as: act.as ?? '' }) };
    if (act.kind === 'submit') return submit(act as SubmitAct);
    if (act.kind === 'command') return command(act as CommandAct);
    return click(act as ClickAct, true);
  }

  const perform = (make: () => Prepared): Promise<ActAnswer> =>
    orRefusal(async () => {
      const { kind, payload, apply } = make();
      return apply(await deliveries.send(kind, payload));
    });

  return {
    click: (act: ClickAct) => perform(() => click(act)),
    submit: (act: SubmitAct) => perform(() => submit(act)),
    command: (act: CommandAct) => perform(() => command(act)),
    openHome: (act: { as: string }) => orRefusal(() => deliveries.sendEvent(homeEvent(act))),
    /** What Slack sends when the request URL is set; the app answers with the challenge. */
    verifyUrl: () => deliveries.send('events_api', urlVerification(randomBytes(24).toString('base64url'))),
    /** The person closes a modal; the app is told where it asked to be. */
    closeView: (act: { as: string; viewId: string }) =>
      orRefusal(async () => {
        const { workspace } = state();
        const member = workspace.member(act.as);
        const view = viewOf(workspace, member, act.viewId);
        workspace.views.close(view, view.content.clear_on_close);
        if (!view.content.notify_on_close) return { status: 0, body: '', ms: 0 };
        return deliveries.send('interactive', viewClosed(workspace, member, view));
      }),
    /** What an attacker sends. Its answer changes nothing here. */
    forge: (act: ForgedAct) =>
      orRefusal(async () => {
        if (act.replayOf !== undefined) return deliveries.replay(act.replayOf);
        const { kind, payload } = prepare(act);
        return deliveries.forge(kind, { ...payload, ...act.payload }, act);
      }),
  };
}

/** The client asks for more before it sends a modal. */
class InputRefusal extends Error {
  readonly errors: Readonly<Record<string, string>>;

  constructor(errors: Readonly<Record<string, string>>) {
    super('invalid input');
    this.errors = errors;
  }
}

/** What the client itself does not let a person do is an answer, too. */
async function orRefusal(act: () => Promise<ActAnswer>): Promise<ActAnswer> {
  const nothing = { status: 0, body: '', ms: 0 };
  try {
    return await act();
  } catch (error) {
    if (error instanceof InputRefusal) return { ...nothing, error: 'invalid_input', errors: error.errors };
    if (error instanceof SlackRefusal) return { ...nothing, error: error.code };
    throw error;
  }
}

function messageOf(
  { channel, messages }: SlackWorkspace,
  member: SlackMember,
  act: ClickAct,
): { channel: SlackChannel; message: SlackMessage } {
  const inside = visible(channel(act.channel), member);
  const message = messages.find((candidate) => candidate.channel === inside.id && candidate.ts === act.ts);
  const isSeen = !message?.ephemeralTo || message.ephemeralTo === member.id;
  if (!message || !isSeen) throw new SlackRefusal('message_not_found');
  return { channel: inside, message };
}

function visible(channel: SlackChannel, member: SlackMember): SlackChannel {
  if (channel.user !== undefined && channel.user !== member.id) throw new SlackRefusal('channel_not_found');
  return channel;
}

function viewOf({ views }: SlackWorkspace, member: SlackMember, id: string | undefined): SlackView {
  const view = views.find(id);
  if (view.userId !== member.id) throw new SlackRefusal('not_found');
  return view;
}
