import assert from 'node:assert/strict';
import { waitUntil } from '../../scripts/wait-until.ts';
import {
  beginDeploy,
  codeChanged,
  deployEnded,
  detailsGiven,
  planReported,
  ticketChanged,
} from '../../workflows/change-approval/messages.ts';
import type { PlanReport } from '../../workflows/change-approval/plan-report.ts';
import { say } from '../support/approval-answers.ts';
import { createChangeWorld, sha, type ChangeWorld } from '../support/change-world.ts';
import { approve, startChange, type StartChange } from '../support/start-change.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

const plan = (digest: string, risky = true): { report: PlanReport } => ({
  report: {
    digest: digest.repeat(64),
    fileDigest: '9'.repeat(64),
    formatVersion: '1.2',
    terraformVersion: '1.9.0',
    risky,
    counts: { create: 0, update: 0, delete: 1, replace: 0, other: 0, unchanged: 3 },
    reasons: risky
      ? [{ address: 'aws_iam_role.app', attribute: null, rule: 'delete', reason: 'it is deleted' }]
      : [],
    moreReasons: 0,
  },
});

describe('changeApproval', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  const start: StartChange = (...args) => startChange(temporal, ...args);
  it('goes from the request to the closed ticket', async () => {
    const change = await start();
    await approve(change);
    const { attempts, grant } = await change.begin('one');
    assert.deepEqual([attempts.at(-1)?.answer, grant?.evidence.subject['sha']], ['go', sha]);
    await change.inState('deploying');
    await change.handle.signal(deployEnded, { result: 'success' });
    const outcome = await change.handle.result();
    assert.equal(outcome.outcome === 'deployed' && outcome.approvers.join(), 'dana');
    assert.deepEqual(change.moved(), [
      'moveChange:waiting',
      'approveChange:dana',
      'moveChange:deploying',
      'moveChange:resolved',
      'moveChange:closed',
    ]);
    assert.deepEqual([...new Set(change.world.statuses)], ['pending', 'running', 'success']);
    assert.equal(change.world.calls.filter((call) => call === 'createChange').length, 1);
  });

  it('excludes who asked, who wrote it and who triggered it', async () => {
    const change = await start({
      request: { requester: { person: 'sam', verified: true, triggeredBy: 'lee' } },
    });
    const { evidence } = await change.asked();
    assert.deepEqual([evidence.requester, evidence.authors], ['sam', ['dev', 'lee']]);
    await say(change.handle, await change.asked(), { principal: 'dev' });
    await say(change.handle, await change.asked());
    await change.inState('approved');
    assert.deepEqual(change.moved().at(-1), 'approveChange:dana');
  });

  it('joins the ticket of a build that is there already', async () => {
    const change = await start({}, (world) => {
      const { world: other } = createChangeWorld();
      world.ticket = other.ticket;
    });
    await change.asked();
    assert.ok(change.world.calls.includes('linkChange'));
  });

  it('asks for the data that nobody can work out, and goes on when it is there', async () => {
    const change = await start({}, (world) => {
      world.history = { ...world.history, lastApproved: null };
    });
    const { missing } = await change.inState('needs-info');
    assert.deepEqual(missing, ['rollbackPlan']);
    assert.match(change.world.comments.get('comment-details') ?? '', /Rollback plan/);
    await change.handle.signal(detailsGiven, { details: { rollbackPlan: 'deploy 4710 again' } });
    await change.asked();
    assert.equal(change.world.ticket?.details.rollbackPlan, 'deploy 4710 again');
  });

  describe('before the deploy', () => {
    for (const [what, differing] of [
      ['another commit', { sha: 'c'.repeat(40) }],
      ['another branch', { branch: 'hotfix' }],
      ['another build job', { buildJob: 'build-fast' }],
      ['another build', { build: '1' }],
    ] as const)
      it(`refuses ${what} and says why on the ticket`, async () => {
        const change = await start();
        await approve(change);
        const { attempts } = await change.begin('wrong', differing);
        assert.equal(attempts.at(-1)?.answer, 'mismatch');
        assert.match(change.world.comments.get('comment-mismatch') ?? '', /No deploy/);
        assert.ok(!change.moved().includes('moveChange:deploying'));
        assert.equal((await change.begin('right')).attempts.at(-1)?.answer, 'go');
        await change.handle.terminate();
      });

    it('refuses when the ticket was edited after the approval', async () => {
      const change = await start();
      await approve(change);
      change.world.edit({ build: { ...change.request, branch: 'evil' } });
      const { attempts } = await change.begin('one');
      assert.equal(attempts.at(-1)?.answer, 'mismatch');
      await change.handle.terminate();
    });

    it('asks again when the analysis finds something else than what was approved', async () => {
      const change = await start();
      const first = await change.asked();
      await approve(change);
      change.world.code = {
        ...change.world.code,
        reviewed: 1,
        findings: [{ sha, rule: 'unreviewed', text: 'x', href: 'https://gitlab.example/x' }],
      };
      assert.equal((await change.begin('one')).attempts.at(-1)?.answer, 'not-approved');
      const second = await waitUntil('another request', 20_000, async () => {
        const now = await change.asked();
        return now.requestId === first.requestId ? undefined : now;
      });
      await say(change.handle, second);
      await change.inState('approved');
      assert.equal((await change.begin('two')).attempts.at(-1)?.answer, 'go');
      await change.handle.terminate();
    });

    it('answers a job that asks too early, once for each attempt', async () => {
      const change = await start();
      await change.asked();
      await change.begin('early');
      const { attempts } = await change.begin('early');
      assert.deepEqual(
        attempts.map(({ answer }) => answer),
        ['not-approved'],
      );
      await change.handle.terminate();
    });
  });

  describe('what people do to the ticket', () => {
    for (const [status, outcome] of [
      ['canceled', 'cancelled'],
      ['declined', 'rejected'],
    ] as const)
      it(`ends when it is ${status} while it waits`, async () => {
        const change = await start();
        await change.asked();
        change.world.edit({ status, statusName: status, movedBy: 'sue' });
        await change.handle.signal(ticketChanged, { deliveryId: 'd1', event: 'updated' });
        assert.equal((await change.handle.result()).outcome, outcome);
        assert.deepEqual(change.moved(), ['moveChange:waiting']);
      });

    it('ends when it is rejected, and declines the ticket', async () => {
      const change = await start();
      await say(change.handle, await change.asked(), { verb: 'reject', reason: 'not today' });
      const outcome = await change.handle.result();
      assert.deepEqual(outcome.outcome === 'rejected' && [outcome.by, outcome.reason], ['dana', 'not today']);
      assert.equal(change.moved().at(-1), 'moveChange:declined');
      assert.equal(change.world.statuses.at(-1), 'failed');
    });
  });

  describe('by policy alone', () => {
    it('asks nobody when every check passes', async () => {
      const change = await start({ policy: { autoApprove: true } });
      const view = await change.inState('approved');
      assert.deepEqual([view.automatic, change.moved().at(-1)], [true, 'approveChange:automatic']);
      assert.equal((await change.begin('one')).attempts.at(-1)?.answer, 'go');
      await change.handle.signal(deployEnded, { result: 'success' });
      const outcome = await change.handle.result();
      assert.equal(outcome.outcome === 'deployed' && outcome.automatic, true);
    });

    for (const [what, prepare] of [
      ['auto-approval is switched off', (world: ChangeWorld) => void (world.autoApproval = false)],
      [
        'it is the first deploy',
        (world: ChangeWorld) => void (world.history = { ...world.history, lastApproved: null }),
      ],
      [
        'a related change is pending',
        (world: ChangeWorld) =>
          void (world.history = {
            ...world.history,
            related: [{ ticket: 'PRODCM-9', status: 'Approved', environment: 'production', build: '1' }],
          }),
      ],
      [
        'a commit was not reviewed',
        (world: ChangeWorld) =>
          void (world.code = {
            ...world.code,
            reviewed: 1,
            findings: [{ sha, rule: 'unreviewed', text: 'x', href: 'https://gitlab.example/x' }],
          }),
      ],
    ] as const)
      it(`asks people when ${what}`, async () => {
        const request = { given: { rollbackPlan: 'back', justification: 'why' } };
        const change = await start({ policy: { autoApprove: true, freezes: true }, request }, prepare);
        assert.equal((await change.asked()).state, 'open');
        await change.handle.terminate();
      });

    it('waits for a scan that has not ended, and goes on when it has', async () => {
      const change = await start({ policy: { autoApprove: true } }, (world) => {
        world.scans = {
          ...world.scans,
          scans: world.scans.scans.map((scan) => ({ ...scan, state: 'running', finishedAt: null })),
        };
      });
      await change.inState('analysing');
      change.world.scans = createChangeWorld().world.scans;
      await change.handle.signal(codeChanged, { deliveryId: 'p1', event: 'pipeline' });
      assert.equal((await change.inState('approved')).automatic, true);
      await change.handle.terminate();
    });
  });

  describe('a Terraform plan', () => {
    it('that is risky pauses the deploy until other people approve it, whatever was approved', async () => {
      const change = await start({ policy: { autoApprove: true } });
      await change.inState('approved');
      await change.handle.signal(planReported, plan('1'));
      const view = await change.asked('change-plan');
      const paused = () => Promise.resolve(change.moved().at(-1) === 'moveChange:manualReview' || undefined);
      await waitUntil('manual review', 20_000, paused);
      assert.equal((await change.begin('early')).attempts.at(-1)?.answer, 'not-approved');
      assert.equal(view.evidence.subject['planDigest'], '1'.repeat(64));
      await say(change.handle, view, { principal: 'sue' });
      await change.inState('approved');
      assert.equal((await change.begin('one')).attempts.at(-1)?.answer, 'go');
      await change.handle.terminate();
    });

    it('that is the same again keeps its approval; another one does not', async () => {
      const change = await start();
      await approve(change);
      await change.handle.signal(planReported, plan('1'));
      await say(change.handle, await change.asked('change-plan'), { principal: 'sue' });
      await change.inState('approved');
      await change.handle.signal(planReported, plan('1'));
      assert.equal((await change.view()).state, 'approved');
      await change.handle.signal(planReported, plan('2'));
      const again = await waitUntil('the other plan', 20_000, async () => {
        const now = await change.asked('change-plan');
        return now.evidence.subject['planDigest'] === '2'.repeat(64) ? now : undefined;
      });
      await say(change.handle, again, { verb: 'reject', principal: 'sue', reason: 'no' });
      const outcome = await change.handle.result();
      assert.equal(outcome.outcome === 'rejected' && outcome.reason, 'the plan: no');
    });

    it('that is not risky asks nobody, and may be required', async () => {
      const change = await start({ policy: { autoApprove: true, plan: 'required' } });
      await change.inState('approved');
      assert.match((await change.begin('one')).attempts.at(-1)?.text ?? '', /gate plan/);
      await change.handle.signal(planReported, plan('1', false));
      await change.inState('approved');
      assert.equal((await change.begin('two')).attempts.at(-1)?.answer, 'go');
      await change.handle.terminate();
    });
  });

  describe('the deploy', () => {
    it('plays the manual job by itself, so that no runner is held', async () => {
      const change = await start({ policy: { autoApprove: true }, request: { deployJobId: 9 } });
      await change.inState('deploying');
      change.world.job = { ...change.world.job, state: 'success', status: 'success' };
      await change.handle.signal(codeChanged, { deliveryId: 'j1', event: 'build' });
      assert.equal((await change.handle.result()).outcome, 'deployed');
      assert.equal(change.world.calls.filter((call) => call === 'playDeployJob').length, 1);
    });

    it('that fails leaves the ticket open, and forward means: approved anew', async () => {
      const change = await start();
      await approve(change);
      await change.begin('one');
      await change.handle.signal(deployEnded, { result: 'failure' });
      await change.inState('deploy-failed');
      const failed = () => Promise.resolve(change.moved().at(-1) === 'moveChange:deployFailed' || undefined);
      await waitUntil('the failed deploy on the ticket', 20_000, failed);
      assert.match(change.world.comments.get('comment-deploy-failed') ?? '', /Forward:.*Back:/);
      change.world.edit({ status: 'waiting', statusName: 'Waiting for approval', movedBy: 'dev' });
      await change.handle.signal(ticketChanged, { deliveryId: 'd1', event: 'updated' });
      await approve(change);
      assert.equal((await change.begin('two')).attempts.at(-1)?.answer, 'go');
      await change.handle.signal(deployEnded, { result: 'success' });
      assert.equal((await change.handle.result()).outcome, 'deployed');
    });
  });

  it('goes on through an outage of every system', async () => {
    const change = await start({}, (world) => {
      for (const verb of [
        'findChange',
        'createChange',
        'reviewCode',
        'readScans',
        'writeComment',
        'approveChange',
      ])
        world.fail(verb, 'Unavailable', 3);
      world.fail('setCommitStatus', 'PermissionDenied', 1);
    });
    await approve(change);
    assert.equal((await change.begin('one')).attempts.at(-1)?.answer, 'go');
    await change.handle.terminate();
  });

  it('says on the ticket why it cannot go on, and ends', async () => {
    const change = await start({}, (world) => world.fail('reviewCode', 'NotFound', 1_000));
    const outcome = await change.handle.result();
    assert.match(outcome.outcome === 'cancelled' ? outcome.reason : '', /reviewCode/);
    assert.match(change.world.comments.get('comment-ended') ?? '', /Nothing was deployed/);
  });

  it('ignores what it cannot read', async () => {
    const change = await start();
    const view = await change.asked();
    for (const signal of [beginDeploy, planReported, deployEnded, detailsGiven, ticketChanged, codeChanged])
      for (const payload of [undefined, null, 7, 'x', [], {}, { report: 1, details: 2 }, 'y'.repeat(100_000)])
        await change.handle.signal(signal, payload);
    await change.handle.signal(ticketChanged, 'y'.repeat(1_000_000));
    await say(change.handle, view);
    await change.inState('approved');
    await change.handle.terminate();
  });
});
