import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import {
  resume,
  status,
  type InspectionOutcome,
  type InspectionStarted,
} from '../../workflows/change-inspection/messages.ts';
import { monthBefore } from '../../workflows/change-inspection/month.ts';
import { drawAgain } from '../../workflows/change-inspection/sample.ts';
import { createFailure, rootFailure } from '../../workflows/shared/failures.ts';
import { changeInspectionId, workflowTypes } from '../../workflows/shared/names.ts';
import { claimsFor } from '../support/approval-answers.ts';
import { eventually } from '../support/approval-world.ts';
import {
  autoApproved,
  inspectionPolicy,
  startInspection,
  stubInspection,
  toInspectionRun,
  type InspectionOptions,
  type InspectionRun,
} from '../support/inspection-world.ts';
import { unsignedEnvelope } from '../support/stub-decisions.ts';
import { startTimeSkipping, testQueue, type TimeSkippingWorld } from '../support/time-skipping.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const reject = { verb: 'reject', reason: 'the scan was of another commit' } as const;

describe('inspection of a month', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let months = 0;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  async function start(options: Partial<InspectionOptions> = {}): Promise<InspectionRun> {
    months += 1;
    const month = `20${String(20 + Math.floor(months / 12))}-${String(1 + (months % 12)).padStart(2, '0')}`;
    const approved = [autoApproved(11), autoApproved(9)];
    const run = await startInspection(temporal.client, { month, approved, ...options });
    temporal.track(run.handle);
    return run;
  }
  const resultOf = async ({ handle }: InspectionRun) => (await handle.result()) as InspectionOutcome;
  const commentsOf = ({ world }: InspectionRun, step: string) =>
    world.comments.filter(({ key }) => key.includes(`/${step}`));

  it('draws the sample that anybody draws again, from what Jira says', async () => {
    const approved = Array.from({ length: 120 }, (_, index) => autoApproved(index + 1)).reverse();
    const run = await start({ month: '2019-10', approved });
    const record = await run.record();
    const tickets = approved.map(({ ticket }) => ticket);
    const { population, seed, sample } = drawAgain('2019-10', tickets, inspectionPolicy, sha256);
    assert.deepEqual([record.population, record.seed, record.sample], [population, seed, sample]);
    assert.deepEqual([record.sample.length, record.policy], [4, 'inspection@1']);
    assert.deepEqual(run.world.calls.slice(0, 1), ['listAutoApproved:main:2019-10']);
    for (const ticket of record.sample) await run.say(await run.open(ticket));
    const outcome = await resultOf(run);
    assert.equal(outcome.outcome, 'inspected');
    assert.deepEqual(
      outcome.tickets.map(({ ticket, result, inspector }) => [ticket, result, inspector]),
      sample.map((ticket) => [ticket, 'passed', 'sue']),
    );
  });

  it('asks about all of them at once, in Slack and on each ticket, and writes down that it passed', async () => {
    const run = await start();
    const views = [await run.open('PRODCM-9'), await run.open('PRODCM-11')];
    assert.deepEqual(
      views.map(({ evidence }) => [evidence.kind, evidence.requester, evidence.authors]),
      [1, 2].map(() => ['change-inspection', 'dana', ['dev']]),
    );
    await eventually(
      () => run.world.calls.filter((call) => call === 'askOnTicket').length === 2 || undefined,
    );
    const { typedSearchAttributes } = await run.handle.describe();
    const known = Object.fromEntries(
      typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
    );
    assert.deepEqual([known['LkPhase'], known['LkWaitingOn']], ['inspect', 'person:security']);
    for (const view of views) await run.say(view);
    await resultOf(run);
    assert.equal(commentsOf(run, 'passed').length, 2);
    const titles = run.world.notices.map(({ title }) => title);
    assert.match(titles[0] ?? '', /2 of 2 automatically approved changes/);
    await eventually(() => run.world.notices.find(({ title }) => title.includes('2 passed, 0 failed')));
    assert.ok(
      !run.world.calls.includes('createTicket') && !run.world.calls.includes('switchAutoApprovalOff'),
    );
  });

  const strangers: readonly [who: string, part: Parameters<InspectionRun['say']>[1], rule: string][] = [
    ['the requester', { principal: 'dana' }, 'self-approval'],
    ['an author', { principal: 'dev' }, 'author'],
    ['somebody of another group', { groups: ['devops'] }, 'not-a-member'],
    ['the requester’s delegate', { principal: 'sid', actingFor: 'dana' }, 'delegate-of-requester'],
  ];
  for (const [who, part, rule] of strangers)
    it(`is not done by ${who}`, async () => {
      const run = await start({ approved: [autoApproved(9)] });
      const view = await run.open('PRODCM-9');
      const claims = claimsFor(view, { principal: 'sue', groups: ['security'], ...part });
      await run.handle.signal('decide', { envelope: unsignedEnvelope(claims) });
      const answer = await run.answerTo(claims.jti);
      assert.deepEqual([answer.state, 'rule' in answer && answer.rule], ['refused', rule]);
      assert.equal((await run.record()).tickets[0]?.result, 'open');
      await run.say(view);
      assert.equal((await resultOf(run)).tickets[0]?.inspector, 'sue');
    });

  describe('that fails', () => {
    it('switches auto-approval off first, opens one finding in the project of the change, and says so', async () => {
      const asked: Record<string, unknown> = {};
      const run = await start({
        approved: [autoApproved(9)],
        prepare(world) {
          world.on['switchAutoApprovalOff'] = (input) => void (asked['off'] = input);
          world.on['createTicket'] = (input) => void (asked['finding'] = input);
        },
      });
      await run.say(await run.open('PRODCM-9'), reject);
      const { tickets, month } = await resultOf(run);
      assert.deepEqual(
        tickets.map(({ result, inspector, reason, finding }) => [result, inspector, reason, finding]),
        [['failed', 'sue', reject.reason, 'DEVOPS-999']],
      );
      const reason = `the inspection of PRODCM-9 (${month}) failed: ${reject.reason}`;
      assert.deepEqual(asked['off'], { by: 'sue', reason, approval: inspectionPolicy.switchOnApproval });
      const { site, project, issueType, key } = asked['finding'] as Record<string, unknown>;
      const id = changeInspectionId(month);
      assert.deepEqual(
        [site, project, issueType, key],
        ['main', 'PRODCM', 'Task', `${id}/${month}/finding-PRODCM-9`],
      );
      const { calls } = run.world;
      assert.ok(calls.indexOf('switchAutoApprovalOff') < calls.indexOf('createTicket'));
      assert.match(JSON.stringify(commentsOf(run, 'failed')), /DEVOPS-999.*switched off/);
      await eventually(() => run.world.notices.find(({ title }) => title.includes('0 passed, 1 failed')));
    });

    it('leaves auto-approval on where the policy says so', async () => {
      const policy = { ...inspectionPolicy, switchOff: false };
      const run = await start({ approved: [autoApproved(9)], policy });
      await run.say(await run.open('PRODCM-9'), reject);
      assert.equal((await resultOf(run)).tickets[0]?.finding, 'DEVOPS-999');
      assert.ok(!run.world.calls.includes('switchAutoApprovalOff'));
    });

    it('waits with its finding until Jira takes it, and keeps no other ticket waiting', async () => {
      let failing = true;
      const run = await start({
        prepare: (world) => {
          world.on['createTicket'] = () => {
            if (failing) throw createFailure('InvalidInput', 'no such issue type');
          };
        },
      });
      await run.say(await run.open('PRODCM-9'), reject);
      await run.say(await run.open('PRODCM-11'));
      const passed = await eventually(async () =>
        (await run.record()).tickets.find(({ result }) => result === 'passed'),
      );
      assert.equal(passed.ticket, 'PRODCM-11');
      await eventually(async () => {
        const { waitingOn } = await run.handle.query(status);
        return waitingOn === 'jira:InvalidInput' || undefined;
      });
      failing = false;
      await run.handle.signal(resume, null);
      const { tickets } = await resultOf(run);
      assert.deepEqual(tickets.map(({ finding }) => finding).sort(), ['DEVOPS-999', null]);
    });
  });

  it('goes on without the comment when the ticket is gone', async () => {
    const run = await start({
      approved: [autoApproved(9)],
      prepare: (world) => {
        world.on['comment:passed-PRODCM-9'] = () => {
          throw createFailure('NotFound', 'no such ticket');
        };
      },
    });
    await run.say(await run.open('PRODCM-9'));
    assert.equal((await resultOf(run)).tickets[0]?.result, 'passed');
  });

  it('reports an empty month, and asks nobody', async () => {
    const run = await start({ approved: [] });
    const outcome = await resultOf(run);
    assert.deepEqual(
      [outcome.outcome, outcome.population, outcome.sample, outcome.tickets],
      ['empty', [], [], []],
    );
    assert.equal(outcome.seed, sha256(`${outcome.month}\n`).slice(0, 32));
    const [notice] = await eventually(() => (run.world.notices.length > 0 ? run.world.notices : undefined));
    assert.match(notice?.title ?? '', /nothing to inspect/);
    assert.ok(!run.world.calls.includes('showRequest'));
  });

  for (const [what, payload] of [
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['much', 'x'.repeat(1_000_000)],
  ] as const)
    it(`is not disturbed by signals with ${what}`, async () => {
      const run = await start({ approved: [autoApproved(9)] });
      const view = await run.open('PRODCM-9');
      for (const name of ['decide', 'ticketChanged', 'resume'])
        await run.handle.signal(name, ...(payload === undefined ? [] : [payload]));
      await run.say(view);
      assert.equal((await resultOf(run)).tickets[0]?.result, 'passed');
    });

  for (const [what, month, says] of [
    ['is not over', () => new Date(Date.now()).toISOString().slice(0, 7), /is not over yet/],
    ['is to come', () => '2999-01', /is not over yet/],
    ['is none', () => '2020-13', /form 2026-10/],
  ] as const)
    it(`is refused for one that ${what}`, async () => {
      const { handle } = await start({ month: month() });
      await assert.rejects(handle.result(), (error) => {
        assert.ok(error instanceof WorkflowFailedError);
        assert.match(String(rootFailure(error.cause)), says);
        return true;
      });
    });

  it('is started by the schedule for the month before, once however often that fires', async () => {
    const month = monthBefore(await temporal.env.currentTimeMs());
    const world = stubInspection({ month, approved: [autoApproved(9)] });
    const { client } = temporal;
    const fire = async (workflowId: string) => {
      const args = [{ month: null, policy: inspectionPolicy }];
      const options = { workflowId, taskQueue: testQueue, args };
      const handle = temporal.track(await client.workflow.start(workflowTypes.changeInspection, options));
      return eventually(async () => {
        const { status: state } = await handle.describe();
        return state.name === 'COMPLETED' ? ((await handle.result()) as InspectionStarted) : undefined;
      });
    };
    const workflowId = changeInspectionId(month);
    assert.deepEqual(await fire('scheduled-1'), { outcome: 'started', month, workflowId });
    assert.deepEqual(await fire('scheduled-2'), { outcome: 'known-already', month, workflowId });
    const run = toInspectionRun(temporal.track(client.workflow.getHandle(workflowId)), world);
    await run.say(await run.open('PRODCM-9'));
    await resultOf(run);
    assert.deepEqual((await fire('scheduled-3')).outcome, 'known-already');
  });
});
