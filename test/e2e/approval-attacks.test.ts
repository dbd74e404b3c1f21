import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SlackAnswer } from '../../sandbox/drive/slack-person.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { createOutput } from '../../starters/cli/output.ts';
import { setUpKeys } from '../../starters/cli/setup-keys.ts';
import { decision, requests, type DecisionRecord } from '../../workflows/approval/messages.ts';
import {
  forge,
  readEnvelopes,
  readPrivateKey,
  readTimers,
  temporalCli,
} from '../support/decision-attacks.ts';
import { startE2e, type E2e } from '../support/e2e-stack.ts';
import { gatedPromotions, type GatedPromotions, type Ticket } from '../support/gated-promotions.ts';

/** One promotion that two of `devops` have to approve; eve stands in for dev. Each test goes on where the one before it ended. */
describe('e2e: attacks on signed decisions', function () {
  this.timeout(180_000);
  let e2e: E2e;
  let gated: GatedPromotions;
  let ticket: Ticket;

  before(async function () {
    this.timeout(300_000);
    e2e = await startE2e({
      policy: { supersede: false, downgrade: 'allow' },
      approvals: { production: { quorum: [{ group: 'devops', count: 2 }] } },
      delegations: [{ from: 'dev', to: 'eve', start: '2020-01-01T00:00:00Z', end: '2120-01-01T00:00:00Z' }],
    });
    gated = gatedPromotions(e2e);
    ticket = await gated.file('5.1.0', 'dev');
  });
  after(() => e2e?.stop());

  const inRunDir = (file: string) => path.join(path.dirname(e2e.stack.configFile), file);
  const forgeClick = (part: object) => e2e.control.slack.post<SlackAnswer>('forge', part);

  it('refuses what is forged and sent straight to Temporal, by the rule that it breaks', async () => {
    const handle = gated.run(ticket);
    const view = await gated.asked(ticket);
    const [gateway, jira] = await Promise.all([
      readPrivateKey(inRunDir(''), 'gateway'),
      readPrivateKey(inRunDir(''), 'jira'),
    ]);
    const forgeries = Object.entries(await forge(view, { gateway, jira }));
    const named = ['--workflow-id', handle.workflowId, '--name', 'decide'];
    for (const [index, [, { envelope }]] of forgeries.entries())
      if (index > 0) await handle.signal('decide', { envelope });
      else
        await temporalCli(
          e2e.endpoints.temporal,
          ...['workflow', 'signal', ...named, '--input', JSON.stringify({ envelope })],
        );
    await handle.signal('decide');
    await handle.signal('decide', { envelope: 'A'.repeat(9_000) });
    for (const [what, { jti, rule }] of forgeries)
      assert.equal((await gated.recorded(handle, what, (one) => one.jti === jti)).rule, rule, what);
    const malformed = (await gated.refused(handle)).filter(({ rule }) => rule === 'malformed');
    assert.equal(malformed.length, 2);
    const [now] = await handle.query(requests);
    assert.deepEqual([now?.state, now?.decisions], ['open', []]);
    await gated.notPublished(ticket, 0);
  });

  it('refuses whoever asked, his delegate, who is in no group, and who saw something else', async () => {
    const handle = gated.run(ticket);
    const view = await gated.asked(ticket);
    const shown = await gated.message(ticket);
    for (const name of ['dev', 'eve', 'sam']) await gated.slack(name).press(shown, 'lk_approve');
    for (const [name, rule] of [
      ['dev', 'self-approval'],
      ['eve', 'delegate-of-requester'],
      ['sam', 'not-a-member'],
    ]) {
      const record = await gated.recorded(handle, `${name}'s click`, ({ principal }) => principal === name);
      assert.deepEqual([record.state, record.rule], ['refused', rule]);
    }
    const stale = await gated.cli('dana').say('approve', { ...view, evidenceDigest: 'a'.repeat(64) });
    const other = await gated.cli('dana').say('approve', { ...view, requestId: randomUUID() });
    for (const [{ jti }, rule] of [
      [stale, 'stale-evidence'],
      [other, 'other-request'],
    ] as const)
      assert.equal((await gated.recorded(handle, rule, (one) => one.jti === jti)).rule, rule);
    await gated.notPublished(ticket, 0);
  });

  it('takes from Slack only what it signed within five minutes, and a replayed click once', async () => {
    const handle = gated.run(ticket);
    const shown = await gated.message(ticket);
    const before = (await gated.refused(handle)).length;
    const click = { as: 'dana', channel: shown.channel, ts: shown.ts, actionId: 'lk_approve' };
    for (const part of [
      { signature: '' },
      { signature: `v0=${'0'.repeat(64)}` },
      { timestampOffsetSeconds: -361 },
      { timestampOffsetSeconds: 361 },
    ])
      assert.equal((await forgeClick({ ...click, ...part })).status, 401, JSON.stringify(part));
    const counted = await gated.slack('lee').press(shown, 'lk_approve');
    const { jti } = await gated.recorded(handle, 'the click of lee', ({ state }) => state === 'accepted');
    assert.equal((await forgeClick({ replayOf: counted.delivery })).status, 200);
    const again = await gated.recorded(handle, 'the replay', ({ rule }) => rule === 'replayed');
    assert.equal(again.jti, jti);
    assert.equal((await gated.refused(handle)).length, before + 1);
    const [view] = await handle.query(requests);
    assert.deepEqual(
      view?.decisions.map(({ principal, verb }) => [principal, verb]),
      [['lee', 'approve']],
    );
  });

  it('refuses an old approval that is sent again after it was revoked', async () => {
    const handle = gated.run(ticket);
    const view = await gated.asked(ticket);
    const revoked = await gated.cli('lee').say('revoke', view);
    await gated.recorded(handle, 'the revocation', (one) => one.jti === revoked.jti);
    const approval = (await readEnvelopes(handle)).at(-2);
    await handle.signal('decide', { envelope: approval });
    await waitUntil('the old approval', 20_000, async () => {
      const refused = await gated.refused(handle);
      return refused.filter(({ rule }) => rule === 'replayed').length === 2 || undefined;
    });
    const [now] = await handle.query(requests);
    assert.deepEqual([now?.state, now?.decisions], ['open', []]);
    const again = await gated.cli('lee').say('approve', view);
    await gated.recorded(handle, 'the new approval', (one) => one.jti === again.jti);
  });

  it('refuses the old key after a rotation, and waits for a new one that the worker does not have yet', async () => {
    const handle = gated.run(ticket);
    const shown = await gated.message(ticket);
    const publicFile = inRunDir('decision-keys.json');
    const old = await readFile(publicFile, 'utf8');
    const now = new Date();
    const { env } = e2e.stack;
    setUpKeys({ publicFile, env, output: createOutput(true, () => {}), now }, { rotate: true });
    const rotated = await readFile(publicFile, 'utf8');
    // a decision carries whole seconds
    await waitUntil('the next second', 2_000, async () => Date.now() > now.getTime() + 1_000 || undefined);
    await gated.slack('dana').press(shown, 'lk_approve');
    const isLate = ({ rule, text }: DecisionRecord) =>
      rule === 'key-not-allowed' && text.includes('was replaced at');
    await gated.recorded(handle, 'the old key', isLate, 30_000);

    await writeFile(publicFile, old);
    await e2e.stack.starters.stop();
    await e2e.stack.starters.start();
    const [view] = await handle.query(requests);
    assert.ok(view);
    const { jti = '' } = await gated.cli('dana').say('approve', view);
    await waitUntil('the worker to miss the key', 20_000, async () => {
      const timers = await readTimers(handle);
      return timers.includes('a key that is not known yet') || undefined;
    });
    assert.deepEqual(await handle.query(decision, jti), { state: 'pending' });
    await writeFile(publicFile, rotated);
    // what lee said with the old key in its time still counts
    assert.equal((await gated.ended(ticket)).status, 'Done');
    assert.equal((await handle.query(decision, jti)).state, 'accepted');
    const { approval } = (await e2e.aws.readManifest('prod-c')) ?? {};
    assert.deepEqual(approval?.approvers, ['lee', 'dana']);
    assert.ok((await gated.writes()) >= 6, 'production is really watched');
  });
});
