import { ParentClosePolicy, log, proxyActivities, startChild, workflowInfo } from '@temporalio/workflow';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { failureMessage, nonRetryableErrorTypes } from '../shared/failures.ts';
import { overrideReviewId, workflowTypes } from '../shared/names.ts';
import type { Ledger } from './ledger.ts';
import type { DecisionClaims, Evidence } from './messages.ts';
import { toReviewInput } from './review.ts';

export interface BreakGlass {
  /** @returns why this person may not override now; undefined: he may */
  findObjection(claims: DecisionClaims): Promise<string | undefined>;
  /** Somebody must look at it afterwards; it outlives this run. */
  startReview(claims: DecisionClaims, ledger: Ledger, evidence: Evidence): Promise<void>;
}

/** An override counts at once, and only for people who have no overdue review of an earlier one (design §3). */
export function createBreakGlass(runLink: string): BreakGlass {
  const { taskQueue, workflowId } = workflowInfo();
  const temporal = proxyActivities<Pick<TemporalPort, 'findOverdueReviews'>>({
    taskQueue,
    startToCloseTimeout: '30 seconds',
    // a look-up, safe to repeat; every later decision waits for it, so it is bounded
    scheduleToCloseTimeout: '5 minutes',
    retry: { nonRetryableErrorTypes },
  });

  return {
    async findObjection({ principal }) {
      try {
        const overdue = await temporal.findOverdueReviews({ person: principal });
        if (overdue.length === 0) return undefined;
        return `the review of your last override is overdue: ${overdue.slice(0, 3).join(', ')}`;
      } catch (error) {
        log.error('overdue reviews cannot be looked up', { reason: failureMessage(error) });
        return 'overdue reviews cannot be looked up now: say it again later';
      }
    },
    async startReview(claims, ledger, evidence) {
      const input = toReviewInput(claims, ledger, evidence, { workflowId, runLink });
      if (!input) return;
      try {
        await startChild(workflowTypes.overrideReview, {
          workflowId: overrideReviewId(ledger.requestId),
          args: [input],
          parentClosePolicy: ParentClosePolicy.ABANDON,
          staticSummary: `Review the override by ${claims.principal}`,
        });
      } catch (error) {
        // he has overridden this request before: one review is enough
        log.warn('no new review was started', { reason: failureMessage(error) });
      }
    },
  };
}
