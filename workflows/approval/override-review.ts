import {
  allHandlersFinished,
  condition,
  setHandler,
  setWorkflowOptions,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { resume, status } from '../agent-promotion/messages.ts';
import { stepKey } from '../shared/names.ts';
import { createPatience } from '../shared/patience.ts';
import { createProgress } from '../shared/run-progress.ts';
import { attributes } from '../shared/search-attributes.ts';
import { versioned } from '../shared/versioning.ts';
import type { Settlement } from './approvals.ts';
import { createApprovals } from './create-approvals.ts';
import { toOverduePolicy, toReviewEvidence, toReviewPolicy } from './review.ts';
import type { ReviewInput, ReviewOutcome } from './review.ts';

const stepNames = { review: 'Review', overdue: 'Overdue: who did it may not override again' } as const;
const showAtMostMs = 60 * 60 * 1000;

/**
 * The review that must follow a break-glass decision: one reviewer, other than the person, says that it was right (approve)
 * or flags it (reject). Past its deadline it stays open, shows as `overdue` with the person as its target, which blocks that
 * person's next override, and reminds who is on call every day. Signals: `decide` (the gateway), `resume` (an operator).
 */
export async function overrideReview(input: ReviewInput): Promise<ReviewOutcome> {
  const { workflowId, runId } = workflowInfo();
  const progress = createProgress('override-review', stepNames);
  const patience = createPatience((code) => progress.waitFor(code));
  const approvals = createApprovals({
    patience,
    key: (step) => stepKey(workflowId, runId, step),
    runLink: input.runLink,
    waitFor: (code, dueBy) => progress.waitFor(code, dueBy),
  });
  setHandler(status, () => progress.report());
  setHandler(resume, () => patience.resume());
  upsertSearchAttributes([{ key: attributes.process, value: 'override-review' }]);
  progress.describe({ target: input.overriddenBy });
  progress.start('review');

  let asked = 0;
  let overdue = false;
  let outcome: ReviewOutcome | undefined;
  while (!outcome) {
    const settlement = await ask();
    if (settlement.outcome === 'approved')
      outcome = { outcome: 'reviewed', by: settlement.approvers, overdue };
    if (settlement.outcome === 'rejected') {
      const { by, reason } = settlement;
      outcome = { outcome: 'flagged', by, reason, overdue };
    }
    if (settlement.outcome === 'expired' && !overdue) {
      overdue = true;
      progress.start('overdue');
    }
  }
  progress.finish(progress.current(), outcome.outcome);
  progress.end(outcome.outcome);
  await approvals.shown(showAtMostMs);
  await condition(allHandlersFinished);
  return outcome;

  async function ask(): Promise<Settlement> {
    asked += 1;
    const request = await approvals.ask({
      name: `review-${asked}`,
      evidence: toReviewEvidence(input, runId),
      policy: overdue ? toOverduePolicy(input) : toReviewPolicy(input),
      ticket: null,
    });
    for (;;) {
      const settlement = await request.settled();
      if (settlement.outcome !== 'approved') return settlement;
      const committed = await request.commit();
      if (committed) return committed;
    }
  }
}

setWorkflowOptions(versioned('AUTO_UPGRADE'), overrideReview);
