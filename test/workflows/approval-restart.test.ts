import assert from 'node:assert/strict';
import { policy } from '../support/approval-question.ts';
import { eventually, startApprovalWorld, type ApprovalWorld } from '../support/approval-world.ts';

describe('a request while its worker is away', function () {
  this.timeout(60_000);
  let world: ApprovalWorld;

  before(async () => void (world = await startApprovalWorld({ restarts: true })));
  after(() => world.stop());

  it('keeps 200 that wait, and refuses the rest', async () => {
    const run = await world.start();
    const view = await run.view();
    await world.stopWorker();
    await Promise.all(Array.from({ length: 200 }, (_, n) => run.send(`a.${n}.c`)));
    const early = await run.say({}, view);
    await world.startWorker();
    const answer = await run.answerTo(early);
    assert.deepEqual(answer.state === 'refused' && answer.rule, 'closed');
    // as the refusal says: again later, when the 200 are through
    await eventually(async () => {
      const again = await run.answerTo(await run.say({}, view));
      return again.state === 'accepted' || undefined;
    });
    assert.equal((await run.result()).settlements[0]?.outcome, 'approved');
  });

  describe('across the deadline', () => {
    /** Two seconds before the request expires, with the worker gone: this server skips no time while a task waits. */
    async function askAndStop() {
      const run = await world.start();
      await world.sleep('1m');
      const view = await run.view();
      await world.stopWorker();
      const deadline = Math.floor(Date.parse(view.deadline ?? '') / 1000);
      await world.sleep((deadline + 58 - (await world.now())) * 1000);
      return { run, view, deadline };
    }

    async function startAfter(deadline: number) {
      await eventually(async () => (await world.now()) > deadline + 62 || undefined);
      await world.startWorker();
    }

    it('counts an approval that was said in time', async () => {
      const { run, view, deadline } = await askAndStop();
      await run.say({ iat: deadline - 1 }, view);
      await startAfter(deadline);
      assert.equal((await run.result()).settlements[0]?.outcome, 'approved');
    });

    it('counts neither when it was approved and revoked a second before', async () => {
      const { run, view, deadline } = await askAndStop();
      await run.say({ iat: deadline - 1 }, view);
      await run.say({ iat: deadline - 1, verb: 'revoke' }, view);
      await startAfter(deadline);
      const { settlements, outcomes } = await run.result();
      assert.deepEqual([settlements, outcomes], [[{ outcome: 'expired' }], ['expired']]);
      assert.deepEqual(
        run.vendors.slack.told.map(({ title }) => title),
        ['Expired'],
      );
    });

    it('refuses what was said too late, whenever it is verified', async () => {
      const { run, view, deadline } = await askAndStop();
      const claims = await run.say({ iat: deadline + 61 }, view);
      await startAfter(deadline);
      assert.deepEqual((await run.result()).settlements, [{ outcome: 'expired' }]);
      const answer = await run.answerTo(claims);
      assert.deepEqual(answer.state === 'refused' && answer.rule, 'expired');
    });
  });

  it('waits for 90 days over three restarts of the worker', async () => {
    const reminders = [
      { afterMinutes: 60, to: 'thread' },
      { afterMinutes: 45 * 24 * 60, to: 'dm' },
    ] as const;
    const run = await world.start({ policy: { ...policy, reminders, expiresAfterMinutes: 100 * 24 * 60 } });
    for (let restart = 0; restart < 3; restart += 1) {
      await world.sleep('30d');
      await world.stopWorker();
      await world.startWorker();
    }
    assert.equal((await run.view()).state, 'open');
    await run.say();
    assert.equal((await run.result()).settlements[0]?.outcome, 'approved');
    assert.deepEqual(
      run.vendors.slack.reminders.map(({ to }) => to),
      ['thread', 'dm'],
    );
  });
});
