import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadConfig } from '../../config/load-config.ts';
import { toPromotionPolicy } from '../../config/promotion-policy.ts';
import type { SlackAnswer } from '../../sandbox/drive/slack-person.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { createOutput } from '../../starters/cli/output.ts';
import { setUpKeys } from '../../starters/cli/setup-keys.ts';
import { pauseWaves, resumeWaves, status } from '../../workflows/agent-promotion/messages.ts';
import type { PromotionOutcome, PromotionPolicy } from '../../workflows/agent-promotion/messages.ts';
import { decision, requests } from '../../workflows/approval/messages.ts';
import { line } from '../../workflows/promotion-queue/messages.ts';
import {
  forge,
  readEnvelopes,
  readPrivateKey,
  resetBehind,
  temporalCli,
} from '../support/decision-attacks.ts';
import { startE2e, type E2e } from '../support/e2e-stack.ts';
import {
  automaticCalls,
  callsWithTurn,
  inventedTurn,
  readLoot,
  type Loot,
} from '../support/foreign-calls.ts';
import { startForeignWorker, type ForeignWorker } from '../support/foreign-worker.ts';
import { gatedPromotions, type GatedPromotions, type Ticket } from '../support/gated-promotions.ts';

/** Two of `devops` have to approve; eve stands in for dev. Each test goes on where the one before it ended. */
describe('e2e: attacks on signed decisions', function () {
  this.timeout(180_000);
  let e2e: E2e;
  let gated: GatedPromotions;
  let foreign: ForeignWorker;
  let first: Ticket;
  let second: Ticket;
  /** What the history of the first promotion shows to everybody who may read the namespace. */
  let loot: Loot;
  let said: readonly string[];

  before(async function () {
    this.timeout(300_000);
    e2e = await startE2e({
      policy: { supersede: false, downgrade: 'allow' },
      approvals: { production: { quorum: [{ group: 'devops', count: 2 }] } },
      delegations: [{ from: 'dev', to: 'eve', start: '2020-01-01T00:00:00Z', end: '2120-01-01T00:00:00Z' }],
    });
    gated = gatedPromotions(e2e);
    first = await gated.file('5.1.0', 'dev');
    foreign = await startForeignWorker(e2e.endpoints.temporal, e2e.temporal);
  });
  after(async () => {
    await foreign?.stop();
    await e2e?.stop();
  });

  const inRunDir = (file: string) => path.join(path.dirname(e2e.stack.configFile), file);
  const forgeClick = (part: object) => e2e.control.slack.post<SlackAnswer>('forge', part);

  function policyOf(site: string): PromotionPolicy {
    const loaded = loadConfig(e2e.stack.configFile, e2e.stack.env);
    assert.ok('config' in loaded);
    return toPromotionPolicy(loaded.config, site);
  }

  async function runForeign(calls: ReturnType<typeof callsWithTurn>, workflowId: string, ownTurn: boolean) {
    const answers = await foreign.run(
      workflowId,
      calls.map(({ says: _, ...call }) => call),
      ownTurn,
    );
    for (const { what, says } of calls) {
      const answer = answers[what] ?? '';
      assert.ok(says.test(answer) && answer.startsWith('PolicyViolation: '), `${what}: ${answer}`);
    }
  }

  it('refuses what is forged and sent straight to Temporal, by the rule that it breaks', async () => {
    const handle = gated.run(first);
    const view = await gated.asked(first);
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
    await gated.notPublished(first, 0);
  });

  it('refuses whoever asked, his delegate, who is in no group, and who saw something else', async () => {
    const handle = gated.run(first);
    const view = await gated.asked(first);
    const shown = await gated.message(first);
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
    await gated.notPublished(first, 0);
  });

  it('takes from Slack only what it signed within five minutes, and a replayed click once', async () => {
    const handle = gated.run(first);
    const shown = await gated.message(first);
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

  it('refuses the old key after a rotation, and waits for a new one that the worker does not have yet', async () => {
    const handle = gated.run(first);
    const shown = await gated.message(first);
    const publicFile = inRunDir('decision-keys.json');
    const old = await readFile(publicFile, 'utf8');
    const now = new Date();
    const { env } = e2e.stack;
    setUpKeys({ publicFile, env, output: createOutput(true, () => {}), now }, { rotate: true });
    const rotated = await readFile(publicFile, 'utf8');
    // a decision carries whole seconds
    await waitUntil('the next second', 2_000, async () => Date.now() > now.getTime() + 1_000 || undefined);
    await gated.slack('dana').press(shown, 'lk_approve');
    const late = await gated.recorded(
      handle,
      'the old key',
      ({ rule }) => rule === 'key-not-allowed',
      30_000,
    );
    assert.match(late.text, /was replaced at/);

    await writeFile(publicFile, old);
    await e2e.stack.starters.stop();
    await e2e.stack.starters.start();
    const [view] = await handle.query(requests);
    assert.ok(view);
    const { jti = '' } = await gated.cli('dana').say('approve', view);
    assert.deepEqual(await handle.query(decision, jti), { state: 'pending' });
    await writeFile(publicFile, rotated);
    // what lee said with the old key in its time still counts
    assert.equal((await gated.ended(first)).status, 'Done');
    assert.equal((await handle.query(decision, jti)).state, 'accepted');
    const { approval } = (await e2e.aws.readManifest('prod-c')) ?? {};
    assert.deepEqual(approval?.approvers, ['lee', 'dana']);
    assert.ok((await gated.writes()) >= 6, 'production is really watched');
  });

  it('refuses a foreign workflow, even under the promotion’s own id and with the turn, what it was granted', async () => {
    await waitUntil('the run to close', 60_000, async () =>
      (await gated.run(first).describe()).status.name === 'RUNNING' ? undefined : true,
    );
    const before = await gated.writes();
    const manifest = await e2e.aws.readManifest('prod-a');
    loot = await readLoot(gated.run(first));
    said = await readEnvelopes(gated.run(first));
    await runForeign(callsWithTurn(loot), gated.run(first).workflowId, true);
    const turns = { 'an old turn': loot.turn, 'an invented turn': inventedTurn };
    await runForeign(automaticCalls(loot, policyOf('main'), turns), 'somebody-else', false);
    assert.equal(await gated.writes(), before);
    assert.deepEqual(await e2e.aws.readManifest('prod-a'), manifest);
  });

  it('refuses a foreign workflow the turn of the promotion that holds it', async () => {
    const before = await gated.writes();
    await e2e.control.gitlab.addFault({ match: { method: 'POST', path: '/pipeline' }, mode: 'hold' });
    second = await gated.file('5.2.0');
    const holder = await waitUntil('the turn of the second', 60_000, async () => {
      const now = await e2e.queue().query(line);
      return now.holder?.workflowId === gated.run(second).workflowId ? now.holder : undefined;
    });
    const { workflowId, runId, token } = holder;
    const turns = { 'its turn': { ...inventedTurn, workflowId, runId, token } };
    await runForeign(automaticCalls(loot, policyOf('main'), turns), 'somebody-else', false).finally(
      e2e.control.gitlab.clearFaults,
    );
    assert.equal(await gated.writes(), before);
  });

  it('refuses an envelope of another promotion, and an old approval after it was revoked', async () => {
    const handle = gated.run(second);
    const view = await gated.asked(second);
    await handle.signal('decide', { envelope: said.at(-1) });
    await gated.recorded(handle, 'the copied envelope', ({ rule }) => rule === 'wrong-workflow');
    const { jti } = await gated.cli('dana').say('approve', view);
    await gated.recorded(handle, 'the approval', (one) => one.jti === jti);
    const [, approval] = await readEnvelopes(handle);
    const revoked = await gated.cli('dana').say('revoke', view);
    await gated.recorded(handle, 'the revocation', (one) => one.jti === revoked.jti);
    await handle.signal('decide', { envelope: approval });
    const again = await gated.recorded(handle, 'the old approval', ({ rule }) => rule === 'replayed');
    assert.equal(again.jti, jti);
    const [now] = await handle.query(requests);
    assert.deepEqual([now?.state, now?.decisions], ['open', []]);
  });

  it('refuses a run that was reset behind its approval', async () => {
    const before = await gated.writes();
    const handle = gated.run(second);
    const view = await gated.asked(second);
    await handle.signal(pauseWaves, {});
    for (const name of ['dana', 'lee']) await gated.cli(name).say('approve', view);
    await waitUntil('the pause before the first wave', 30_000, async () => {
      const { waitingOn } = await handle.query(status);
      return waitingOn === 'paused' || undefined;
    });
    const runId = await resetBehind(e2e.temporal, handle, 'decide');
    const again = e2e.temporal.workflow.getHandle(handle.workflowId, runId);
    await again.signal(resumeWaves, {});
    const outcome = (await again.result()) as PromotionOutcome;
    assert.ok(outcome.outcome === 'failed', JSON.stringify(outcome));
    assert.match(outcome.reason, /prod-a: .*(does not stand|another run)/);
    assert.equal((await gated.ended(second)).status, 'Failed');
    await gated.notPublished(second, before);
  });

  it('refuses in a later run of the same ticket what was said in an earlier one', async () => {
    const before = await gated.writes();
    const earlier = await readEnvelopes(gated.run(second));
    await e2e.sam.move(second.key, 'ToDo');
    const view = await waitUntil('the new request', 90_000, async () => {
      const views = await gated
        .run(second)
        .query(requests)
        .catch(() => []);
      return views.find(({ state, deadline }) => state === 'open' && deadline !== null);
    });
    const handle = gated.run(second);
    for (const envelope of earlier.slice(-2)) await handle.signal('decide', { envelope });
    await waitUntil('both refusals', 20_000, async () => {
      const found = await gated.refused(handle);
      return found.filter(({ rule }) => rule === 'other-request').length === 2 || undefined;
    });
    await gated.cli('dana').say('reject', view, 'not this one');
    assert.equal((await gated.ended(second)).status, 'Failed');
    await gated.notPublished(second, before);
  });

  it('writes nothing for a promotion that was started with a lax policy under the real name', async () => {
    const before = await gated.writes();
    await e2e.stack.starters.stop();
    const ticket = await gated.file('5.3.0');
    const { workflowId } = gated.run(ticket);
    const policy = { ...policyOf('gated'), approval: null };
    const input = JSON.stringify({ site: 'gated', issueId: ticket.id, policy });
    const started = await temporalCli(
      e2e.endpoints.temporal,
      ...['workflow', 'start', '--output', 'json', '--type', 'agentPromotion', '--task-queue', 'lockkeeper'],
      ...['--workflow-id', workflowId, '--input', input],
    );
    await e2e.stack.starters.start();
    assert.equal((await gated.ended(ticket)).status, 'Failed');
    const { runId } = JSON.parse(started) as { runId: string };
    const result: unknown = await e2e.temporal.workflow.getHandle(workflowId, runId).result();
    const outcome = result as PromotionOutcome;
    assert.ok(outcome.outcome === 'failed', JSON.stringify(outcome));
    assert.match(outcome.reason, /prod-a: policy gated version 1 is not this worker's/);
    await gated.notPublished(ticket, before);
  });
});
