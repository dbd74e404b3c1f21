import { condition, getExternalWorkflowHandle, isCancellation } from '@temporalio/workflow';
import type { EnqueueResult } from '../promotion-queue/messages.ts';
import { release } from '../promotion-queue/messages.ts';
import { promotionQueueId } from '../shared/names.ts';
import type { Turn } from '../shared/turn.ts';
import type { Begun, Run } from './run.ts';
import { waiting } from './texts.ts';
import { isStillWaiting } from './ticket-rules.ts';

const joinAgainMs = 10 * 60 * 1000;

/**
 * Joins the line and waits for the turn; joins again every ten minutes, in case the queue forgot us.
 * @returns undefined when the ticket changed meanwhile: the place was given up, the round begins anew
 */
export async function takeTurn(run: Run, begun: Begun): Promise<Turn | undefined> {
  const { state } = run;
  let told: string | undefined;
  state.ahead = undefined;
  for (;;) {
    const joined = await run.call('temporal', () => run.temporal.joinQueue(toRequest(run, begun)));
    if (joined.state === 'granted') return confirmWanted(run, begun, joined.token);
    told = await tellPlace(run, joined, told);
    const granted = () => state.grantedToken > joined.lastToken;
    const placeMoved = () => state.ahead !== undefined && state.ahead !== joined.ahead.length;
    await condition(() => granted() || state.ticketDirty || placeMoved(), joinAgainMs, {
      summary: 'join the line again',
    });
    if (granted()) return confirmWanted(run, begun, state.grantedToken);
    if (
      state.ticketDirty &&
      !isStillWaiting(await run.readTicket(), { ...begun, round: begun.ticket.round })
    ) {
      await leaveLine(run);
      return undefined;
    }
    state.ahead = undefined;
  }
}

/** The ticket is read afresh under the turn: a lost webhook must not promote what nobody asks for any more. */
async function confirmWanted(run: Run, begun: Begun, token: number): Promise<Turn | undefined> {
  return (await isStillWanted(run, begun)) ? toTurn(run, token) : undefined;
}

async function isStillWanted(run: Run, begun: Begun): Promise<boolean> {
  return isStillWaiting(await run.readTicket(), { version: begun.version, round: begun.ticket.round });
}

/** The release is a signal that names this run: it can never free another's turn. */
export async function leaveLine(run: Run): Promise<void> {
  try {
    const { workflowId, runId } = run;
    await getExternalWorkflowHandle(promotionQueueId).signal(release, { workflowId, runId });
  } catch (error) {
    // no queue, no turn; the queue also finds out by itself that this run has closed
    if (isCancellation(error)) throw error;
  }
}

function toRequest(run: Run, { ticket }: Begun) {
  const { workflowId, runId } = run;
  const { round, enteredAt, key } = ticket;
  return { workflowId, runId, round, enteredAt, ticket: key, priority: 0 };
}

function toTurn(run: Run, token: number): Turn {
  return { queueId: promotionQueueId, workflowId: run.workflowId, runId: run.runId, token };
}

/** Shown in the search attribute each time; written on the ticket when it changed and somebody is ahead. */
async function tellPlace(run: Run, place: EnqueueResult & { state: 'waiting' }, told: string | undefined) {
  const due =
    place.etaSeconds === null ? undefined : new Date(Date.now() + place.etaSeconds * 1000).toISOString();
  run.progress.waitFor(`turn:${place.ahead.length}`, due);
  const now = `place-${place.ahead.length}`;
  if (place.ahead.length === 0 || now === told) return now;
  if (told === undefined || place.position <= 3)
    await run.comment(now, waiting(place.ahead, place.etaSeconds));
  run.progress.waitFor(`turn:${place.ahead.length}`, due);
  return now;
}
