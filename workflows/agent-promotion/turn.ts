import { condition, getExternalWorkflowHandle, isCancellation } from '@temporalio/workflow';
import type { Ticket } from '../../activities/jira/port.ts';
import type { EnqueueResult } from '../promotion-queue/messages.ts';
import { release } from '../promotion-queue/messages.ts';
import { promotionQueueId } from '../shared/names.ts';
import type { Turn } from '../shared/turn.ts';
import type { Begun, Run } from './run.ts';
import { Superseded } from './stop.ts';
import { waiting } from './texts.ts';

const joinAgainMs = 10 * 60 * 1000;
const hotfixPriority = 10;

/**
 * Joins the line and waits for the turn; joins again every ten minutes, in case the queue forgot us.
 * @param isWanted whether the ticket, read afresh, still asks for this
 * @returns undefined when it does not any more: the place was given up
 * @throws Superseded
 */
export async function takeTurn(
  run: Run,
  begun: Begun,
  isWanted: (ticket: Ticket | null) => boolean,
): Promise<Turn | undefined> {
  const { state } = run;
  let told: string | undefined;
  state.ahead = undefined;
  for (;;) {
    const joined = await run.call('temporal', () => run.temporal.joinQueue(toRequest(run, begun)));
    if (joined.state === 'granted') return confirm(joined.token);
    told = await tellPlace(run, joined, told);
    const granted = () => state.grantedToken > joined.lastToken;
    const placeMoved = () => state.ahead !== undefined && state.ahead !== joined.ahead.length;
    const woken = () => granted() || state.ticketDirty || placeMoved() || state.supersededBy !== undefined;
    await condition(woken, joinAgainMs, { summary: 'join the line again' });
    if (granted()) return confirm(state.grantedToken);
    if (state.supersededBy !== undefined) {
      await leaveLine(run);
      throw new Superseded(state.supersededBy);
    }
    if (state.ticketDirty && !isWanted(await run.readTicket())) {
      await leaveLine(run);
      return undefined;
    }
    state.ahead = undefined;
  }

  /** The ticket is read afresh under the turn: a lost webhook must not promote what nobody asks for any more. */
  async function confirm(token: number): Promise<Turn | undefined> {
    state.turnTakenBy = undefined;
    return isWanted(await run.readTicket()) ? toTurn(run, token) : undefined;
  }
}

/** The turn as it comes and goes: given back while people decide and waves bake, taken again before each wave. */
export interface TurnKeeper {
  readonly held: () => boolean;
  give(): Promise<void>;
  /** @throws what `onGone` throws when the ticket does not ask for this any more */
  take(): Promise<Turn>;
}

export function keepTurn(
  run: Run,
  begun: Begun,
  first: Turn,
  again: { isWanted: (ticket: Ticket | null) => boolean; onGone: () => Promise<void> },
): TurnKeeper {
  let turn: Turn | undefined = first;
  return {
    held: () => turn !== undefined,
    async give() {
      if (!turn) return;
      turn = undefined;
      await leaveLine(run, { park: true });
    },
    async take() {
      while (!turn) {
        turn = await takeTurn(run, begun, again.isWanted);
        if (!turn) await again.onGone();
      }
      return turn;
    },
  };
}

/** The release is a signal that names this run: it can never free another's turn. */
export async function leaveLine(run: Run, options: { park?: boolean } = {}): Promise<void> {
  if (run.plan) return;
  try {
    const { workflowId, runId } = run;
    await getExternalWorkflowHandle(promotionQueueId).signal(release, { workflowId, runId, ...options });
  } catch (error) {
    // no queue, no turn; the queue also finds out by itself that this run has closed
    if (isCancellation(error)) throw error;
  }
}

function toRequest(run: Run, { ticket, version }: Begun) {
  const { workflowId, runId, policy } = run;
  const { round, enteredAt, key } = ticket;
  const priority = isHotfix(run, ticket) ? hotfixPriority : 0;
  const { supersede, freezes } = policy;
  return { workflowId, runId, round, enteredAt, ticket: key, priority, version, supersede, freezes };
}

export function isHotfix(run: Run, ticket: Ticket): boolean {
  return ticket.labels.includes(run.policy.hotfixLabel);
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
