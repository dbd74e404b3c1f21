import assert from 'node:assert/strict';
import type { HaloSyncState, PageResult, PassKind, RunningPass } from '../../workflows/halo-sync/messages.ts';
import {
  afterAsking,
  afterPage,
  askAboutFlood,
  emptyState,
  failPass,
  finishPass,
  nextPage,
  startPass,
} from '../../workflows/halo-sync/pass.ts';
import { routesOf } from '../../workflows/halo-sync/route-health.ts';
import { findingPolicy as policy, floodPolicy, pageResult } from '../support/halo-pages.ts';

const t0 = Date.parse('2026-11-22T12:00:00.000Z');
const iso = (ms: number) => new Date(ms).toISOString();
const watermark = '2026-11-22T11:00:00.000Z';

function begin(
  kind: PassKind,
  part: Partial<HaloSyncState> = {},
  since: string | null = null,
): HaloSyncState {
  const waiting = [{ kind, since, requestId: 'r1' }];
  return startPass({ ...emptyState, watermark, waiting, ...part }, policy, t0);
}

/** Takes page after page until the pass has no more. @returns the stages and the end */
function run(start: HaloSyncState, answer: (page: number) => PageResult = () => pageResult()) {
  const stages: string[] = [];
  let state = start;
  for (let page = nextPage(state, policy); page; page = nextPage(state, policy)) {
    state = afterPage(state, page, answer(stages.length), t0 + 1000);
    stages.push(page.stage);
  }
  return { stages, state: finishPass(state, t0 + 2000) };
}

const running = (state: HaloSyncState): RunningPass => state.running ?? assert.fail('nothing runs');
const old = (findingId: string, tries = 1) => ({
  findingId,
  tries,
  reason: 'x',
  since: '2026-11-21T00:00:00.000Z',
});

describe('the stages of a pass', () => {
  const parked = [old('p1')];
  for (const [kind, had, stages] of [
    ['pass', [], ['active', 'resolved']],
    ['pass', parked, ['active', 'resolved', 'parked']],
    ['reconcile', [], ['active', 'resolved', 'missing']],
    ['reconcile', parked, ['active', 'resolved', 'missing', 'parked']],
    ['backfill', parked, ['active', 'resolved', 'parked']],
  ] as const)
    it(`${kind} with ${had.length} parked: ${stages.join(', ')}`, () =>
      assert.deepEqual(run(begin(kind, { parked: had })).stages, stages));

  it('goes on at the cursor of the page before, and begins each stage at the first', () => {
    let state = begin('pass');
    const cursors: (string | null)[] = [];
    for (const cursor of ['c1', null, 'c2', null]) {
      const page = nextPage(state, policy) ?? assert.fail();
      cursors.push(page.cursor);
      state = afterPage(state, page, pageResult({ cursor }), t0);
    }
    assert.deepEqual(cursors, [null, 'c1', null, 'c2']);
    assert.equal(nextPage(state, policy), null);
    assert.equal(running(state).report.pages, 4);
  });

  it('does not begin a second pass beside one that runs', () => {
    const state = { ...begin('pass'), waiting: [{ kind: 'pass', since: null, requestId: 'r2' } as const] };
    assert.equal(startPass(state, policy, t0), state);
    assert.equal(startPass(emptyState, policy, t0), emptyState);
  });
});

describe('since when a pass reads', () => {
  const backfill = '2026-10-01T00:00:00.000Z';
  for (const [what, kind, mark, since, active, resolved] of [
    // 10 minutes of overlap; 60 more in which a resolved one is damped
    ['a pass', 'pass', watermark, null, '2026-11-22T10:50:00.000Z', '2026-11-22T09:50:00.000Z'],
    ['the first pass ever', 'pass', null, null, null, null],
    ['a reconcile', 'reconcile', watermark, null, null, null],
    ['a backfill', 'backfill', watermark, backfill, backfill, backfill],
    ['a backfill of everything', 'backfill', watermark, null, null, null],
  ] as const)
    it(`${what}: ${active ?? 'everything'}`, () => {
      const state = begin(kind, { watermark: mark }, since);
      const first = nextPage(state, policy) ?? assert.fail();
      const second = nextPage(afterPage(state, first, pageResult(), t0), policy) ?? assert.fail();
      assert.deepEqual([first.since, second.since], [active, resolved]);
    });
});

describe('the watermark', () => {
  const newest = '2026-11-22T11:30:00.000Z';
  const before = '2026-11-22T09:00:00.000Z';
  for (const [what, kind, mark, since, change, after] of [
    ['moves to the newest change', 'pass', watermark, null, newest, newest],
    ['is set by the first pass', 'pass', null, null, newest, newest],
    ['stays when nothing was read', 'pass', watermark, null, null, watermark],
    ['never goes back', 'reconcile', watermark, null, before, watermark],
    ['does not pass the start of the pass', 'pass', watermark, null, iso(t0 + 900), iso(t0)],
    ['does not follow a row of the year 2099', 'reconcile', null, null, '2099-01-01T00:00:00Z', iso(t0)],
    ['ignores what is no time', 'pass', watermark, null, 'yesterday', watermark],
    ['stays null for what is no time', 'pass', null, null, 'yesterday', null],
    ['is moved by a backfill from before it', 'backfill', watermark, before, newest, newest],
    ['is not moved by a backfill that leaves a gap', 'backfill', before, watermark, newest, before],
    ['is not set by a backfill from a date', 'backfill', null, before, newest, null],
    ['is set by a backfill of everything', 'backfill', null, null, newest, newest],
  ] as const)
    it(what, () => {
      const { state } = run(begin(kind, { watermark: mark }, since), (page) =>
        pageResult({ newestChange: page === 0 ? change : null }),
      );
      assert.equal(state.watermark, after);
      assert.deepEqual([state.running, state.reports.at(-1)?.state], [null, 'done']);
    });

  it('stays when the pass fails, whose report has the reason and the stage', () => {
    const state = begin('pass');
    const page = nextPage(state, policy) ?? assert.fail();
    const half = afterPage(state, page, pageResult({ newestChange: newest, counts: { listed: 9 } }), t0);
    const failed = failPass(half, 'PermissionDenied:\n no create', t0 + 1000);
    const [report] = failed.reports;
    assert.deepEqual([failed.watermark, failed.running], [watermark, null]);
    assert.deepEqual(
      [report?.state, report?.stage, report?.error, report?.endedAt, report?.counts.listed],
      ['failed', 'resolved', 'PermissionDenied: no create', iso(t0 + 1000), 9],
    );
  });
});

describe('what a page leaves behind', () => {
  it('is counted over all pages', () => {
    const { state } = run(begin('pass'), () => pageResult({ counts: { listed: 100, created: 3 } }));
    const { counts, pages } = state.reports[0] ?? assert.fail();
    assert.deepEqual([counts.listed, counts.created, counts.closed, pages], [200, 6, 0, 2]);
  });

  it('hands what was created to the next page', () => {
    const created = [{ hash: 'a'.repeat(16), issueId: '1', at: t0 }];
    const state = begin('pass');
    const page = nextPage(state, policy) ?? assert.fail();
    const after = afterPage(state, page, pageResult({ created }), t0);
    assert.deepEqual([page.recent, nextPage(after, policy)?.recent], [[], created]);
  });
});

describe('a flood', () => {
  const flood = floodPolicy(100);
  const start = begin('pass');
  const first = nextPage(start, flood) ?? assert.fail();
  const flooded = afterPage(
    start,
    first,
    pageResult({ cursor: 'c3', flooded: 50, counts: { created: 60, createdClosed: 10 } }),
    t0,
  );
  const decided = (choice: 'all' | 'group' | 'drop') =>
    afterAsking(askAboutFlood(flooded), choice, t0 + 5000);

  it('limits what a page may create, until the limit is used up', () => {
    assert.equal(first.mayCreate, 100);
    assert.equal(nextPage(flooded, flood)?.mayCreate, 30);
    assert.equal(nextPage(start, policy)?.mayCreate, null);
  });

  it('goes on at the page that was not written', () => {
    const page = nextPage(decided('all'), flood);
    assert.deepEqual([page?.stage, page?.cursor], ['active', 'c3']);
  });

  it('is seen while people are asked', () => {
    assert.equal(askAboutFlood(flooded).running?.report.state, 'asking');
    assert.equal(decided('all').running?.report.state, 'running');
    assert.equal(askAboutFlood(emptyState), emptyState);
  });

  for (const choice of ['all', 'group'] as const)
    it(`has no limit after ${choice}`, () => {
      const page = nextPage(decided(choice), flood);
      assert.deepEqual([page?.flood, page?.mayCreate, page?.dropSeenBefore], [choice, null, null]);
    });

  it('when dropped is remembered by later passes, and not by a backfill', () => {
    const page = nextPage(decided('drop'), flood);
    assert.deepEqual([page?.flood, page?.dropSeenBefore], ['drop', iso(t0 + 5000)]);
    const { state } = run(decided('drop'));
    const next = (kind: PassKind) =>
      nextPage(startPass({ ...state, waiting: [{ kind, since: null, requestId: 'r2' }] }, flood, t0), flood);
    assert.equal(next('pass')?.dropSeenBefore, iso(t0 + 5000));
    assert.equal(next('reconcile')?.dropSeenBefore, iso(t0 + 5000));
    assert.equal(next('backfill')?.dropSeenBefore, null);
    assert.equal(next('backfill')?.flood, null);
  });

  it('comes again when nobody could decide', () => {
    const again = afterAsking(askAboutFlood(flooded), null, t0);
    assert.equal(nextPage(again, flood)?.mayCreate, 30);
  });
});

describe('parked findings in a pass', () => {
  const many = Array.from({ length: 250 }, (_, index) => old(`p${String(index).padStart(3, '0')}`));

  it('are tried by the hundred, in the order of their ids', () => {
    let state: HaloSyncState = { ...begin('reconcile', { parked: many.toReversed() }) };
    state = { ...state, running: { ...running(state), stage: 'parked' } };
    const tried: (readonly string[])[] = [];
    for (let page = nextPage(state, policy); page; page = nextPage(state, policy)) {
      tried.push(page.ids ?? []);
      assert.equal(page.cursor, null);
      const unparked = (page.ids ?? []).slice(0, 10);
      const parked = (page.ids ?? []).slice(10).map((findingId) => ({ findingId, reason: 'still' }));
      state = afterPage(state, page, pageResult({ unparked, parked }), t0);
    }
    assert.deepEqual(
      tried.map((ids) => [ids.length, ids[0]]),
      [
        [100, 'p000'],
        [100, 'p100'],
        [50, 'p200'],
      ],
    );
    assert.equal(state.parked.length, 220);
    assert.ok(state.parked.every(({ tries, reason }) => tries === 2 && reason === 'still'));
  });

  for (const [what, kind, tries, stages] of [
    ['leave those that failed five times to the reconcile', 'pass', 5, 2],
    ['are all tried by the reconcile', 'reconcile', 500, 4],
  ] as const)
    it(what, () => assert.equal(run(begin(kind, { parked: [old('p1', tries)] })).stages.length, stages));

  it('of this very pass are not tried again in it', () => {
    const { stages, state } = run(begin('pass'), () =>
      pageResult({ parked: [{ findingId: 'f1', reason: 'r' }] }),
    );
    assert.deepEqual(stages, ['active', 'resolved']);
    assert.deepEqual(state.parked, [{ findingId: 'f1', reason: 'r', since: iso(t0 + 1000), tries: 2 }]);
  });

  it('that are more than a thousand keep the watermark, and say so', () => {
    const parked = Array.from({ length: 600 }, (_, index) => ({ findingId: '', reason: 'r', index }));
    const { state } = run(begin('pass'), (page) =>
      pageResult({
        newestChange: '2026-11-22T11:30:00.000Z',
        parked: parked.map(({ index, reason }) => ({ findingId: `f${page}-${index}`, reason })),
      }),
    );
    assert.deepEqual([state.parked.length, state.watermark], [1_000, watermark]);
    assert.equal(state.reports[0]?.state, 'failed');
    assert.match(state.reports[0]?.error ?? '', /more than 1,000 findings cannot be written/);
  });
});

describe('without a pass', () => {
  it('nothing is asked, counted or ended', () => {
    assert.equal(nextPage(emptyState, policy), null);
    const page = nextPage(begin('pass'), policy) ?? assert.fail();
    assert.equal(afterPage(emptyState, page, pageResult(), t0), emptyState);
    assert.equal(finishPass(emptyState, t0), emptyState);
    assert.equal(failPass(emptyState, 'x', t0), emptyState);
  });
});

describe('the health of routes', () => {
  const [first = assert.fail()] = policy.routes;
  const rules = {
    ...policy,
    routes: [
      { ...first, name: 'web' },
      { ...first, name: 'rest' },
    ],
  };
  const took = (matched: number, error: string | null = null) => ({ matched, error });
  function after(state: HaloSyncState, routes: PageResult['routes'], ms = t0, rulesNow = rules) {
    const page = nextPage(state, rulesNow) ?? assert.fail();
    return afterPage(state, page, { ...pageResult({ cursor: 'more' }), ...(routes ? { routes } : {}) }, ms);
  }
  const healthOf = (state: HaloSyncState, rulesNow = rules) =>
    routesOf(state.routes, rulesNow).map(({ name, health }) => [
      name,
      health?.matched ?? null,
      health?.error,
    ]);

  it('is unknown for a route that never took anything', () =>
    assert.deepEqual(healthOf(begin('pass')), [
      ['web', null, undefined],
      ['rest', null, undefined],
    ]));

  it('adds the pages of a pass, and begins anew with the next pass', () => {
    const two = after(after(begin('pass'), { web: took(3) }), { web: took(4), rest: took(1) });
    assert.deepEqual(healthOf(two), [
      ['web', 7, null],
      ['rest', 1, null],
    ]);
    const next = after(
      begin('pass', { routes: { ...two.routes, web: { ...two.routes?.['web'], requestId: 'r0' } as never } }),
      { web: took(2) },
    );
    assert.deepEqual(healthOf(next)[0], ['web', 2, null]);
  });

  it('keeps the last error of the pass, and drops it after a pass without one', () => {
    const failed = after(after(begin('pass'), { web: took(1, 'PermissionDenied: no') }), { web: took(1) });
    assert.deepEqual(healthOf(failed)[0], ['web', 2, 'PermissionDenied: no']);
    assert.equal(failed.routes?.['web']?.errorAt, iso(t0));
    const before = Object.fromEntries(
      Object.entries(failed.routes ?? {}).map(([name, one]) => [name, { ...one, requestId: 'r0' }]),
    );
    assert.deepEqual(healthOf(after(begin('pass', { routes: before }), { web: took(1) }))[0], [
      'web',
      1,
      null,
    ]);
  });

  it('shows what no route takes, and forgets routes that are gone', () => {
    const state = after(begin('pass'), { web: took(1), unrouted: took(2, 'Unrouted: no route takes it') });
    assert.deepEqual(healthOf(state).at(-1), ['unrouted', 2, 'Unrouted: no route takes it']);
    const fewer = { ...rules, routes: rules.routes.slice(1) };
    assert.deepEqual(Object.keys(after(state, undefined, t0, fewer).routes ?? {}), ['unrouted']);
  });

  it('stays as it is when an older worker says nothing of routes', () => {
    const state = after(begin('pass'), { web: took(1) });
    assert.deepEqual(after(state, undefined).routes, state.routes);
  });
});
