import assert from 'node:assert/strict';
import { resume, status } from '../../workflows/agent-promotion/messages.ts';
import { requestPass, retryParked } from '../../workflows/halo-sync/messages.ts';
import type { PageInput, PageResult } from '../../workflows/halo-sync/messages.ts';
import { createFailure, type FailureType } from '../../workflows/shared/failures.ts';
import { eventually } from '../support/approval-world.ts';
import { floodPolicy, pageResult } from '../support/halo-pages.ts';
import { createHaloWorld, type HaloWorld } from '../support/halo-world.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

const change = '2026-11-22T11:30:00.000Z';

describe('haloSync', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let world: HaloWorld;
  let sources = 0;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());
  beforeEach(() => void (world = createHaloWorld(temporal.client, { source: `halo-${(sources += 1)}` })));
  afterEach(async () => {
    temporal.track(world.handle);
    await world.stop();
  });

  const progress = async () => world.handle.query(status);
  const stages = () => world.pages.map(({ kind, stage }) => `${kind}:${stage}`);

  function failOnce(type: FailureType) {
    world.answer = () => {
      world.answer = () => pageResult({ newestChange: change });
      throw createFailure(type, `it is ${type}`);
    };
  }

  it('reads everything first, then what changed since the watermark, one pass at a time', async () => {
    const [entered, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    world.answer = async () => {
      entered.resolve();
      await go.promise;
      return pageResult({ newestChange: change, counts: { listed: 7, created: 2 } });
    };
    await world.ask('first');
    await entered.promise;
    for (const [id, kind] of [
      ['second', 'pass'],
      ['third', 'reconcile'],
      ['second', 'pass'],
    ] as const)
      await world.ask(id, kind);
    assert.equal((await world.view()).waiting, 1);
    go.resolve();
    const ends = [await world.ended('first'), await world.ended('second'), await world.ended('third')];
    assert.deepEqual(
      ends.map(({ state, pages, counts }) => [state, pages, counts.listed]),
      [
        ['done', 2, 14],
        ['done', 3, 21],
        ['done', 3, 21],
      ],
    );
    await world.ask('fourth');
    await world.ended('fourth');
    assert.deepEqual(stages(), [
      ...['pass:active', 'pass:resolved'],
      ...['reconcile:active', 'reconcile:resolved', 'reconcile:missing'],
      ...['pass:active', 'pass:resolved'],
    ]);
    const [last, lastResolved] = world.pages.slice(-2);
    assert.deepEqual(
      [world.pages[0]?.since, last?.since, lastResolved?.since],
      [null, '2026-11-22T11:20:00.000Z', '2026-11-22T10:20:00.000Z'],
    );
    assert.equal((await world.view()).watermark, change);
    const { phase, target, steps } = await progress();
    assert.deepEqual([phase, target], ['idle', last?.policy.source]);
    assert.equal(steps[1]?.note, 'pass, 2 pages: 14 listed, 4 created');
  });

  it('repeats a page while the source is down, and begins anew after a final failure', async () => {
    failOnce('Unavailable');
    await world.ask('down');
    assert.equal((await world.ended('down')).state, 'done');
    assert.equal(world.pages.length, 3);
    failOnce('PermissionDenied');
    await world.ask('refused');
    const { state, error } = await world.ended('refused');
    assert.deepEqual([state, error], ['failed', 'PermissionDenied: it is PermissionDenied']);
    assert.equal((await progress()).steps[1]?.state, 'failed');
    await world.ask('after');
    assert.equal((await world.ended('after')).state, 'done');
    assert.equal(world.pages.at(-2)?.since, '2026-11-22T11:20:00.000Z');
  });

  it('waits for a person when a credential is rejected, and says so', async () => {
    failOnce('CredentialRejected');
    await world.ask('first');
    await eventually(async () => (await progress()).waitingOn === 'halo:CredentialRejected' || undefined);
    await world.ask('meanwhile');
    assert.equal((await world.view()).running?.requestId, 'first');
    await world.handle.signal(resume.name);
    assert.equal((await world.ended('first')).state, 'done');
    assert.equal((await world.ended('meanwhile')).state, 'done');
  });

  it('parks what fails, and tries it again in the next pass or when it is told to', async () => {
    const isBad = (id: string) => ({ parked: [{ findingId: id, reason: 'Conflict: no Owner Team' }] });
    world.answer = ({ stage, ids = [] }: PageInput): PageResult =>
      pageResult(stage === 'active' ? isBad('bad') : stage === 'parked' ? isBad(ids[0] ?? '') : {});
    await world.ask('first');
    assert.equal((await world.ended('first')).state, 'done');
    assert.partialDeepStrictEqual((await world.view()).parked, [{ findingId: 'bad', tries: 1 }]);
    assert.equal((await world.handle.query(status)).waitingOn, 'finding:Parked');
    world.answer = ({ ids = [] }) => pageResult({ unparked: ids });
    await world.handle.signal(retryParked, { ids: ['bad'] });
    await world.until(({ parked, running }) => parked.length === 0 && running === null);
    assert.deepEqual(stages().slice(-3), ['pass:active', 'pass:resolved', 'pass:parked']);
    assert.deepEqual(world.pages.at(-1)?.ids, ['bad']);
    assert.equal((await world.handle.query(status)).waitingOn, '');
  });

  it('asks people about a flood, and goes on as they choose', async () => {
    const policy = floodPolicy(10);
    world.answer = ({ mayCreate, stage }) =>
      stage === 'active' && mayCreate !== null
        ? pageResult({ cursor: 'c2', flooded: 40, counts: { listed: 50 } })
        : pageResult({ counts: { grouped: 40 } });
    await world.ask('first', 'pass', { policy });
    const request = await world.openRequest();
    assert.deepEqual([request.evidence.kind, request.evidence.subject['flooded']], ['finding-flood', 40]);
    assert.equal((await world.view()).running?.state, 'asking');
    assert.match((await progress()).waitingOn, /^person:devops/);
    await world.ask('meanwhile', 'reconcile', { policy });
    assert.equal((await world.view()).waiting, 1);
    await world.say(request, { choice: 'group' });
    assert.equal((await world.ended('first')).counts.grouped, 80);
    assert.deepEqual([world.pages[1]?.flood, world.pages[1]?.cursor], ['group', 'c2']);
    await world.say(await world.openRequest(), { verb: 'reject', reason: 'a mistake in a scan' });
    assert.equal((await world.ended('meanwhile')).state, 'done');
    const dropped = world.pages.at(-1);
    assert.deepEqual([dropped?.flood, typeof dropped?.dropSeenBefore], ['drop', 'string']);
  });

  it('fails the pass when nobody decides about a flood, and the next one asks again', async () => {
    const policy = floodPolicy(10);
    world.answer = ({ mayCreate }) => pageResult({ flooded: mayCreate === null ? 0 : 40 });
    await world.ask('first', 'pass', { policy });
    const first = await world.openRequest();
    await temporal.env.sleep('65m');
    const { state, error } = await world.ended('first');
    assert.equal(state, 'failed');
    assert.match(error ?? '', /nobody decided in time/);
    await world.ask('second', 'pass', { policy });
    const second = await world.openRequest();
    assert.notEqual(second.requestId, first.requestId);
    await world.say(second, { choice: 'all', iat: Math.floor((await temporal.env.currentTimeMs()) / 1000) });
    assert.equal((await world.ended('second')).state, 'done');
  });

  it('waits until Jira’s search knows of a crowd that was created', async () => {
    const at = await temporal.env.currentTimeMs();
    const created = Array.from({ length: 5_001 }, (_, index) => ({ hash: `h${index}`, issueId: '1', at }));
    world.answer = ({ recent }) => pageResult({ created: recent.length === 0 ? created : [] });
    await world.ask('first');
    await world.ended('first');
    await world.ask('second');
    const { waitingOn, dueBy } = await eventually(async () => {
      const seen = await progress();
      return seen.waitingOn === '' ? undefined : seen;
    });
    assert.deepEqual([waitingOn, dueBy], ['jira:index', new Date(at + 60_000).toISOString()]);
    assert.equal(world.pages.length, 2);
    await temporal.env.sleep('61s');
    assert.equal((await world.ended('second')).state, 'done');
    assert.equal(world.pages[1]?.recent.length, 5_000);
  });

  it('ignores what it cannot read, and counts it', async () => {
    await world.ask('first');
    await world.ended('first');
    await world.handle.signal(requestPass.name);
    for (const payload of [null, 7, 'x'.repeat(1_000_000), { kind: 'pass' }])
      await world.handle.signal(requestPass, payload);
    await world.handle.signal(retryParked, { ids: 'all' });
    await eventually(async () => (await progress()).ignored === 6 || undefined);
    await world.ask('second');
    assert.equal((await world.ended('second')).state, 'done');
  });
});
