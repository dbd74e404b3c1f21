import assert from 'node:assert/strict';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { CliError } from '../../starters/cli/cli-error.ts';
import { askFindings, parseSince, retryFindings } from '../../starters/cli/findings-ask.ts';
import { followPass } from '../../starters/cli/findings-follow.ts';
import { toBar } from '../../starters/cli/findings-words.ts';
import { listParked, listPasses, listRoutes, showStatus } from '../../starters/cli/findings-list.ts';
import type { Session } from '../../starters/cli/session.ts';
import { noCounts } from '../../workflows/halo-sync/counts.ts';
import type { HaloSyncView, PassReport, PassRequest } from '../../workflows/halo-sync/messages.ts';
import type { HaloPassInput } from '../../workflows/sweeps/halo-pass.ts';
import { findingPolicy } from '../support/halo-pages.ts';
import { createSessionDouble, type SessionDouble } from './session-double.ts';

const nowMs = Date.parse('2026-11-22T12:00:10.000Z');

function report(part: Partial<PassReport> = {}): PassReport {
  return {
    ...{ requestId: 'r1', kind: 'pass', state: 'done', stage: null, pages: 3, error: null },
    ...{ startedAt: '2026-11-22T12:00:00.000Z', endedAt: '2026-11-22T12:00:05.000Z' },
    counts: { ...noCounts, listed: 40, created: 2 },
    ...part,
  };
}
const runs = (part: Partial<PassReport> = {}) =>
  report({ state: 'running', stage: 'resolved', endedAt: null, ...part });

function view(part: Partial<HaloSyncView> = {}): HaloSyncView {
  return {
    ...{ source: 'halo', watermark: '2026-11-22T11:30:00.000Z', running: null, waiting: 0 },
    ...{ reports: [], parked: [], ...part },
  };
}
const parked = [
  { findingId: 'f1', reason: 'Conflict: no Owner Team', since: '2026-11-21T00:00:00.000Z', tries: 2 },
];

type Views = Readonly<Record<string, () => HaloSyncView>>;

/** A session whose sources answer these views; `sent` are the requests that began a pass. */
function world(
  views: Views = {},
  options: { json?: boolean; sources?: readonly string[]; busy?: boolean } = {},
) {
  const { json = false, sources = ['halo'], busy = false } = options;
  const workflows = Object.fromEntries(
    Object.entries(views).map(([source, answer]) => [
      source.includes(':') ? source : `halo-sync:${source}`,
      { findings: answer },
    ]),
  );
  const double = createSessionDouble({ workflows, json });
  const { config, temporal } = double.session;
  const sent: { workflowId: string; request: PassRequest }[] = [];
  const tried: HaloPassInput[] = [];
  const workflow = {
    ...temporal.client.workflow,
    async signalWithStart(
      _type: string,
      { workflowId, signalArgs: [request] }: { workflowId: string; signalArgs: [PassRequest] },
    ) {
      sent.push({ workflowId, request });
    },
    async start(_type: string, { workflowId, args: [input] }: { workflowId: string; args: [HaloPassInput] }) {
      if (busy) throw new WorkflowExecutionAlreadyStartedError('running', workflowId, 'haloPass');
      tried.push(input);
    },
  };
  const halo = { sources: sources.map((name) => ({ name, everyMinutes: 15 })) };
  const session = {
    ...double.session,
    config: { ...config, processes: { ...config.processes, halo: sources.length > 0 ? halo : undefined } },
    temporal: { ...temporal, client: { ...temporal.client, workflow } },
  } as unknown as Session;
  return { ...double, session, sent, tried };
}

const toPolicy = (_config: unknown, source: string) => ({ ...findingPolicy, source });
const fails = (code: number, message: RegExp) => (error: unknown) =>
  error instanceof CliError && error.exitCode === code && message.test(error.message);
const json = ({ printed }: SessionDouble) =>
  printed.map((line) => JSON.parse(line) as Record<string, unknown>);

describe('lockkeeper findings pass, reconcile, backfill', () => {
  for (const [kind, since, sentSince] of [
    ['pass', undefined, null],
    ['reconcile', undefined, null],
    ['backfill', '2026-10-01', '2026-10-01T00:00:00.000Z'],
  ] as const)
    it(`asks the one writer of the source for a ${kind}`, async () => {
      const one = world({}, { json: true });
      const options = since === undefined ? {} : { since };
      assert.equal(await askFindings(one.session, kind, options, { toPolicy }), 0);
      const [sent] = one.sent;
      assert.equal(sent?.workflowId, 'halo-sync:halo');
      assert.match(sent?.request.requestId ?? '', /^cli:[0-9a-f-]{36}$/);
      assert.deepEqual([sent?.request.kind, sent?.request.since], [kind, sentSince]);
      assert.equal(sent?.request.policy.source, 'halo');
      assert.partialDeepStrictEqual(json(one), [
        { source: 'halo', kind, requestId: sent?.request.requestId },
      ]);
    });

  it('asks a named source of several, and follows', async () => {
    const one = world(
      { other: () => view({ running: null, reports: [report({ requestId: last() })] }) },
      {
        sources: ['halo', 'other'],
      },
    );
    const last = () => one.sent.at(-1)?.request.requestId ?? '';
    const options = { source: 'other', follow: true };
    assert.equal(await askFindings(one.session, 'pass', options, { toPolicy }), 0);
    assert.equal(one.sent[0]?.workflowId, 'halo-sync:other');
    assert.match(
      one.printed.join(''),
      /Asked for a pass of other: cli:[^]*done: pass, 3 pages: 40 listed, 2 created/,
    );
  });

  it('tries one out beside the one writer, from its watermark', async () => {
    const one = world({
      halo: () => view(),
      'halo-dry-run:halo': () =>
        view({ reports: [report({ requestId: one.tried[0]?.dryRun?.requestId ?? '' })] }),
    });
    assert.equal(await askFindings(one.session, 'pass', { dryRun: true }, { toPolicy }), 0);
    assert.deepEqual([one.sent, one.tried[0]?.dryRun?.watermark], [[], '2026-11-22T11:30:00.000Z']);
    assert.match(
      one.printed.join(''),
      /^Dry run of a pass of halo: nothing is written[^]*done: pass, 3 pages/,
    );
    const busy = world({}, { busy: true });
    const again = askFindings(busy.session, 'pass', { dryRun: true }, { toPolicy });
    await assert.rejects(again, fails(1, /a dry run of halo runs already/));
  });

  for (const [what, sources, options, problem] of [
    ['nothing is configured', [], {}, /processes\.halo: is not/],
    ['several are', ['a', 'b'], {}, /there are several/],
    ['the named one is not', ['a'], { source: 'b' }, /"b" is no source/],
  ] as const)
    it(`ends with 2 when ${what}`, () =>
      assert.rejects(
        askFindings(world({}, { sources }).session, 'pass', options, { toPolicy }),
        fails(2, problem),
      ));

  for (const [text, iso] of [
    ['2026-10-01', '2026-10-01T00:00:00.000Z'],
    ['2026-10-01T08:00+02:00', '2026-10-01T06:00:00.000Z'],
    ['2026-10-01T08:00:30.5Z', '2026-10-01T08:00:30.500Z'],
  ] as const)
    it(`reads --since ${text}`, () => assert.equal(parseSince(text, nowMs), iso));

  for (const text of [
    '',
    'yesterday',
    '2026-02-31',
    '2026-13-01',
    '2026-10-01T08:00',
    '01.10.2026',
    '2027-01-01',
    '1969-01-01',
  ])
    it(`ends with 2 for --since "${text}"`, () =>
      assert.throws(() => parseSince(text, nowMs), fails(2, /--since/)));
});

describe('lockkeeper findings --follow', () => {
  /** Each look at the source answers the next view; the last stays. */
  async function follow(
    views: readonly (HaloSyncView | 'silent')[],
    { isTerminal = false, asJson = false } = {},
  ) {
    let at = 0;
    const one = world(
      {
        halo() {
          const now = views[Math.min(at, views.length - 1)] ?? 'silent';
          at += 1;
          if (now === 'silent') throw new Error('no worker');
          return now;
        },
      },
      { json: asJson },
    );
    const written: string[] = [];
    const screen = { isTerminal, columns: 200, write: (text: string) => void written.push(text) };
    const options = { screen, pause: async () => undefined, now: () => nowMs };
    const code = await followPass(one.session, { source: 'halo', requestId: 'r1' }, options);
    return { code, one, written, lines: one.printed.join('').replaceAll('2026-11-22T12:00:10.000Z ', '') };
  }
  const ended = view({ reports: [report()] });

  it('prints a line with each change', async () => {
    const views = [view({ waiting: 1 }), view({ running: runs() }), view({ running: runs() }), ended];
    const { code, lines, written } = await follow(views);
    assert.deepEqual([code, written], [0, []]);
    assert.deepEqual(lines.split('\n'), [
      'waits for the pass that runs',
      'running: pass, resolved, 3 pages: 40 listed, 2 created',
      'done: pass, 3 pages: 40 listed, 2 created',
      '',
    ]);
  });

  it('rewrites a bar on a terminal', async () => {
    const { lines, written } = await follow([view({ running: runs() }), ended], { isTerminal: true });
    assert.equal(
      written[0],
      '\r\u001b[2K[#######.............] resolved  3 pages  40 listed  2 created  0 updated  0 closed  0 parked  4/s',
    );
    assert.deepEqual([written[1], lines], ['\r\u001b[2K', 'done: pass, 3 pages: 40 listed, 2 created\n']);
  });

  it('prints JSON lines, and no bar', async () => {
    const { one, written } = await follow([view({ waiting: 1 }), ended], { isTerminal: true, asJson: true });
    assert.deepEqual(written, []);
    assert.partialDeepStrictEqual(json(one), [{ state: 'waiting' }, { state: 'done', pages: 3 }]);
  });

  for (const [what, views, code, line] of [
    [
      'ends with 1 when it failed',
      [view({ reports: [report({ state: 'failed', error: 'no create' })] })],
      1,
      /failed: no create/,
    ],
    [
      'says that people are asked',
      [view({ running: runs({ state: 'asking' }) }), ended],
      0,
      /asks people .*lockkeeper inbox/,
    ],
    [
      'follows the pass that another one asked for',
      [view({ running: runs({ requestId: 'r0', pages: 7 }), reports: [runs({ pages: 0 })] }), ended],
      0,
      /running: pass, resolved, 7 pages/,
    ],
    [
      'says that it will go along with another one',
      [view({ waiting: 1, reports: [runs({ state: 'waiting' })] }), ended],
      0,
      /goes along/,
    ],
    ['bears a worker that restarts', ['silent', 'silent', ended], 0, /done/],
  ] as const)
    it(what, async () => {
      const followed = await follow(views);
      assert.equal(followed.code, code);
      assert.match(followed.lines, line);
    });

  it('ends with 4 when no worker answers for long', () =>
    assert.rejects(follow(['silent']), fails(4, /no worker answers/)));
  it('ends with 1 when nobody knows the request', () =>
    assert.rejects(follow([view()]), fails(1, /does not know the request r1/)));

  for (const [kind, stage, filled] of [
    ['pass', 'active', 0],
    ['backfill', 'parked', 13],
    ['reconcile', 'missing', 10],
    ['pass', null, 20],
  ] as const)
    it(`fills the bar of a ${kind} in the stage ${stage}`, () =>
      assert.equal(toBar(runs({ kind, stage }), 0).split('#').length - 1, filled));
});

describe('lockkeeper findings list, status', () => {
  const full = () => view({ parked, waiting: 2, running: runs({ requestId: 'r2' }), reports: [report()] });

  it('lists what could not be written, with the reason', async () => {
    const one = world({ halo: full });
    assert.equal(await listParked(one.session, {}), 0);
    assert.match(
      one.printed.join(''),
      /^SOURCE[^]*halo +f1 +2026-11-21T00:00:00\.000Z +2 +Conflict: no Owner Team\n$/,
    );
    const machine = world({ halo: full }, { json: true });
    await listParked(machine.session, { source: 'halo' });
    assert.deepEqual(json(machine), [[{ source: 'halo', ...parked[0] }]]);
  });

  it('shows what each route took, and one that never took anything', async () => {
    const health = {
      ...{ matched: 12, requestId: 'r1', matchedAt: '2026-11-22T12:00:05.000Z' },
      ...{ error: 'Conflict: no Owner Team', errorAt: '2026-11-22T12:00:05.000Z' },
    };
    const routes = [
      { name: 'web', health },
      { name: 'lab', health: null },
    ];
    const one = world({ halo: () => view({ routes }) });
    assert.equal(await listRoutes(one.session, {}), 0);
    assert.deepEqual(one.printed.join('').split('\n').slice(1), [
      'halo    web    12    2026-11-22T12:00:05.000Z  Conflict: no Owner Team',
      'halo    lab    0     never',
      '',
    ]);
    const machine = world({ halo: () => view({ routes }) }, { json: true });
    await listRoutes(machine.session, {});
    assert.deepEqual(json(machine), [[{ source: 'halo', routes }]]);
  });

  it('lists how passes ended, the newest first', async () => {
    const one = world({ halo: full });
    await listPasses(one.session, {});
    assert.match(one.printed.join(''), /r2 [^]*running: [^]*r1 [^]*done: /);
  });

  it('shows how each source stands', async () => {
    const one = world(
      { halo: full, other: () => view({ source: 'other', watermark: null }) },
      { sources: ['halo', 'other'] },
    );
    assert.equal(await showStatus(one.session, {}), 0);
    assert.deepEqual(one.printed.join('').split('\n'), [
      'halo: synced up to 2026-11-22T11:30:00.000Z',
      '  now      running: pass, resolved, 3 pages: 40 listed, 2 created',
      '  waiting  2 requests',
      '  last     2026-11-22T12:00:05.000Z done: pass, 3 pages: 40 listed, 2 created',
      '  parked   1: lockkeeper findings list --parked',
      'other: nothing was synced whole yet',
      '  now      waits for the next pass',
      '',
    ]);
  });

  it('says so when there is nothing', async () => {
    const one = world({ halo: () => view() });
    await listParked(one.session, {});
    await listPasses(one.session, {});
    assert.equal(one.printed.join(''), 'Nothing is parked.\nNo pass has run yet.\n');
  });

  it('ends with 3 before the first pass, and with 4 while no worker answers', async () => {
    await assert.rejects(showStatus(world().session, {}), fails(3, /no pass of halo has ever run/));
    const silent = () => {
      throw new Error('no worker');
    };
    await assert.rejects(listParked(world({ halo: silent }).session, {}), fails(4, /no worker answers/));
  });
});

describe('lockkeeper findings retry', () => {
  for (const [what, ids] of [
    ['all', []],
    ['a named one', ['f1']],
  ] as const)
    it(`has ${what} tried again`, async () => {
      const one = world({ halo: () => view({ parked }) });
      assert.equal(await retryFindings(one.session, ids, {}), 0);
      assert.deepEqual(one.signalled, [
        { workflowId: 'halo-sync:halo', name: 'retryParked', payload: { ids } },
      ]);
      assert.match(one.printed.join(''), /^1 of halo will be tried/);
    });

  it('does nothing when nothing is parked', async () => {
    const one = world({ halo: () => view() });
    assert.equal(await retryFindings(one.session, [], {}), 0);
    assert.deepEqual([one.signalled, one.printed], [[], ['Nothing of halo is parked.\n']]);
  });

  it('ends with 3 for what is not parked', () =>
    assert.rejects(
      retryFindings(world({ halo: () => view({ parked }) }).session, ['f9'], {}),
      fails(3, /not parked: f9/),
    ));
});
