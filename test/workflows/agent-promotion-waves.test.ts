import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import type { Ticket } from '../../activities/jira/port.ts';
import {
  pauseWaves,
  resumeWaves,
  skipWave,
  status,
  superseded,
  ticketChanged,
  type PromotionInput,
  type PromotionPolicy,
  type WaveRules,
} from '../../workflows/agent-promotion/messages.ts';
import type { agentPromotion } from '../../workflows/agent-promotion/workflow.ts';
import type { RequestView } from '../../workflows/approval/messages.ts';
import { agentPromotionId } from '../../workflows/shared/names.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { approvalPolicy, say } from '../support/approval-answers.ts';
import { createPromotionWorld, policy, type PromotionWorld } from '../support/promotion-world.ts';
import { registerStubs } from '../support/stub-activities.ts';
import { startTimeSkipping, testQueue, type TimeSkippingWorld } from '../support/time-skipping.ts';

const wave = (accounts: readonly string[], part: Partial<WaveRules> = {}): WaveRules => ({
  ...{ accounts, approval: null, bakeMinutes: 0, probe: null, maxFailed: 0 },
  ...part,
});
const two = [wave(['prod-a']), wave(['prod-b', 'prod-c'])];

describe('agentPromotion: waves and approvals', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let count = 60_000;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  async function start(
    rules: Partial<PromotionPolicy>,
    prepare: (world: PromotionWorld, handle: () => WorkflowHandle) => void = () => {},
    part: { ticket?: Partial<Ticket>; input?: Partial<PromotionInput> } = {},
  ) {
    const issueId = String((count += 1));
    const { world, stubs } = createPromotionWorld({ issueId, ...part.ticket });
    const workflowId = agentPromotionId('main', issueId);
    registerStubs(workflowId, stubs);
    prepare(world, () => temporal.client.workflow.getHandle(workflowId));
    const handle = await temporal.client.workflow.start<typeof agentPromotion>('agentPromotion', {
      workflowId,
      taskQueue: testQueue,
      args: [{ site: 'main', issueId, policy: { ...policy, ...rules }, ...part.input }],
    });
    return { world, handle: temporal.track(handle) };
  }

  const shown = (world: PromotionWorld, is: (view: RequestView) => boolean = () => true) =>
    waitUntil('the request', 20_000, () => Promise.resolve(world.shown.findLast(is)));
  const published = (world: PromotionWorld) =>
    world.calls.filter((call) => call.startsWith('publishManifest:')).map((call) => call.split(':')[1]);

  it('bakes, asks how the accounts are, and goes on with the turn taken anew', async () => {
    const { world, handle } = await start({
      waves: [wave(['prod-a'], { bakeMinutes: 90, probe: 'agent' }), wave(['prod-b'])],
    });
    const outcome = await handle.result();
    assert.equal(outcome.outcome, 'done');
    assert.deepEqual(published(world), ['prod-a', 'prod-b']);
    assert.equal(world.calls.filter((call) => call === 'joinQueue').length, 2);
    assert.ok(world.calls.indexOf('probe:prod-a') < world.calls.indexOf('publishManifest:prod-b'));
  });

  it('does not ask again because its own first wave has changed production', async () => {
    const { world, handle } = await start({
      approval: approvalPolicy,
      waves: [wave(['prod-a'], { bakeMinutes: 1 }), wave(['prod-b'])],
    });
    world.on['publishManifest:prod-a'] = () =>
      void (world.held = { 'prod-a': { ...empty('prod-a'), manifest: 'present', version: '1.4.2' } });
    await say(handle, await shown(world));
    assert.equal((await handle.result()).outcome, 'done');
    assert.equal(new Set(world.shown.map(({ requestId }) => requestId)).size, 1);
  });

  it('stops before a wave that another promotion has changed since it was approved', async () => {
    const { world, handle } = await start({
      approval: approvalPolicy,
      // an abandoned notice would stop the skipping of time
      notify: { failure: [], success: [] },
      waves: [wave(['prod-a'], { bakeMinutes: 1 }), wave(['prod-b'])],
    });
    world.on['publishManifest:prod-a'] = () =>
      void (world.held = { 'prod-b': { ...empty('prod-b'), manifest: 'present', version: '1.4.1' } });
    await say(handle, await shown(world));
    const outcome = await handle.result();
    assert.ok(outcome.outcome === 'failed');
    assert.match(outcome.reason, /wave-2: production has changed since it was approved/);
    assert.deepEqual(published(world), ['prod-a']);
  });

  it('expires when nobody decides, which is no rejection', async () => {
    const { world, handle } = await start({ approval: approvalPolicy });
    const outcome = await handle.result();
    assert.equal(outcome.outcome, 'failed');
    assert.match(JSON.stringify(world.comments), /nobody decided in time/);
    assert.deepEqual(published(world), []);
  });

  it('waits for people without the turn, and publishes what they approved', async () => {
    const { world, handle } = await start({ approval: approvalPolicy, waves: two });
    const view = await shown(world);
    assert.equal(view.evidence.requester, 'sam');
    assert.deepEqual(view.evidence.subject['accounts'], ['prod-a', 'prod-b', 'prod-c']);
    assert.deepEqual(published(world), []);
    await say(handle, view);
    assert.equal((await handle.result()).outcome, 'done');
    assert.deepEqual(published(world), ['prod-a', 'prod-b', 'prod-c']);
    // once for the test, once for both waves: nothing made it give the turn back between them
    assert.equal(world.calls.filter((call) => call === 'joinQueue').length, 2);
  });

  it('asks for each wave that has rules of its own', async () => {
    const own = { ...approvalPolicy, name: 'second' };
    const { world, handle } = await start({
      approval: approvalPolicy,
      waves: [wave(['prod-a']), wave(['prod-b'], { approval: own })],
    });
    await say(handle, await shown(world));
    const second = await shown(world, ({ policy: rules }) => rules.name === 'second');
    assert.deepEqual(second.evidence.subject['accounts'], ['prod-b']);
    assert.deepEqual(published(world), ['prod-a']);
    await say(handle, second);
    assert.equal((await handle.result()).outcome, 'done');
  });

  it('fails with the reason when somebody rejects it', async () => {
    const { world, handle } = await start({ approval: approvalPolicy });
    await say(handle, await shown(world), { verb: 'reject', reason: 'not before Monday' });
    const outcome = await handle.result();
    assert.ok(outcome.outcome === 'failed');
    assert.match(outcome.reason, /rejected by dana: not before Monday/);
    assert.ok(world.calls.includes('transition:failed'));
    assert.equal(outcome.resumable?.version, '1.4.2');
  });

  it('voids an approval when production has changed since, and asks again', async () => {
    const { world, handle } = await start({ approval: approvalPolicy }, (world) => {
      world.on['joinQueue'] = () => {
        const joins = world.calls.filter((call) => call === 'joinQueue').length;
        if (joins !== 2) return;
        world.held = { 'prod-a': { ...empty('prod-a'), manifest: 'present', version: '1.4.1' } };
      };
    });
    const first = await shown(world);
    await say(handle, first);
    const again = await shown(world, (view) => view.requestId !== first.requestId && view.state === 'open');
    assert.notEqual(again.evidenceDigest, first.evidenceDigest);
    assert.deepEqual(published(world), []);
    await say(handle, again);
    assert.equal((await handle.result()).outcome, 'done');
    const views = world.shown.filter((view) => view.requestId === first.requestId);
    assert.equal(views.at(-1)?.state, 'void');
  });

  it('stops, and voids the request, when a person takes the ticket away', async () => {
    const { world, handle } = await start({ approval: approvalPolicy });
    const { requestId } = await shown(world);
    if (world.ticket) world.ticket = { ...world.ticket, status: 'canceled', statusName: 'Canceled' };
    await handle.signal(ticketChanged, { deliveryId: 'd-1' });
    assert.equal((await handle.result()).outcome, 'stopped');
    assert.equal(world.shown.findLast((view) => view.requestId === requestId)?.state, 'void');
  });

  it('gives way to a newer request: in the line as Info Needed, later as Failed', async () => {
    const waiting = await start({}, (world) => {
      world.joins.push({
        state: 'waiting',
        position: 1,
        ahead: ['DEVOPS-0'],
        etaSeconds: null,
        lastToken: 40,
      });
    });
    await waiting.handle.signal(superseded, { by: 'DEVOPS-9' });
    const outcome = await waiting.handle.result();
    assert.deepEqual([outcome.outcome, waiting.world.ticket?.status], ['superseded', 'infoNeeded']);
    assert.match(JSON.stringify(waiting.world.comments), /Superseded by the newer request DEVOPS-9/);

    const asked = await start({ approval: approvalPolicy });
    await shown(asked.world);
    await asked.handle.signal(superseded, { by: 'DEVOPS-9' });
    assert.equal((await asked.handle.result()).outcome, 'failed');
    assert.match(JSON.stringify(asked.world.comments), /superseded by DEVOPS-9/);
  });

  it('pauses before the next wave, and goes on when told to', async () => {
    const { world, handle } = await start({ waves: two }, (world, handle) => {
      world.on['publishManifest:prod-a'] = () => handle().signal(pauseWaves, {});
    });
    await waitUntil(
      'the pause',
      20_000,
      async () => (await handle.query(status)).waitingOn === 'paused' || undefined,
    );
    assert.deepEqual(published(world), ['prod-a']);
    await handle.signal(resumeWaves, {});
    assert.equal((await handle.result()).outcome, 'done');
    assert.deepEqual(published(world), ['prod-a', 'prod-b', 'prod-c']);
  });

  it('leaves a skipped wave out and says so', async () => {
    const { world, handle } = await start({ waves: two }, (world, handle) => {
      world.on['publishObject:prod-a'] = () => handle().signal(skipWave, { wave: 2 });
    });
    const outcome = await handle.result();
    assert.ok(outcome.outcome === 'done');
    assert.deepEqual(
      outcome.accounts.map(({ state }) => state),
      ['published', 'skipped', 'skipped'],
    );
    assert.match(JSON.stringify(world.comments), /skipped accounts are listed below/);
  });

  it('ends the waves at an unhealthy account, unless the wave may have one', async () => {
    const sick = (world: PromotionWorld) => {
      world.on['probe:prod-a'] = () => void (world.unhealthy = true);
    };
    const strict = await start({ waves: [wave(['prod-a'], { probe: 'agent' }), wave(['prod-b'])] }, sick);
    const outcome = await strict.handle.result();
    assert.ok(outcome.outcome === 'failed');
    assert.deepEqual(
      outcome.accounts.map(({ state }) => state),
      ['unhealthy', 'waiting'],
    );

    const lax = await start(
      { waves: [wave(['prod-a'], { probe: 'agent', maxFailed: 1 }), wave(['prod-b'])] },
      sick,
    );
    const other = await lax.handle.result();
    assert.ok(other.outcome === 'failed');
    assert.deepEqual(
      other.accounts.map(({ state }) => state),
      ['unhealthy', 'published'],
    );
  });

  it('refuses an older version with one comment, in Info Needed', async () => {
    const { world, handle } = await start({ downgrade: 'refuse' }, (world) => {
      world.held = { 'prod-b': { ...empty('prod-b'), manifest: 'present', version: '1.5.0' } };
    });
    assert.equal((await handle.result()).outcome, 'info-needed');
    assert.match(JSON.stringify(world.comments), /older than what production has \(prod-b has 1\.5\.0\)/);
    assert.ok(!world.calls.includes('transition:inProgress'));
  });

  it('finishes only what the last run left out, without testing again', async () => {
    const tested = { bucket: 'b', key: 'k', versionId: 'v1', sha256: 'a'.repeat(64), size: 9 };
    const resumable = { version: '1.4.2', tested, pipelineUrl: 'http://p', instanceId: 'i-1' };
    const accounts = [
      { account: 'prod-a', state: 'published', detail: '' },
      { account: 'prod-b', state: 'refused', detail: '' },
      { account: 'prod-c', state: 'waiting', detail: '' },
    ] as const;
    const { world, handle } = await start(
      {},
      (world) => void (world.lastOutcome = { outcome: 'failed', step: '', reason: '', accounts, resumable }),
      { ticket: { status: 'failed', statusName: 'Failed' }, input: { retry: 'failed-only' } },
    );
    const outcome = await handle.result();
    assert.equal(outcome.outcome, 'done');
    assert.deepEqual(published(world), ['prod-b', 'prod-c']);
    assert.ok(!world.calls.includes('launchTestInstance') && !world.calls.includes('pinInstaller'));
    assert.deepEqual(
      world.calls.filter((call) => call.startsWith('transition:')),
      ['transition:toDo', 'transition:inProgress', 'transition:done'],
    );
  });

  it('does nothing when there is nothing to retry', async () => {
    const { world, handle } = await start({}, undefined, { input: { retry: 'failed-only' } });
    assert.equal((await handle.result()).outcome, 'nothing-to-do');
    assert.deepEqual(published(world), []);
  });

  it('waits for a freeze, shows why, and goes on when it is over', async () => {
    const { world, handle } = await start({ freezes: true }, (world) => {
      const hold = { kind: 'person', source: 'lee', reason: 'incident', until: null } as const;
      world.holds = { open: false, holds: [hold] };
    });
    await waitUntil(
      'the hold',
      20_000,
      async () => (await handle.query(status)).waitingOn === 'freeze' || undefined,
    );
    assert.match(JSON.stringify(await handle.query(status)), /held: lee: incident/);
    world.holds = { open: true, holds: [] };
    await handle.signal('holdsChanged', {});
    assert.equal((await handle.result()).outcome, 'done');
    assert.ok(world.calls.includes('openWave:wave-1'));
  });

  it('goes on in spite of a freeze when two people override it', async () => {
    const exception = { ...approvalPolicy, name: 'exception', quorum: [{ group: 'devops', count: 2 }] };
    const { world, handle } = await start({ freezes: true, exception }, (world) => {
      const hold = { kind: 'person', source: 'lee', reason: 'incident', until: null } as const;
      world.holds = { open: false, holds: [hold] };
    });
    await waitUntil(
      'the hold',
      20_000,
      async () => (await handle.query(status)).waitingOn === 'freeze' || undefined,
    );
    assert.deepEqual(world.shown, []);
    const [asked] = await handle.query<readonly RequestView[], []>('requests');
    assert.ok(asked);
    await say(handle, asked, { verb: 'override', reason: 'hotfix', principal: 'dana' });
    await shown(world);
    await say(handle, asked, { verb: 'override', reason: 'agreed', principal: 'lee' });
    assert.equal((await handle.result()).outcome, 'done');
  });

  it('lists every write of a dry run, and writes nothing', async () => {
    const { world, handle } = await start({ approval: approvalPolicy }, undefined, {
      input: { dryRun: true },
    });
    const outcome = await handle.result();
    assert.ok(outcome.outcome === 'planned');
    assert.equal(outcome.would, 'done');
    assert.deepEqual(
      outcome.writes.map(({ system, write }) => `${system}.${write}`),
      [
        'jira.assignTicket',
        'temporal.joinQueue',
        'jira.transitionTicket',
        'jira.linkTicket',
        'jira.commentTicket',
        'aws-promotion.copyToTest',
        'gitlab.ensurePipeline',
        'jira.commentTicket',
        'aws-promotion.launchTestInstance',
        'aws-promotion.terminateInstance',
        'jira.commentTicket',
        'people.ask',
        ...['a', 'b', 'c'].flatMap(() => ['aws-promotion.publishObject', 'aws-promotion.publishManifest']),
        'jira.commentTicket',
        'jira.recordPublications',
        'jira.transitionTicket',
      ],
    );
    const reads = [
      'readTicket',
      'pinInstaller',
      'readAccount:prod-a',
      'readAccount:prod-b',
      'readAccount:prod-c',
    ];
    assert.deepEqual(
      world.calls.filter((call) => !reads.includes(call)),
      [],
    );
  });
});

function empty(account: string) {
  return {
    account,
    manifest: 'absent',
    version: null,
    versions: [],
    entry: null,
    manifestVersionId: null,
  } as const;
}
