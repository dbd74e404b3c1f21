import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createFindingsActivities } from '../../../activities/findings/activities.ts';
import { idHash } from '../../../activities/findings/hash.ts';
import type { FindingPolicy, PageInput, PageResult } from '../../../workflows/halo-sync/messages.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { FakeSource, FakeTickets, findingOf, policyOf, routeOfTests } from '../../support/finding-fakes.ts';

const ids = (count: number, prefix = 'f') =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

function world(findings = ids(3).map((id) => findingOf(id))) {
  const clock = { ms: Date.parse('2026-03-01T00:00:00Z') };
  const source = new FakeSource(findings);
  const tickets = new FakeTickets(() => clock.ms);
  const waits: number[] = [];
  const activities = createFindingsActivities({
    sources: { halo: source },
    tickets: { halo: tickets },
    accountOf: (person) => `account-of-${person}`,
    now: () => clock.ms,
    pause: async (ms) => {
      waits.push(ms);
      clock.ms += ms;
    },
  });
  function toInput({ policy = {}, ...own }: InputPart = {}): PageInput {
    return {
      ...{ policy: policyOf(policy), kind: 'pass', stage: 'active', since: null, cursor: null },
      ...{ recent: [], mayCreate: null, flood: null, dropSeenBefore: null, dryRun: false },
      ...own,
    };
  }
  /** @param beat what the attempt before has heartbeaten, if this is a repeat */
  async function run(own: InputPart = {}, beat?: { readonly details: unknown }) {
    const env = new MockActivityEnvironment(
      beat ? { attempt: 2, heartbeatDetails: beat.details } : { attempt: 1 },
      { logger: new DefaultLogger('ERROR') },
    );
    const beats: unknown[] = [];
    env.on('heartbeat', (details: unknown) => beats.push(details));
    const outcome = await env
      .run((input: PageInput) => activities.syncPage(input), toInput(own))
      .then((result) => ({ result: result as PageResult, error: undefined }))
      .catch((error: unknown) => ({ result: undefined, error }));
    return { ...outcome, beats };
  }
  async function good(own: InputPart = {}, beat?: { readonly details: unknown }): Promise<PageResult> {
    const { result, error } = await run(own, beat);
    if (!result) throw error;
    return result;
  }
  return { clock, source, tickets, waits, run, good };
}

type InputPart = Partial<Omit<PageInput, 'policy'>> & { policy?: Partial<FindingPolicy> };

const some = (result: PageResult) =>
  Object.fromEntries(Object.entries(result.counts).filter(([, count]) => count > 0));

describe('syncPage: one page of findings', () => {
  it('creates each finding once, and writes nothing when nothing changed', async () => {
    const { tickets, good } = world();
    assert.deepEqual(some(await good()), { listed: 3, created: 3 });
    const { writes } = tickets;
    assert.deepEqual(some(await good()), { listed: 3, unchanged: 3 });
    assert.equal(tickets.writes, writes);
  });

  it('goes over all pages of the source until the page is full, and says where the next begins', async () => {
    const { source, good } = world(ids(25).map((id) => findingOf(id)));
    source.pageLength = 10;
    const first = await good({ policy: { pageSize: 20 } });
    assert.deepEqual([first.cursor, first.counts.created], ['20', 20]);
    const last = await good({ cursor: first.cursor, policy: { pageSize: 20 } });
    assert.deepEqual([last.cursor, last.counts.created], [null, 5]);
  });

  it('does not create again what search does not know yet, when it was created lately', async () => {
    const { tickets, good } = world();
    tickets.searchDelayMs = 60_000;
    const { created } = await good();
    const again = await good({ recent: created });
    assert.deepEqual(some(again), { listed: 3, unchanged: 3 });
    assert.equal(tickets.stored.size, 3);
  });

  it('creates one ticket for a finding that the list has twice, and one group ticket over two pages', async () => {
    const { source, tickets, good } = world([...ids(10), 'f-3', ...ids(4, 'g')].map((id) => findingOf(id)));
    source.pageLength = 10;
    tickets.searchDelayMs = 600_000;
    assert.equal((await good()).counts.created, 14);
    assert.equal(tickets.of('f-3').length, 1);
    const groups = world(ids(20).map((id) => findingOf(id)));
    groups.source.pageLength = 10;
    groups.tickets.searchDelayMs = 600_000;
    const policy = { routes: [{ ...routeOfTests, groupBy: '{issue_type}' }] };
    assert.deepEqual(some(await groups.good({ policy })), { listed: 20, created: 1, grouped: 20 });
    assert.equal(groups.tickets.stored.size, 1);
  });

  it('comments a new finding once, also when search still shows the old mark', async () => {
    const { source, tickets, good } = world();
    await good();
    source.findings[0] = findingOf('f-0', { latest: '/v1/scans/2/findings/new' });
    assert.deepEqual(some(await good()), { listed: 3, unchanged: 2, updated: 1, commented: 1 });
    await good();
    assert.equal(tickets.of('f-0')[0]?.comments, 1);
  });

  it('closes, reopens, and creates anew after a hard-closed ticket, linked to it', async () => {
    const { source, tickets, good } = world([findingOf('f-0')]);
    await good();
    source.findings = [findingOf('f-0', { status: 'resolved', resolvedAt: '2026-02-01T00:00:00.000Z' })];
    assert.equal((await good({ stage: 'resolved' })).counts.closed, 1);
    source.findings = [findingOf('f-0')];
    assert.equal((await good()).counts.reopened, 1);
    const [stored] = tickets.of('f-0');
    if (stored) stored.ticket = { ...stored.ticket, isDone: true, statusName: "Won't Fix" };
    assert.equal((await good()).counts.created, 1);
    assert.equal(tickets.links.length, 1);
    assert.equal(tickets.of('f-0').length, 2);
  });

  it('parks one bad finding with its reason, and writes the others', async () => {
    const { source, tickets, good } = world();
    source.broken.set('f-1', createFailure('UnsupportedResponse', 'halo: finding f-1 has no form'));
    tickets.refused.set('f-2', 'Owner Team: is required');
    const result = await good();
    assert.deepEqual(some(result), { listed: 3, created: 1, parked: 2 });
    assert.deepEqual(result.parked, [
      { findingId: 'f-1', reason: 'UnsupportedResponse: halo: finding f-1 has no form' },
      { findingId: 'f-2', reason: 'Owner Team: is required' },
    ]);
  });

  it('tries parked findings again, and says which are written now', async () => {
    const { source, good } = world();
    source.broken.set('f-1', createFailure('InvalidInput', 'no'));
    await good();
    source.broken.clear();
    const again = await good({ stage: 'parked', ids: ['f-1', 'gone'] });
    assert.deepEqual(again.unparked, ['f-1', 'gone']);
    assert.equal(again.counts.created, 1);
  });

  it('skips other types, what is not critical, and what a route leaves out', async () => {
    const findings = [
      findingOf('a', { type: 'sam' }),
      findingOf('b', { critical: false }),
      findingOf('c', { fields: { issue_type: 'sva', asset_group_path: 'lab/one' } }),
      findingOf('d'),
    ];
    const { good } = world(findings);
    const lab = {
      ...routeOfTests,
      when: [{ field: 'asset_group_path', oneOf: ['lab/*'] }],
      ...{ name: 'lab', sync: false },
    };
    const result = await good({ policy: { criticalOnly: true, routes: [lab, routeOfTests] } });
    assert.deepEqual(some(result), { listed: 4, skipped: 3, created: 1 });
  });

  it('parks what no route takes, and keeps the tickets that such findings have up to date', async () => {
    const { source, tickets, good } = world([findingOf('f-0')]);
    await good();
    const lab = { ...routeOfTests, when: [{ field: 'asset_group_path', oneOf: ['lab/*'] }], name: 'lab' };
    const routes = [lab];
    source.findings = [
      findingOf('f-0', { status: 'resolved', resolvedAt: '2026-02-01T00:00:00.000Z' }),
      findingOf('f-1', { status: 'resolved', resolvedAt: '2026-02-01T00:00:00.000Z' }),
    ];
    const closed = await good({ policy: { routes }, stage: 'resolved' });
    assert.deepEqual(some(closed), { listed: 2, closed: 1, skipped: 1 });
    source.findings = [
      findingOf('f-1'),
      findingOf('f-2', { fields: { issue_type: 'sva', asset_group_path: 'lab/one' } }),
    ];
    const result = await good({ policy: { routes, recordResolved: true } });
    assert.deepEqual(some(result), { listed: 2, created: 1, parked: 1 });
    assert.deepEqual(result.parked, [{ findingId: 'f-1', reason: 'Unrouted: no route takes it' }]);
    assert.deepEqual(result.routes, {
      lab: { matched: 1, error: null },
      unrouted: { matched: 1, error: 'Unrouted: no route takes it' },
    });
    const routed = await good({ stage: 'parked', ids: ['f-1'] });
    assert.deepEqual([routed.unparked, routed.counts.created, tickets.of('f-1').length], [['f-1'], 1, 1]);
  });

  it('says what each route took, also one that makes no tickets, and why the last of them failed', async () => {
    const { tickets, good } = world();
    const quiet = { ...routeOfTests, name: 'quiet', sync: false };
    const rest = { ...routeOfTests, name: 'rest', when: [{ field: 'issue_type', oneOf: ['none'] }] };
    assert.deepEqual((await good({ policy: { routes: [rest, quiet] } })).routes, {
      quiet: { matched: 3, error: null },
    });
    tickets.refused.set('f-2', 'Owner Team: is required');
    const name = routeOfTests.name;
    assert.deepEqual((await good()).routes, { [name]: { matched: 3, error: 'Owner Team: is required' } });
  });

  it('writes nothing on a dry run, and counts what it would do', async () => {
    const { source, tickets, good } = world();
    await good();
    const { writes } = tickets;
    source.findings = [
      findingOf('f-0', { contentHash: 'new' }),
      findingOf('f-1'),
      findingOf('f-2'),
      findingOf('f-3'),
    ];
    assert.deepEqual(some(await good({ dryRun: true })), {
      listed: 4,
      unchanged: 2,
      created: 1,
      updated: 1,
    });
    assert.equal(tickets.writes, writes);
  });
});

describe('syncPage: what is lost on the way', () => {
  it('finds by label what a create call without an answer has made, and makes the rest', async () => {
    const { tickets, waits, good } = world();
    tickets.loseAnswers = 1;
    tickets.searchDelayMs = 6_000;
    const result = await good();
    assert.deepEqual(some(result), { listed: 3, created: 3 });
    assert.equal(tickets.stored.size, 3);
    assert.deepEqual(waits, [1_000, 2_000, 5_000]);
  });

  it('creates again what was not created, once the delay of search is over', async () => {
    const { tickets, waits, good } = world();
    const create = tickets.createMany.bind(tickets);
    tickets.createMany = () => {
      tickets.createMany = create;
      return Promise.reject(createFailure('Unavailable', 'jira: connection refused'));
    };
    assert.equal((await good({ policy: { indexLagSeconds: 5 } })).counts.created, 3);
    assert.deepEqual(waits, [1_000, 2_000, 2_000]);
  });

  it('a worker killed after the call: its repeat adopts by label and creates nothing twice', async () => {
    const { tickets, good } = world();
    tickets.searchDelayMs = 30_000;
    await good();
    const repeated = await good({}, { details: undefined });
    assert.equal(tickets.stored.size, 3);
    assert.deepEqual(some(repeated), { listed: 3, unchanged: 3 });
  });

  for (const how of ['the answer was lost', 'the worker was killed'] as const)
    it(`one new ticket after a hard-closed one, though ${how} and search is late`, async () => {
      const { tickets, good } = world([findingOf('f-0')]);
      tickets.put('f-0', { statusName: "Won't Fix", isDone: true });
      tickets.searchDelayMs = 30_000;
      if (how === 'the answer was lost') tickets.loseAnswers = 1;
      else await good();
      await good({}, how === 'the worker was killed' ? { details: undefined } : undefined);
      const [old, made, ...twins] = tickets.of('f-0').map(({ ticket }) => ticket.issueId);
      assert.equal(twins.length, 0);
      assert.deepEqual(
        tickets.links.map(({ from, to }) => [from, to]),
        [[made, old]],
      );
    });

  it('its repeat looks for each of the parked ones that it may have created, and waits once', async () => {
    const { tickets, waits, good } = world();
    tickets.searchDelayMs = 30_000;
    const own = { stage: 'parked', ids: ids(3) } as const;
    tickets.refused.set('f-0', 'Jira wants it otherwise');
    await good(own);
    tickets.refused.clear();
    assert.equal((await good(own, { details: undefined })).counts.created, 1);
    assert.equal(tickets.stored.size, 3);
    assert.equal(
      waits.reduce((sum, ms) => sum + ms, 0),
      60_000,
    );
  });

  it('its repeat waits for no group of a flood that nobody wants grouped', async () => {
    const flood = { limit: 9, approval: {} as never, groupBy: '{issue_type}' };
    const { waits, good } = world();
    await good({ policy: { flood } });
    await good({ policy: { flood } }, { details: undefined });
    assert.deepEqual(waits, []);
  });

  it('goes on after the page that was written, with what was counted', async () => {
    const { source, tickets, run, good } = world(ids(30).map((id) => findingOf(id)));
    source.pageLength = 10;
    source.brokenPage = { cursor: '20', error: createFailure('Unavailable', 'halo: 503') };
    const broken = await run();
    assert.match(String(broken.error), /503/);
    source.brokenPage = undefined;
    source.queries.length = 0;
    const rest = await good({}, { details: broken.beats.at(-1) });
    assert.deepEqual(some(rest), { listed: 30, created: 30 });
    assert.equal(source.queries.length, 1);
    assert.equal(tickets.stored.size, 30);
    assert.equal(rest.created.length, 30);
  });

  it('a 429 in the middle of a page ends it; the repeat neither comments nor creates twice', async () => {
    const { source, tickets, run, good } = world(ids(60).map((id) => findingOf(id)));
    const create = tickets.createMany.bind(tickets);
    let calls = 0;
    tickets.createMany = (orders) => {
      calls += 1;
      return calls === 2 ? Promise.reject(createFailure('RateLimited', 'jira: 429')) : create(orders);
    };
    tickets.searchDelayMs = 600_000;
    const broken = await run();
    assert.match(String(broken.error), /429/);
    const rest = await good({}, { details: broken.beats.at(-1) });
    assert.equal(tickets.stored.size, 60);
    assert.equal(rest.counts.created + rest.counts.unchanged, 60);
    assert.equal(rest.counts.listed, 60);
    assert.equal(source.findings.length, 60);
  });

  it('a rejected credential is everybody’s failure: nothing is parked', async () => {
    const { source, run } = world();
    source.broken.set('f-1', createFailure('CredentialRejected', 'halo: 401'));
    const { error } = await run();
    assert.match(String(error), /401/);
  });
});

describe('syncPage: floods and groups', () => {
  it('stops before it writes when more is new than people allow, and does as they say', async () => {
    const flood = { limit: 2, approval: {} as never, groupBy: '{issue_type}' };
    const { tickets, good } = world();
    const held = await good({ mayCreate: 2, policy: { flood } });
    assert.deepEqual([held.flooded, held.counts.listed, tickets.writes], [3, 0, 0]);
    const dropped = await good({ mayCreate: 2, flood: 'drop', policy: { flood } });
    assert.deepEqual(some(dropped), { listed: 3, dropped: 3 });
    const grouped = await good({ mayCreate: 2, flood: 'group', policy: { flood } });
    assert.deepEqual(some(grouped), { listed: 3, created: 1, grouped: 3 });
    assert.deepEqual(some(await good({ mayCreate: 2, policy: { flood } })), { listed: 3, unchanged: 3 });
    assert.equal(tickets.stored.size, 1);
  });

  it('counts what the same activity has created before against the limit', async () => {
    const flood = { limit: 15, approval: {} as never, groupBy: '{issue_type}' };
    const { source, good } = world(ids(20).map((id) => findingOf(id)));
    source.pageLength = 10;
    const result = await good({ mayCreate: 15, policy: { flood } });
    assert.deepEqual([result.cursor, result.flooded, result.counts.created], ['10', 10, 10]);
  });

  it('one ticket a group: it gains and loses members, closes with the last one and comes back', async () => {
    const route = { ...routeOfTests, groupBy: '{issue_type}' };
    const policy = { routes: [route] };
    const { source, tickets, good } = world();
    assert.deepEqual(some(await good({ policy })), { listed: 3, created: 1, grouped: 3 });
    assert.deepEqual(some(await good({ policy })), { listed: 3, unchanged: 3 });
    const resolve = (id: string) =>
      findingOf(id, { status: 'resolved', resolvedAt: '2026-02-01T00:00:00.000Z' });
    source.findings = ['f-0', 'f-1', 'f-2'].map(resolve);
    const closed = await good({ policy, stage: 'resolved' });
    assert.deepEqual([closed.counts.grouped, closed.counts.closed], [3, 1]);
    source.findings = [findingOf('f-1')];
    assert.equal((await good({ policy })).counts.reopened, 1);
    const [group] = tickets.stored.values();
    assert.deepEqual(
      group?.members.map(({ id }) => id),
      ['f-1'],
    );
  });
});

describe('syncPage: a reconcile', () => {
  it('closes tickets whose finding is gone, after asking the source', async () => {
    const { source, tickets, good } = world();
    await good();
    source.findings = source.findings.slice(1);
    const result = await good({ kind: 'reconcile', stage: 'missing' });
    assert.deepEqual([result.counts.missing, source.describeCalls], [1, 1]);
    assert.equal(tickets.of('f-0')[0]?.ticket.isDone, true);
    const kept = await good({ kind: 'reconcile', stage: 'missing', policy: { missing: 'keep' } });
    assert.deepEqual(some(kept), {});
  });

  it('lists once: its last stage knows what the first has listed, unless a page was repeated', async () => {
    const { source, tickets, good } = world(ids(25).map((id) => findingOf(id)));
    source.pageLength = 10;
    const own = { kind: 'reconcile', requestId: 'r' } as const;
    await good(own);
    source.findings = source.findings.slice(1);
    source.queries.length = 0;
    const stale = await good({ ...own, stage: 'missing' });
    assert.deepEqual([source.queries.length, stale.counts.missing], [0, 0]);
    const other = await good({ ...own, requestId: 'other', stage: 'missing' });
    assert.deepEqual([source.queries.length, other.counts.missing], [3, 1]);
    assert.equal(tickets.of('f-0')[0]?.ticket.isDone, true);
  });

  it('of a digest alone comments, once, with the last of several scan results', async () => {
    const policy = { comments: 'digest' } as const;
    const { source, tickets, good } = world([findingOf('f-0', { latest: '/v1/scans/1/findings/a' })]);
    await good({ policy });
    for (const scan of [2, 3]) {
      source.findings = [
        findingOf('f-0', { latest: `/v1/scans/${scan}/findings/a`, contentHash: `c${scan}` }),
      ];
      assert.deepEqual(some(await good({ policy })), { listed: 1, updated: 1 });
    }
    assert.equal(tickets.of('f-0')[0]?.comments, 0);
    const night = { kind: 'reconcile', policy } as const;
    assert.deepEqual(some(await good(night)), { listed: 1, updated: 1, commented: 1 });
    assert.deepEqual(some(await good(night)), { listed: 1, unchanged: 1 });
    assert.equal(tickets.of('f-0')[0]?.comments, 1);
  });

  it('reminds of open tickets that are due, once each, and of none in a dry run', async () => {
    const { tickets, clock, good } = world([findingOf('f-0'), findingOf('f-1')]);
    await good();
    const [stored] = tickets.of('f-0');
    assert.ok(stored);
    const due = new Date(clock.ms).toISOString().slice(0, 10);
    stored.ticket = { ...stored.ticket, dueDate: due };
    clock.ms += 2 * 86_400_000;
    const own = { kind: 'remind', stage: 'due', policy: { remindAt: [50, 100] } } as const;
    assert.deepEqual(some(await good({ ...own, dryRun: true })), { listed: 1, reminded: 1 });
    assert.equal(stored.comments, 0);
    assert.deepEqual(some(await good(own)), { listed: 1, reminded: 1 });
    assert.deepEqual(stored.ticket.mark?.reminded, { due, percent: 100 });
    assert.deepEqual([some(await good(own)), stored.comments], [{ listed: 1 }, 1]);
    assert.deepEqual(some(await good({ ...own, policy: {} })), {});
  });

  it('closes the younger twin and keeps the oldest', async () => {
    const { tickets, clock, good } = world([findingOf('f-0')]);
    await good();
    clock.ms += 1_000;
    const mark = tickets.of('f-0')[0]?.ticket.mark ?? null;
    const twin = tickets.put('f-0', { mark });
    assert.equal((await good({ kind: 'reconcile' })).counts.twins, 1);
    assert.equal(tickets.stored.get(twin.issueId)?.ticket.isDone, true);
    assert.equal(tickets.of('f-0').filter(({ ticket }) => !ticket.isDone).length, 1);
    assert.equal(idHash('f-0').length, 16);
  });
});
