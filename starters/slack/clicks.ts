import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { buttonVerbs, choiceMark, type ButtonAction } from '../../activities/slack/request-buttons.ts';
import { needsReason } from '../../workflows/approval/ledger.ts';
import type { Log } from '../log.ts';
import { ackInTime } from './ack-in-time.ts';
import type { Decide } from './decide.ts';
import type { Identify } from './identity.ts';
import { toModalError, toReasonModal } from './reason-modal.ts';
import { Click, Remembered, Submission, Value } from './schema.ts';
import type { Tell } from './tell.ts';

export interface ClickContext {
  readonly identify: Identify;
  readonly decide: Decide;
  readonly tell: Tell;
  readonly web: WebClient;
  readonly log: Log;
  readonly ackWithinMs: number;
}

/** Buttons of requests, and the modals that ask for a reason. The same click is the same decision, however often it comes. */
export function addClicks(app: App, context: ClickContext): void {
  const { tell, ackWithinMs: withinMs } = context;
  app.action(/^lk_/, async ({ body, ack }) => {
    const click = Click.parse(body);
    const answer = takeClick(click, context).then((text) =>
      text === undefined ? undefined : tell(toListener(click), text),
    );
    await ackInTime(answer, { ack: () => ack(), late: async () => {}, withinMs });
  });
  app.view(/^lk_/, async ({ body, ack }) => {
    const submission = Submission.parse(body);
    const remembered = Remembered.parse(JSON.parse(submission.view.private_metadata));
    const { channel } = remembered;
    await ackInTime(takeSubmission(submission, remembered, context), {
      ack: (text) => (text === undefined ? ack() : ack(toModalError(text))),
      late: async (text) => {
        if (text !== undefined) await tell({ user: submission.user.id, channel }, text);
      },
      withinMs,
    });
  });
}

/** @returns what to tell the person, if anything */
async function takeClick(
  click: Click,
  { identify, decide, web, log }: ClickContext,
): Promise<string | undefined> {
  const [{ action_id, action_ts, value: raw }] = click.actions;
  const action = toAction(action_id);
  const value = Value.parse(JSON.parse(raw));
  const { user, team, channel, message } = click;
  const identity = await identify({ userId: user.id, teamIds: [team?.id, user.team_id] });
  if (!identity.known) return identity.text;
  const verb = buttonVerbs[action];
  if (!needsReason({ risk: value.k }, verb))
    return decide({
      ...toSaid(value),
      verb,
      principal: identity.name,
      sourceEventId: eventId(click, action_ts),
      reason: null,
    });
  const { w, r, d, p, c } = value;
  const remembered = {
    ...{ w, r, d, p },
    ...(c === undefined ? {} : { c }),
    ...(channel ? { channel: channel.id } : {}),
    ...(message ? { message_ts: message.ts } : {}),
  };
  try {
    // The trigger is good for three seconds and for one modal: a repeat of the same click opens nothing.
    await web.views.open({
      trigger_id: click.trigger_id,
      view: toReasonModal(action, remembered, message?.text ?? ''),
    });
    return undefined;
  } catch (error) {
    log('warn', 'slack modal not opened', { reason: error instanceof Error ? error.message : String(error) });
    return 'The form for the reason could not be opened: click again.';
  }
}

/** @returns what is wrong with it, shown in the modal */
async function takeSubmission(
  submission: Submission,
  remembered: Remembered,
  { identify, decide }: ClickContext,
): Promise<string | undefined> {
  const { user, team, view } = submission;
  const identity = await identify({ userId: user.id, teamIds: [team?.id, user.team_id] });
  if (!identity.known) return identity.text;
  const reason = view.state.values.reason.text.value?.trim() ?? '';
  if (reason === '') return 'A reason is needed.';
  const verb = buttonVerbs[toAction(view.callback_id)];
  const sourceEventId = eventId(submission, view.id);
  return decide({ ...toSaid(remembered), verb, principal: identity.name, sourceEventId, reason });
}

function toAction(id: string): ButtonAction {
  const [action = ''] = id.split(choiceMark);
  if (Object.hasOwn(buttonVerbs, action)) return action as ButtonAction;
  throw new Error(`no button or modal of ours: ${id.slice(0, 80)}`);
}

function toSaid({ w, r, d, p, c }: Omit<Value, 'k'>) {
  const choice = c === undefined ? {} : { choice: c };
  return { workflowId: w, requestId: r, evidenceDigest: d, policy: p, ...choice };
}

/** Slack's id of the click, made of what is the same in every repeat of it. */
function eventId({ user, team }: Pick<Click, 'user' | 'team'>, id: string): string {
  return `${team?.id ?? user.team_id ?? ''}:${user.id}:${id}`;
}

function toListener({ user, channel, response_url }: Click) {
  return { user: user.id, channel: channel?.id, responseUrl: response_url ?? undefined };
}
