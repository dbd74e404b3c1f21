import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import { decide, type DecisionClaims } from '../../workflows/approval/messages.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import {
  agentPromotionId,
  overrideReviewId,
  promotionRollbackId,
  workflowTypes,
} from '../../workflows/shared/names.ts';
import { claimsFor } from '../support/approval-answers.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';
import {
  approval,
  exportRun,
  heldBy,
  policyWith,
  sealed,
  signed,
  startEvidenceRun,
  startRun,
  stubRun,
  wrongsOf,
} from './evidence-world.ts';

const dana = { principal: 'dana', groups: ['devops'] };
const sue = { principal: 'sue', groups: ['security'] };

describe('lockkeeper evidence: a rollback, and a break-glass with its review', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  it('has a rollback, which goes past the same guard', async () => {
    const rules = policyWith({ rollback: approval });
    const input = { site: 'main', policy: rules, reason: 'loses logs', requester: 'sam' };
    const run = await startRun(
      temporal,
      workflowTypes.promotionRollback,
      (id) => promotionRollbackId('main', id),
      { ...input, requestedAt: '2026-11-22T10:00:00.000Z' },
      (world) => void (world.held = heldBy(agentPromotionId('main', world.ticket?.issueId ?? ''))),
    );
    const view = await run.shown();
    await run.say(view, dana);
    await run.say(view, sue);
    await run.handle.result();
    const bundle = await run.export();
    assert.deepEqual(
      bundle.writes.map(({ account, from_version, to_version }) => [account, from_version, to_version]),
      ['prod-b', 'prod-a'].map((account) => [account, '1.4.2', '1.4.1']),
    );
    assert.deepEqual(await wrongsOf(bundle), []);
    const other = structuredClone(bundle);
    for (const write of other.writes) write.to_version = '1.0.0';
    const [wrong] = await wrongsOf(other);
    assert.match(wrong?.found ?? '', /is for another toVersion/);
  });

  it('has a break-glass decision, and its review in a run of its own', async () => {
    const override = { group: 'devops', reviewers: 'security', reviewWithinMinutes: 60 };
    const rules = sealed({ ...approval, override });
    const run = await startEvidenceRun(temporal, { approval: rules });
    const view = await run.shown();
    const reviewId = overrideReviewId(view.requestId);
    const review = prepareReview(reviewId);
    await run.say(view, { ...dana, verb: 'override', reason: 'active attack' });
    await run.handle.result();
    const bundle = await run.export();
    assert.equal(bundle.requests[0]?.shown.at(-1)?.overridden, true);
    assert.deepEqual(await wrongsOf(bundle), []);
    await review.sayTo(temporal.client.workflow.getHandle(reviewId), sue);
    const reviewed = await exportRun(temporal, reviewId);
    assert.deepEqual(reviewed.run.outcome, { outcome: 'reviewed', by: ['sue'], overdue: false });
    assert.deepEqual(await wrongsOf(reviewed), []);
  });

  /** Of the child workflow, which has stubs of its own. */
  function prepareReview(workflowId: string) {
    const world = stubRun(workflowId);
    return {
      async sayTo(handle: WorkflowHandle, part: Partial<DecisionClaims>) {
        const view = await waitUntil('the review', 20_000, () => Promise.resolve(world.shown.at(-1)));
        await handle.signal(decide, { envelope: await signed(claimsFor(view, part)) });
        await handle.result();
      },
    };
  }
});
