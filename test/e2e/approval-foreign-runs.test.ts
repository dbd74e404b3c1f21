import assert from 'node:assert/strict';
import { loadConfig } from '../../config/load-config.ts';
import { toPromotionPolicy } from '../../config/promotion-policy.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { pauseWaves, resumeWaves, status } from '../../workflows/agent-promotion/messages.ts';
import type { PromotionOutcome, PromotionPolicy } from '../../workflows/agent-promotion/messages.ts';
import { requests } from '../../workflows/approval/messages.ts';
import { line } from '../../workflows/promotion-queue/messages.ts';
import { readEnvelopes, resetBehind, temporalCli } from '../support/decision-attacks.ts';
import { startE2e, type E2e } from '../support/e2e-stack.ts';
import {
  automaticCalls,
  callsWithTurn,
  inventedTurn,
  readLoot,
  type Loot,
  type RefusedCall,
} from '../support/foreign-calls.ts';
import { startForeignWorker, type ForeignWorker } from '../support/foreign-worker.ts';
import { gatedPromotions, type GatedPromotions, type Ticket } from '../support/gated-promotions.ts';

/** What somebody can do who may write to the namespace. Each test goes on where the one before it ended. */
describe('e2e: runs that nobody approved', function () {
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
    e2e = await startE2e({ policy: { supersede: false, downgrade: 'allow' } });
    gated = gatedPromotions(e2e);
    first = await gated.file('5.1.0');
    foreign = await startForeignWorker(e2e.endpoints.temporal, e2e.temporal);
    await gated.cli('dana').say('approve', await gated.asked(first));
    await gated.run(first).result();
    loot = await readLoot(gated.run(first));
    said = await readEnvelopes(gated.run(first));
    assert.ok((await gated.writes()) >= 6, 'production is really watched');
  });
  after(async () => {
    await foreign?.stop();
    await e2e?.stop();
  });

  function policyOf(site: string): PromotionPolicy {
    const loaded = loadConfig(e2e.stack.configFile, e2e.stack.env);
    assert.ok('config' in loaded);
    return toPromotionPolicy(loaded.config, site);
  }

  async function runForeign(calls: readonly RefusedCall[], workflowId: string, ownTurn: boolean) {
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

  it('refuses a foreign workflow, even under the promotion’s own id and with the turn, what it was granted', async () => {
    const before = await gated.writes();
    const manifest = await e2e.aws.readManifest('prod-a');
    await runForeign(callsWithTurn(loot), gated.run(first).workflowId, true);
    const turns = { 'an old turn': loot.object.turn, 'an invented turn': inventedTurn };
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

  it('refuses an envelope that was copied from another promotion', async () => {
    const handle = gated.run(second);
    await gated.asked(second);
    await handle.signal('decide', { envelope: said.at(-1) });
    await gated.recorded(handle, 'the copied envelope', ({ rule }) => rule === 'wrong-workflow');
    const [now] = await handle.query(requests);
    assert.deepEqual([now?.state, now?.decisions], ['open', []]);
  });

  it('refuses a run that was reset behind its approval', async () => {
    const before = await gated.writes();
    const handle = gated.run(second);
    const view = await gated.asked(second);
    await handle.signal(pauseWaves, {});
    await gated.cli('dana').say('approve', view);
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
    await handle.signal('decide', { envelope: earlier.at(-1) });
    await gated.recorded(handle, 'the envelope of the earlier run', ({ rule }) => rule === 'other-request');
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
