import { WorkflowFailedError } from '@temporalio/client';
import type { PromotionOutcome } from '../../workflows/agent-promotion/messages.ts';
import { status } from '../../workflows/agent-promotion/messages.ts';
import { line } from '../../workflows/promotion-queue/messages.ts';
import { failureMessage } from '../../workflows/shared/failures.ts';
import { promotionQueueId } from '../../workflows/shared/names.ts';
import type { ProgressReport } from '../../workflows/shared/progress.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import type { Session } from './session.ts';

/** How a run has ended: by its own outcome, or by what Temporal says about it. */
export type RunEnd<Outcome> =
  Outcome | { readonly outcome: 'run-failed' | 'run-ended'; readonly reason: string };
export type PromotionEnd = RunEnd<PromotionOutcome>;

/** What is known of one promotion. */
export type PromotionView = RunView<PromotionOutcome>;

/** What is known of one run that reports its progress. */
export interface RunView<Outcome> {
  readonly workflowId: string;
  readonly runId: string;
  readonly ticket: string | null;
  readonly startedAt: string;
  readonly link: string;
  readonly running: boolean;
  /** Null when no worker answers: then phase and waitingOn are from the search attributes. */
  readonly report: ProgressReport | null;
  readonly phase: string;
  readonly waitingOn: string;
  /** The promotions ahead in line; empty unless it waits for its turn. */
  readonly ahead: readonly string[];
  /** Null while it runs. */
  readonly end: RunEnd<Outcome> | null;
}

/** A query needs a worker: without one it would wait for long. */
const queryDeadlineMs = 3_000;

/** @param linkBase `<Web UI>/namespaces/<namespace>/workflows/` · @throws WorkflowNotFoundError */
export function viewPromotion(
  session: Session,
  workflowId: string,
  linkBase: string,
): Promise<PromotionView> {
  return viewRun<PromotionOutcome>(session, workflowId, linkBase);
}

/** Of whatever process answers the query `status`, as viewPromotion. */
export async function viewRun<Outcome>(
  { temporal: { client } }: Session,
  workflowId: string,
  linkBase: string,
): Promise<RunView<Outcome>> {
  const described = await client.workflow.getHandle(workflowId).describe();
  const { runId, startTime, typedSearchAttributes: known } = described;
  const running = described.status.name === 'RUNNING';
  const report = running ? await readReport(client, workflowId) : null;
  const waitingOn = running ? (report?.waitingOn ?? known.get(attributes.waitingOn) ?? '') : '';
  return {
    workflowId,
    runId,
    ticket: report?.ticket ?? known.get(attributes.ticket) ?? null,
    startedAt: startTime.toISOString(),
    link: `${linkBase}${encodeURIComponent(workflowId)}`,
    running,
    report,
    phase: report?.phase ?? known.get(attributes.phase) ?? '',
    waitingOn,
    ahead: waitingOn.startsWith('turn') ? await readAhead(client, workflowId) : [],
    end: running ? null : await readEnd<Outcome>(client, workflowId, runId, described.status.name),
  };
}

type TemporalClient = Session['temporal']['client'];

async function readReport(client: TemporalClient, workflowId: string): Promise<ProgressReport | null> {
  const handle = client.workflow.getHandle(workflowId);
  return client.withDeadline(Date.now() + queryDeadlineMs, () => handle.query(status)).catch(() => null);
}

async function readAhead(client: TemporalClient, workflowId: string): Promise<string[]> {
  const handle = client.workflow.getHandle(promotionQueueId);
  const state = await client
    .withDeadline(Date.now() + queryDeadlineMs, () => handle.query(line))
    .catch(() => null);
  if (!state) return [];
  const entries = [...(state.holder ? [state.holder] : []), ...state.waiting];
  const own = entries.findIndex((entry) => entry.workflowId === workflowId);
  return entries.slice(0, Math.max(own, 0)).map(({ ticket }) => ticket);
}

async function readEnd<Outcome>(
  client: TemporalClient,
  workflowId: string,
  runId: string,
  statusName: string,
): Promise<RunEnd<Outcome>> {
  const handle = client.workflow.getHandle(workflowId, runId, { followRuns: false });
  try {
    return (await handle.result()) as Outcome;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const reason = failureMessage(error.cause ?? error);
    return { outcome: statusName === 'FAILED' ? 'run-failed' : 'run-ended', reason };
  }
}
