import type { EnqueueRequest, EnqueueResult } from '../../workflows/promotion-queue/messages.ts';
import type { TicketSummary } from '../jira/port.ts';

export type RunState = 'running' | 'closed' | 'not-found';

/** Activities that talk to Temporal itself only: they run on the workflows' own queue and hold no vendor credential. */
export interface TemporalPort {
  /** Update-with-start, never blocking (design §4). */
  joinQueue(input: EnqueueRequest): Promise<EnqueueResult>;
  describeRun(input: { workflowId: string; runId: string }): Promise<RunState>;
  /** Starts or nudges the promotion of each ticket; a running one only gets a signal. */
  startPromotions(input: { tickets: readonly TicketSummary[]; reason: string }): Promise<{ started: number }>;
  /** Which of these tickets have no running promotion. */
  findOrphans(input: { tickets: readonly TicketSummary[] }): Promise<readonly TicketSummary[]>;
}
