import assert from 'node:assert/strict';
import type { Question } from '../../workflows/approval/approvals.ts';
import { policy, ticket } from '../support/approval-question.ts';
import { eventually, startApprovalWorld } from '../support/approval-world.ts';
import type { ApprovalWorld, AskedRun } from '../support/approval-world.ts';

const ladder: Question['policy']['reminders'] = [
  { afterMinutes: 10, to: 'thread' },
  { afterMinutes: 20, to: 'dm' },
  { afterMinutes: 30, to: 'on-call' },
];
const reminding = { ...policy, reminders: ladder };

describe('the clock of a request', function () {
  this.timeout(60_000);
  let world: ApprovalWorld;

  before(async () => void (world = await startApprovalWorld()));
  after(() => world.stop());

  const remindersOf = (run: AskedRun) =>
    run.vendors.slack.reminders.map(({ to, missed }) => (missed > 0 ? `${to} (+${missed})` : to));

  /** Minutes from the opening to the end of the run. */
  async function minutesOf(run: AskedRun) {
    await run.result();
    const { openedAt } = await run.view();
    const closed = (await run.handle.describe()).closeTime?.getTime() ?? 0;
    return Math.round((closed - Date.parse(openedAt)) / 60_000);
  }

  it('reminds rung by rung, then ends', async () => {
    const run = await world.start({ policy: reminding });
    assert.equal(await minutesOf(run), 61);
    assert.deepEqual(remindersOf(run), ['thread', 'dm', 'on-call']);
    const keys = new Set(run.vendors.slack.reminders.map(({ key }) => key));
    assert.equal(keys.size, 3);
    assert.equal(run.vendors.slack.posts, 1);
  });

  it('reminds nobody after it was decided', async () => {
    const run = await world.start({ policy: reminding }, { stays: true });
    await world.sleep('15m');
    await run.answerTo(await run.say());
    await world.sleep('50m');
    await run.order('end');
    await run.result();
    assert.deepEqual(remindersOf(run), ['thread']);
  });

  it('counts the ladder in working hours', async () => {
    const all = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
    const hour = new Date((await world.now()) * 1000).getUTCHours();
    const clock = (ahead: number) => `${String((hour + ahead) % 24).padStart(2, '0')}:00`;
    const workingHours = { timeZone: 'UTC', days: all, from: clock(3), to: clock(5) };
    const run = await world.start({ policy: { ...reminding, workingHours, expiresAfterMinutes: 120 } });
    await world.sleep('115m');
    assert.deepEqual(remindersOf(run), []);
    await run.result();
  });

  it('stands still while information is missing, and goes on when it is there', async () => {
    const run = await world.start({ policy: reminding });
    await world.sleep('5m');
    await run.answerTo(await run.say({ verb: 'request-info', reason: 'which accounts?' }));
    assert.deepEqual(
      [(await run.view()).deadline, (await run.view()).note],
      [null, 'dana asks: which accounts?'],
    );
    await world.sleep('3h');
    assert.deepEqual(remindersOf(run), []);
    await run.order('answered');
    assert.equal(await minutesOf(run), 61 + 180);
    assert.deepEqual(remindersOf(run), ['thread', 'dm', 'on-call']);
  });

  it('begins when somebody was asked: an outage of the first hours takes nobody’s time', async () => {
    const run = await world.start({}, {}, ({ slack }) => (slack.failing = 'Unavailable'));
    await world.sleep('4h');
    assert.ok((await run.state()).waits.includes('slack:Unavailable'));
    run.vendors.slack.failing = undefined;
    const minutes = await minutesOf(run);
    assert.ok(minutes >= 300 && minutes < 310, `${minutes} minutes`);
    assert.equal(run.vendors.slack.posts, 1);
  });

  it('stands still while nobody can be reached, and catches up once', async () => {
    const three = { ...reminding, quorum: [{ group: 'devops', count: 3 }] };
    const run = await world.start({ policy: three });
    await eventually(() => run.vendors.slack.shown[0]);
    run.vendors.slack.failing = 'Unavailable';
    await run.answerTo(await run.say());
    await world.sleep('30m');
    await run.answerTo(await run.say({ principal: 'lee' }));
    await world.sleep('30m');
    assert.equal(run.vendors.slack.shown.length, 1);
    run.vendors.slack.failing = undefined;
    await world.sleep('6m');
    const caughtUp = run.vendors.slack.shown.slice(1);
    // the second one brings the new deadline: it is known when Slack has answered
    assert.deepEqual(
      caughtUp.map(({ decisions, deadline }) => [decisions.length, deadline !== null]),
      [
        [2, false],
        [2, true],
      ],
    );
    assert.deepEqual(remindersOf(run), []);
    const minutes = await minutesOf(run);
    assert.ok(minutes > 61 + 55 && minutes < 61 + 67, `${minutes} minutes`);
  });

  it('goes on while the ticket can be reached; what Slack missed becomes one update and one reminder', async () => {
    const three = { ...reminding, quorum: [{ group: 'devops', count: 3 }] };
    const run = await world.start({ policy: three, ticket });
    await eventually(() => run.vendors.slack.shown[0]);
    run.vendors.slack.failing = 'Unavailable';
    for (const principal of ['dana', 'lee']) {
      await run.answerTo(await run.say({ principal }));
      await world.sleep('17m');
    }
    run.vendors.slack.failing = undefined;
    await world.sleep('6m');
    assert.deepEqual(
      run.vendors.slack.shown.map(({ decisions }) => decisions.length),
      [0, 2],
    );
    assert.deepEqual(remindersOf(run), ['on-call (+2)']);
    assert.equal(await minutesOf(run), 61);
  });

  it('does not wait for ever for answers on a ticket that cannot be read', async () => {
    const run = await world.start({ ticket });
    await eventually(() => run.vendors.jira.asked[0]);
    run.vendors.jira.failing = 'Unavailable';
    assert.equal(await minutesOf(run), 121);
    assert.deepEqual((await run.result()).settlements, [{ outcome: 'expired' }]);
  });

  it('asks a channel again that has refused, and fails no run for it', async () => {
    const run = await world.start({ ticket }, {}, ({ slack }) => (slack.failing = 'NotFound'));
    await world.sleep('5m');
    await eventually(() => run.vendors.jira.asked.length === 1 || undefined);
    run.vendors.slack.failing = undefined;
    // how long after its first refusal it was shown depends on when its first try began
    for (let minutes = 0; run.vendors.slack.posts === 0 && minutes < 12; minutes += 1)
      await world.sleep('1m');
    await eventually(() => run.vendors.slack.posts === 1 || undefined);
    await run.say();
    await run.result();
  });

  it('takes a decision while Slack and Jira are down', async () => {
    const run = await world.start({ ticket }, {}, ({ slack, jira }) => {
      slack.failing = 'Unavailable';
      jira.failing = 'Unavailable';
    });
    const view = await run.view();
    assert.equal((await run.answerTo(await run.say({}, view))).state, 'accepted');
    const { settlements } = await run.result();
    assert.equal(settlements[0]?.outcome, 'approved');
  });

  it('gives a run up to an hour to show how it ended, no more', async () => {
    const run = await world.start({}, {}, ({ slack }) => (slack.failing = 'Unavailable'));
    await run.say();
    const minutes = await minutesOf(run);
    assert.ok(minutes >= 59 && minutes <= 61, `${minutes} minutes`);
  });
});
