import assert from 'node:assert/strict';
import type { Settlement } from '../../workflows/approval/approvals.ts';
import { choiceOf } from '../../workflows/halo-sync/flood-choice.ts';
import { toFloodQuestion } from '../../workflows/halo-sync/flood.ts';
import type { HaloSyncState, PassKind, RecentCreate } from '../../workflows/halo-sync/messages.ts';
import { emptyState, finishPass, startPass } from '../../workflows/halo-sync/pass.ts';
import { withRetry } from '../../workflows/halo-sync/parked.ts';
import { waitForIndexMs, withRecent } from '../../workflows/halo-sync/recent.ts';
import { isFindingPolicy, readRequest, readRetry, withRequest } from '../../workflows/halo-sync/requests.ts';
import { readCarried, toNote, toView } from '../../workflows/halo-sync/view.ts';
import { findingPolicy as policy, floodPolicy } from '../support/halo-pages.ts';

const t0 = Date.parse('2026-11-22T12:00:00.000Z');
const asked = (kind: PassKind, requestId: string, since: string | null = null) => ({
  kind,
  requestId,
  since,
});
const waitingFor = (...all: ReturnType<typeof asked>[]) => all.reduce<HaloSyncState>(withRequest, emptyState);

describe('requests of a pass', () => {
  const [early, late] = ['2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z'];
  for (const [what, all, waiting] of [
    ['two passes are one', [asked('pass', 'a'), asked('pass', 'b')], [asked('pass', 'a')]],
    ['a reconcile swallows a pass', [asked('pass', 'a'), asked('reconcile', 'b')], [asked('reconcile', 'a')]],
    ['a pass joins a reconcile', [asked('reconcile', 'a'), asked('pass', 'b')], [asked('reconcile', 'a')]],
    [
      'a backfill stays beside a pass',
      [asked('pass', 'a'), asked('backfill', 'b', late)],
      [asked('pass', 'a'), asked('backfill', 'b', late)],
    ],
    [
      'of two backfills the earlier date counts',
      [asked('backfill', 'a', late), asked('backfill', 'b', early)],
      [asked('backfill', 'a', early)],
    ],
    [
      'the later date is covered',
      [asked('backfill', 'a', early), asked('backfill', 'b', late)],
      [asked('backfill', 'a', early)],
    ],
    [
      'a backfill of everything covers a date',
      [asked('backfill', 'a', early), asked('backfill', 'b')],
      [asked('backfill', 'a')],
    ],
    ['one that comes twice is one', [asked('pass', 'a'), asked('pass', 'a')], [asked('pass', 'a')]],
    [
      'a person’s id is kept, a schedule’s is not followed',
      [asked('pass', 'schedule:1'), asked('pass', 'b')],
      [asked('pass', 'b')],
    ],
  ] as const)
    it(what, () => assert.deepEqual(waitingFor(...all).waiting, waiting));

  it('that joined another one learns how it ended', () => {
    const state = waitingFor(asked('pass', 'a'), asked('reconcile', 'b'), asked('backfill', 'c'));
    assert.deepEqual(
      state.reports.map(({ requestId, state: now }) => [requestId, now]),
      [['b', 'waiting']],
    );
    const running = startPass(state, policy, t0);
    assert.deepEqual([running.running?.request.requestId, running.reports[0]?.state], ['a', 'running']);
    const ended = finishPass(withRequest(running, asked('pass', 'd')), t0 + 1000);
    assert.deepEqual(
      ended.reports.map(({ requestId, kind, state: now }) => [requestId, kind, now]),
      [
        ['b', 'reconcile', 'done'],
        ['a', 'reconcile', 'done'],
      ],
    );
    assert.deepEqual(
      ended.waiting.map(({ requestId }) => requestId),
      ['c', 'd'],
    );
  });

  it('leave no trace when nobody follows them, and push no report out', () => {
    const scheduled = Array.from({ length: 50 }, (_, index) => asked('pass', `schedule:${index}`));
    assert.deepEqual(waitingFor(asked('pass', 'a'), ...scheduled).reports, []);
    const people = Array.from({ length: 50 }, (_, index) => asked('pass', `p${index}`));
    assert.deepEqual(
      waitingFor(...people).reports.map(({ requestId }) => requestId),
      ['p45', 'p46', 'p47', 'p48', 'p49'],
    );
  });

  it('that were answered are not answered again', () => {
    const ended = finishPass(startPass(waitingFor(asked('pass', 'a')), policy, t0), t0);
    assert.equal(withRequest(ended, asked('pass', 'a')), ended);
    const running = startPass(waitingFor(asked('pass', 'a')), policy, t0);
    assert.equal(withRequest(running, asked('pass', 'a')), running);
  });

  it('keep the last twenty reports', () => {
    let state = emptyState;
    for (let index = 0; index < 25; index += 1)
      state = finishPass(startPass(withRequest(state, asked('pass', `r${index}`)), policy, t0), t0);
    assert.deepEqual([state.reports.length, state.reports.at(-1)?.requestId], [20, 'r24']);
  });
});

describe('a payload of requestPass', () => {
  const sound = { kind: 'pass', since: null, requestId: 'cli:1', policy };
  for (const [what, payload, read] of [
    ['sound', sound, sound],
    ['a backfill', { ...sound, kind: 'backfill', since: '2026-01-01T00:00:00Z' }, undefined],
    ['a date that a pass does not need', { ...sound, since: 'x' }, sound],
  ] as const)
    it(`${what} is read`, () => assert.deepEqual(readRequest(payload, 'halo'), read ?? payload));

  for (const [what, payload] of [
    ['nothing', undefined],
    ['null', null],
    ['text', 'pass'],
    ['a list', [sound]],
    ['an unknown kind', { ...sound, kind: 'purge' }],
    ['no id', { ...sound, requestId: '' }],
    ['an id of other characters', { ...sound, requestId: 'a/b' }],
    ['a long id', { ...sound, requestId: 'a'.repeat(65) }],
    ['another source', { ...sound, policy: { ...policy, source: 'other' } }],
    ['no policy', { ...sound, policy: null }],
    ['a backfill from no time', { ...sound, kind: 'backfill', since: 'yesterday' }],
    ['a backfill from a number', { ...sound, kind: 'backfill', since: 1 }],
  ] as const)
    it(`with ${what} is ignored`, () => assert.equal(readRequest(payload, 'halo'), undefined));

  const flood = floodPolicy(5);
  for (const [what, value, is] of [
    ['sound', policy, true],
    ['with a flood', flood, true],
    ['nothing', undefined, false],
    ['without a source', { ...policy, source: '' }, false],
    ['with a lag of no number', { ...policy, indexLagSeconds: 'x' }, false],
    ['with an endless overlap', { ...policy, overlapMinutes: Infinity }, false],
    ['without a heartbeat', { ...policy, heartbeatSeconds: 0 }, false],
    ['without routes', { ...policy, routes: null }, false],
    ['without a link', { ...policy, runLinkBase: null }, false],
    ['with a flood of no limit', { ...flood, flood: { ...flood.flood, limit: -1 } }, false],
    ['with a flood that nobody decides', { ...flood, flood: { ...flood.flood, approval: null } }, false],
    ['with half a flood', { ...policy, flood: 'x' }, false],
  ] as const)
    it(`a policy ${what} ${is ? 'can' : 'cannot'} be worked with`, () =>
      assert.equal(isFindingPolicy(value), is));
});

describe('a payload of retryParked', () => {
  const parked = ['a', 'b'].map((findingId) => ({ findingId, reason: 'r', since: '', tries: 7 }));
  for (const [what, payload, tries] of [
    ['names one', { ids: ['b'] }, [7, 0]],
    ['names none', {}, [0, 0]],
    ['names an unknown one', { ids: ['z'] }, [7, 7]],
  ] as const)
    it(`that ${what}`, () =>
      assert.deepEqual(
        withRetry(parked, readRetry(payload) ?? assert.fail()).map((one) => one.tries),
        tries,
      ));

  for (const payload of [
    undefined,
    null,
    'a',
    { ids: 'a' },
    { ids: [1] },
    { ids: [''] },
    { ids: Array(1_001).fill('a') },
  ])
    it(`that is malformed: ${JSON.stringify(payload)?.slice(0, 20)}`, () =>
      assert.equal(readRetry(payload), undefined));
});

describe('what was created lately', () => {
  const at = (hash: string, ms: number): RecentCreate => ({ hash, issueId: hash, at: ms });
  const crowd = Array.from({ length: 6_000 }, (_, index) => at(`h${index}`, t0 - 6_000 + index));

  it('is kept for twice the lag of the index, the newest of a finding once', () => {
    const known = [at('gone', t0 - 120_000), at('old', t0 - 119_000), at('twice', t0 - 50_000)];
    const after = withRecent(known, [at('twice', t0), at('new', t0)], policy, t0);
    assert.deepEqual(after, [at('old', t0 - 119_000), at('twice', t0), at('new', t0)]);
  });

  it('is bounded: the newest 5,000', () => {
    const kept = withRecent([], crowd, policy, t0);
    assert.deepEqual([kept.length, kept[0]?.hash], [5_000, 'h1000']);
  });

  for (const [what, recent, waitMs] of [
    ['nothing', [], 0],
    ['few', crowd.slice(-10), 0],
    ['more than are kept', crowd.slice(-5_000), 55_000],
  ] as const)
    it(`of ${what} lets the next pass wait ${waitMs} ms`, () => {
      assert.equal(waitForIndexMs({ recent }, policy, t0), waitMs);
      assert.equal(waitForIndexMs({ recent }, policy, t0 + 60_000), 0);
    });

  it('never lets it wait longer than the lag, whatever a clock says', () => {
    const ahead = crowd.slice(-5_000).map((one) => ({ ...one, at: one.at + 3_600_000 }));
    assert.equal(waitForIndexMs({ recent: ahead }, policy, t0), 60_000);
  });
});

describe('the question about a flood', () => {
  const running = startPass(waitingFor(asked('reconcile', 'r1')), policy, t0).running ?? assert.fail();
  const flood = floodPolicy(100).flood ?? assert.fail();
  const facts = { policy, flood, running, flooded: 50, runId: 'run', runLink: 'http://ui.example' };
  const { evidence, policy: rules } = toFloodQuestion('flood-1', facts);

  it('has numbers and choices, and nothing from outside', () => {
    assert.equal(rules, flood.approval);
    assert.deepEqual(
      evidence.choices?.map(({ id }) => id),
      ['all', 'group', 'drop'],
    );
    assert.partialDeepStrictEqual(evidence.subject, {
      runId: 'run',
      requestId: 'r1',
      limit: 100,
      flooded: 50,
    });
    assert.ok(evidence.facts.some(({ value }) => value === 'reconcile, everything'));
  });

  const approved = {
    outcome: 'approved',
    grant: {} as never,
    approvers: ['dana'],
    overridden: false,
  } as const;
  const cases: readonly (readonly [string, Settlement, string | null])[] = [
    ['all', { ...approved, choice: 'all' }, 'all'],
    ['group', { ...approved, choice: 'group' }, 'group'],
    ['drop', { ...approved, choice: 'drop' }, 'drop'],
    ['an override', { ...approved, overridden: true }, 'all'],
    ['a rejection', { outcome: 'rejected', by: 'dana', reason: 'no' }, 'drop'],
    ['nobody', { outcome: 'expired' }, null],
    ['a void one', { outcome: 'void', reason: 'x' }, null],
  ];
  for (const [what, settlement, choice] of cases)
    it(`${what} means ${choice}`, () => assert.equal(choiceOf(settlement), choice));
});

describe('the view of findings', () => {
  const state = startPass(waitingFor(asked('reconcile', 'r1'), asked('backfill', 'r2')), policy, t0);

  it('shows the pass that runs and how many wait', () => {
    const { source, running, waiting, watermark } = toView(policy, state);
    assert.deepEqual([source, running?.requestId, waiting, watermark], ['halo', 'r1', 1, null]);
  });

  it('has a line with the numbers of a pass', () => {
    const report = state.running?.report ?? assert.fail();
    assert.equal(toNote(report), 'reconcile, active, 0 pages');
    const counts = { ...report.counts, listed: 3400, created: 35 };
    assert.equal(
      toNote({ ...report, pages: 1, stage: null, counts }),
      'reconcile, 1 page: 3400 listed, 35 created',
    );
  });

  it('goes on with what the run before has left, and with nothing else', () => {
    assert.equal(readCarried(undefined), emptyState);
    assert.equal(readCarried(state), state);
    for (const carried of [null, 'x', {}, { ...state, watermark: 1 }, { ...state, running: 'x' }])
      assert.throws(() => readCarried(carried), /carried is malformed/);
  });
});
