import assert from 'node:assert/strict';
import type { ReviewInput } from '../../workflows/approval/review.ts';
import { overrideReviewId } from '../../workflows/shared/names.ts';
import { evidence, policy } from '../support/approval-question.ts';
import { eventually, startApprovalWorld } from '../support/approval-world.ts';
import type { ApprovalWorld, AskedRun } from '../support/approval-world.ts';

const override = { group: 'leads', reviewers: 'security', reviewWithinMinutes: 120 };
const glass = { ...policy, override };
const said = {
  verb: 'override',
  principal: 'lee',
  groups: ['leads'],
  reason: 'a leak',
  via: 'slack',
} as const;

describe('breaking the glass', function () {
  this.timeout(60_000);
  let world: ApprovalWorld;

  before(async () => void (world = await startApprovalWorld()));
  after(() => world.stop());

  const input: ReviewInput = {
    workflowId: 'agent-promotion:main:1',
    runLink: 'http://ui.example/run',
    requestId: 'r-1',
    title: evidence.title,
    facts: evidence.facts,
    links: [],
    policy: glass,
    reviewers: 'security',
    reviewWithinMinutes: 120,
    overriddenBy: 'lee',
    reason: 'a leak',
    overriddenAt: '2026-11-22T10:00:00.000Z',
  };
  let reviews = 0;
  const startReview = () => world.startReview(overrideReviewId(`r-${(reviews += 1)}`), input);

  async function attributesOf({
    handle,
  }: Pick<AskedRun, 'handle'> | Awaited<ReturnType<typeof startReview>>) {
    const { typedSearchAttributes } = await handle.describe();
    const all = typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value] as const);
    return Object.fromEntries(all) as Record<string, unknown>;
  }

  describe('the review', () => {
    it('is asked of a reviewer; the person himself may not', async () => {
      const review = await startReview();
      const own = await review.say({ principal: 'lee', groups: ['security'] });
      const answer = await review.answerTo(own);
      assert.deepEqual(answer.state === 'refused' && answer.rule, 'self-approval');
      await review.say({ principal: 'sue', groups: ['security'] });
      assert.deepEqual(await review.result(), { outcome: 'reviewed', by: ['sue'], overdue: false });
    });

    it('may flag it', async () => {
      const review = await startReview();
      await review.say({ principal: 'sue', groups: ['security'], verb: 'reject', reason: 'there was time' });
      const outcome = { outcome: 'flagged', by: 'sue', reason: 'there was time', overdue: false };
      assert.deepEqual(await review.result(), outcome);
      assert.deepEqual((await attributesOf(review))['LkPhase'], 'flagged');
    });

    it('past its deadline shows the person, reminds who is on call daily, and stays open', async () => {
      const review = await startReview();
      await world.sleep('10d');
      const { LkProcess, LkPhase, LkTarget, LkWaitingOn } = await attributesOf(review);
      assert.deepEqual(
        [LkProcess, LkPhase, LkTarget, LkWaitingOn],
        ['override-review', 'overdue', 'lee', 'person:security'],
      );
      const daily = review.vendors.slack.reminders.filter(({ to }) => to === 'on-call');
      assert.ok(daily.length >= 9 && daily.length <= 11, `${daily.length} reminders`);
      await world.sleep('50d');
      const second = await review.view(1);
      assert.equal(second.state, 'expired');
      await review.say({ principal: 'sue', groups: ['security'] }, await review.view(2));
      assert.deepEqual(await review.result(), { outcome: 'reviewed', by: ['sue'], overdue: true });
    });
  });

  describe('the override', () => {
    const objections = [
      ['while a review of that person is overdue', ['override-review:old'], /override-review:old/],
      ['when nobody can tell', undefined, /cannot be looked up/],
    ] as const;
    for (const [when, overdue, text] of objections)
      it(`is refused ${when}`, async () => {
        const run = await world.start({ policy: glass }, {}, (vendors) => (vendors.overdue = overdue));
        const answer = await run.answerTo(await run.say(said));
        assert.deepEqual(answer.state === 'refused' && answer.rule, 'review-overdue');
        await run.result();
        assert.match(run.vendors.slack.refusals[0]?.text ?? '', text);
      });

    it('approves at once, and leaves a review behind', async () => {
      const run = await world.start({ policy: glass });
      const { requestId } = await run.view();
      const review = await world.startReview(overrideReviewId(requestId));
      await run.answerTo(await run.say(said));
      const asked = await eventually(() => review.view().catch(() => undefined));
      assert.deepEqual(
        [asked.evidence.requester, asked.policy.quorum],
        ['lee', [{ group: 'security', count: 1 }]],
      );
      await review.say({ principal: 'sue', groups: ['security'] });
      // no time is skipped before it has ended: with a child left behind this server would not stop skipping
      await eventually(async () => (await review.handle.describe()).status.name === 'COMPLETED' || undefined);
      const [settlement] = (await run.result()).settlements;
      assert.ok(settlement?.outcome === 'approved' && settlement.overridden);
      assert.equal((await review.result()).outcome, 'reviewed');
    });
  });
});
