import assert from 'node:assert/strict';
import { waitUntil } from '../../scripts/wait-until.ts';
import { decisions, requests } from '../../workflows/approval/messages.ts';
import { startE2e, type E2e } from '../support/e2e-stack.ts';
import { gatedPromotions, type GatedPromotions } from '../support/gated-promotions.ts';

const expiresAfterMinutes = 0.3;
/** Clocks of gateway, vendors and Temporal may differ by so much: what was said till then is in time. */
const toleranceMs = 60_000;

/** Two of `devops` have to approve, within eighteen seconds; parts of the stack are down meanwhile. */
describe('e2e: decisions in an outage', function () {
  this.timeout(180_000);
  let e2e: E2e;
  let gated: GatedPromotions;

  before(async function () {
    this.timeout(300_000);
    const quorum = [{ group: 'devops', count: 2 }];
    e2e = await startE2e({
      policy: { supersede: false, downgrade: 'allow' },
      approvals: { production: { quorum, expiresAfterMinutes, reminders: [] } },
    });
    gated = gatedPromotions(e2e);
  });
  after(() => e2e?.stop());

  const clockAt = (what: string, ms: number) =>
    waitUntil(what, Math.max(0, ms - Date.now()) + 5_000, async () => Date.now() >= ms || undefined);

  it('counts what was said within the last second by the time it was said, with no worker across the deadline', async () => {
    const unanswered = await gated.file('6.1.0');
    const forgotten = await gated.asked(unanswered);
    const ticket = await gated.file('6.2.0');
    const handle = gated.run(ticket);
    const view = await gated.asked(ticket);
    const shown = await gated.message(ticket);
    const early = await gated.cli('dana').say('approve', view);
    await gated.recorded(handle, 'the approval of dana', ({ jti }) => jti === early.jti);
    const deadlineMs = Date.parse(view.deadline ?? '');
    await e2e.stack.worker.stop();

    await clockAt('the last second', deadlineMs - 1_000);
    const [lee, dev, dana] = await Promise.all([
      gated.slack('lee').press(shown, 'lk_approve'),
      gated.slack('dev').press(shown, 'lk_approve'),
      gated.cli('dana').say('revoke', view),
    ]);
    assert.deepEqual([lee.status, dev.status, dana.status], [200, 200, 202]);
    assert.ok(lee.ms < 3_000 && dev.ms < 3_000, 'acknowledged in time although no worker runs');
    await clockAt('everybody to be late', deadlineMs + toleranceMs + 1_500);
    for (const name of ['lee', 'dev'])
      assert.equal((await gated.cli(name).say('approve', forgotten)).status, 202);
    await e2e.stack.worker.start();

    assert.equal((await gated.ended(ticket)).status, 'Done');
    const { approval } = (await e2e.aws.readManifest('prod-a')) ?? {};
    assert.deepEqual(approval?.approvers.toSorted(), ['dev', 'lee']);
    const said = (await handle.query(decisions)).map(({ principal, verb, state }) => [
      principal,
      verb,
      state,
    ]);
    assert.deepEqual(said.toSorted(), [
      ['dana', 'approve', 'accepted'],
      ['dana', 'revoke', 'accepted'],
      ['dev', 'approve', 'accepted'],
      ['lee', 'approve', 'accepted'],
    ]);
    const late = await waitUntil('both late approvals', 20_000, async () => {
      const refused = await gated.refused(gated.run(unanswered));
      return refused.length === 2 ? refused : undefined;
    });
    assert.deepEqual(
      late.map(({ rule }) => rule),
      ['expired', 'expired'],
    );
    assert.match((await gated.ended(unanswered)).comments.map(({ text }) => text).join('\n'), /expired/);
    assert.equal(await e2e.aws.readInstaller('prod-a', unanswered.version), undefined);
  });

  it('goes on by CLI while Slack is down, and shows there once how it ended when it is back', async () => {
    await e2e.control.slack.addFault({
      match: { path: '^/api/chat\\.' },
      mode: 'status',
      status: 503,
      times: 10_000,
    });
    const before = (await gated.allMessages()).length;
    const ticket = await gated.file('6.3.0');
    const handle = gated.run(ticket);
    const view = await gated.asked(ticket);
    for (const name of ['dana', 'lee'])
      assert.equal((await gated.cli(name).say('approve', view)).status, 202);
    assert.equal((await gated.ended(ticket)).status, 'Done');
    assert.equal((await e2e.aws.readManifest('prod-c'))?.version, ticket.version);
    const [fault] = await e2e.control.slack.faults();
    assert.ok((fault?.used ?? 0) > 2, 'Slack was asked again and again');
    assert.equal((await gated.allMessages()).length, before);
    assert.equal(
      (await handle.describe()).status.name,
      'RUNNING',
      'people are still to be shown how it ended',
    );

    await e2e.control.slack.clearFaults();
    await waitUntil('the run to close', 90_000, async () =>
      (await handle.describe()).status.name === 'COMPLETED' ? true : undefined,
    );
    const told = (await gated.allMessages()).slice(before);
    const inChannel = told.filter(({ direct_to: to }) => to === undefined);
    assert.deepEqual(
      inChannel.map(({ text }) => text.includes(`(${ticket.key})`)),
      [true],
      JSON.stringify(inChannel.map(({ text }) => text)),
    );
    const final = JSON.stringify(inChannel[0]);
    assert.match(final, /published to 3 accounts/);
    assert.match(final, /dana.*lee/);
    assert.ok(!final.includes('lk_approve'), 'no buttons any more');
    const toSam = told.filter(({ direct_to: to }) => to === gated.slack('sam').userId);
    assert.equal(toSam.length, 1, JSON.stringify(toSam.map(({ text }) => text)));
    assert.equal((await handle.query(requests)).at(-1)?.state, 'committed');
  });
});
