import assert from 'node:assert/strict';
import { toDryRunStart } from '../../activities/temporal/halo-calls.ts';
import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import type { PassReport } from '../../workflows/halo-sync/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { workflowTypes } from '../../workflows/shared/names.ts';
import { eventually } from '../support/approval-world.ts';
import { floodPolicy, pageResult } from '../support/halo-pages.ts';
import { createHaloWorld, type HaloWorld } from '../support/halo-world.ts';
import { startRealServer, type RealServerWorld } from '../support/real-server.ts';
import { testQueue } from '../support/stub-workers.ts';

describe('haloSync with a long history', function () {
  this.timeout(60_000);
  let temporal: RealServerWorld;
  let world: HaloWorld;
  let sources = 0;

  before(async () => void (temporal = await startRealServer()));
  after(() => temporal.stop());
  afterEach(() => world.stop());

  function create(maxHistoryLength?: number) {
    const input = maxHistoryLength === undefined ? {} : { input: { maxHistoryLength } };
    world = createHaloWorld(temporal.client, { source: `long-${(sources += 1)}`, ...input });
  }
  const runId = async () => (await world.handle.describe()).runId;

  async function trackRun() {
    const { workflowId } = world.handle;
    temporal.track(temporal.client.workflow.getHandle(workflowId, await runId()));
  }

  it('goes on in a new run at the next page, and knows what it knew', async () => {
    create(70);
    world.answer = ({ stage, cursor }) => {
      const page = Number(cursor ?? 0) + 1;
      const part = { counts: { listed: 1 }, newestChange: '2026-11-22T11:30:00.000Z' };
      const created = [{ hash: `${stage}-${page}`, issueId: '1', at: Date.now() }];
      const parked = page === 1 ? [{ findingId: `${stage}-bad`, reason: 'r' }] : [];
      return pageResult({ ...part, created, parked, cursor: page < 10 ? String(page) : null });
    };
    await world.ask('first');
    await trackRun();
    const first = await runId();
    const { counts, pages, startedAt } = await world.ended('first');
    assert.notEqual(await runId(), first);
    const asked = world.pages.map(({ stage, cursor }) => `${stage}-${cursor ?? 0}`);
    assert.deepEqual([asked.length, new Set(asked).size, pages, counts.listed], [20, 20, 20, 20]);
    assert.equal(world.pages.at(-1)?.recent.length, 19);
    const { watermark, parked, reports } = await world.view();
    assert.deepEqual([watermark, parked.length, reports.length], ['2026-11-22T11:30:00.000Z', 2, 1]);
    assert.ok(startedAt !== null);
    assert.ok((await world.handle.fetchHistory()).events!.length < 100);
  });

  it('asks again in a new run what nobody has answered, and loses no request', async () => {
    create(15);
    const policy = floodPolicy(10);
    world.answer = ({ mayCreate }) => pageResult({ flooded: mayCreate === null ? 0 : 40 });
    await world.ask('first', 'pass', { policy });
    const [asked, first] = [await world.openRequest(), await runId()];
    await trackRun();
    for (let times = 0; (await runId()) === first; times += 1)
      await world.ask(`more-${times}`, times % 2 === 0 ? 'pass' : 'reconcile', { policy });
    const again = await eventually(async () => {
      const open = await world.openRequest();
      return open.requestId === asked.requestId ? undefined : open;
    });
    assert.deepEqual([(await world.view()).running?.requestId, (await world.view()).waiting], ['first', 1]);
    world.answer = () => pageResult();
    await world.say(again, { choice: 'all', iat: Math.floor(Date.now() / 1000) });
    assert.equal((await world.ended('first')).state, 'done');
    assert.equal((await world.ended('more-0')).kind, 'reconcile');
  });

  it('is asked for a pass by its schedule’s short run, which starts it', async () => {
    create();
    const handle = temporal.track(
      await temporal.client.workflow.start(workflowTypes.haloPass, {
        workflowId: `halo-pass:${world.handle.workflowId}`,
        taskQueue: testQueue,
        args: [{ source: world.handle.workflowId.replace('halo-sync:', ''), kind: 'reconcile' }],
      }),
    );
    const { requestId } = (await handle.result()) as { requestId: string };
    assert.match(requestId, /^schedule:[0-9a-f-]{36}$/);
    const { kind, state } = await world.ended(requestId);
    assert.deepEqual([kind, state], ['reconcile', 'done']);
    const { typedSearchAttributes, staticSummary } = await world.handle.describe();
    assert.ok(JSON.stringify(typedSearchAttributes.getAll()).includes('halo-sync'));
    assert.equal(await staticSummary(), 'Findings of long-3: the one writer of their tickets');
  });

  it('is left alone by a dry run, which writes nothing and answers with the counts', async () => {
    create();
    const source = world.handle.workflowId.replace('halo-sync:', '');
    world.answer = ({ stage, cursor }) =>
      pageResult({ cursor: stage === 'active' && cursor === null ? 'c2' : null, counts: { created: 5 } });
    const policy = { ...floodPolicy(1), source };
    const request = { kind: 'pass', since: null, requestId: 'cli:1', policy } as const;
    const start = toDryRunStart(testQueue, request, '2026-11-22T11:30:00.000Z');
    await createTemporalStarter(temporal.client).start(start);
    const handle = temporal.track(temporal.client.workflow.getHandle(start.workflowId));
    const { counts, pages, requestId } = (await handle.result()) as PassReport;
    assert.deepEqual([counts.created, pages, requestId], [15, 3, 'cli:1']);
    assert.ok(world.pages.every(({ dryRun, mayCreate }) => dryRun && mayCreate === null));
    assert.equal(world.pages[0]?.since, '2026-11-22T11:20:00.000Z');
    await assert.rejects(world.view(), /not found/);
    world.answer = () => {
      throw createFailure('PermissionDenied', 'no browse');
    };
    await createTemporalStarter(temporal.client).start(start);
    const { state, error } = (await temporal.client.workflow
      .getHandle(start.workflowId)
      .result()) as PassReport;
    assert.deepEqual([state, error], ['failed', 'PermissionDenied: no browse']);
    await world.ask('so that it can be stopped');
  });

  it('is not asked for a source that nobody configured', async () => {
    create();
    const handle = temporal.track(
      await temporal.client.workflow.start(workflowTypes.haloPass, {
        workflowId: `halo-pass:${world.handle.workflowId}`,
        taskQueue: testQueue,
        args: [{ source: 'gone', kind: 'pass' }],
      }),
    );
    await assert.rejects(handle.result(), ({ cause }: Error) =>
      /gone is not in the configuration/.test(String((cause as Error).cause)),
    );
    await world.ask('so that it can be stopped');
  });
});
