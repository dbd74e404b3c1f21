import { controlOf } from '../sandbox/drive/control.ts';
import { haloPerson } from '../sandbox/drive/halo-person.ts';
import { runPass } from '../scripts/run-pass.ts';
import type { PassKind, PassReport } from '../workflows/halo-sync/messages.ts';
import { haloSyncId } from '../workflows/shared/names.ts';
import { residentMb, watchResidentMb } from './approval-process.ts';
import { startBenchStack, type BenchStack, type Log } from './bench-stack.ts';
import { toFigure, type Figure } from './figure.ts';
import type { Measured } from './report.ts';

const latencyMs = 20;
const small = 1_000;
const created = 10_000;
const changes = { changed: 20, resolved: 15 };
/** Ten times what the old tool reached (12 to 16 a second). */
const fewestPerSecond = 160;
const mostMb = 400;
/** As docker-compose.temporal.yml starts the worker of this queue: without a bound V8 collects too late. */
const nodeArgs = ['--max-old-space-size=256'];

interface Pass {
  readonly report: PassReport;
  readonly seconds: number;
  readonly calls: number;
  readonly writes: number;
}

/** `npm run bench -- halo`: calls, writes and time of passes over 1,000, 10,000 and many findings. */
export async function benchHalo({ findings, log }: { findings: number; log: Log }): Promise<Measured> {
  const stack = await startBenchStack(log, {
    halo: { haloCallsPerSecond: 10_000, jiraCallsPerSecond: 1_000, indexLagSeconds: 1, flood: undefined },
  });
  const halo = haloPerson(stack.endpoints);
  const jira = controlOf(stack.endpoints.jira, stack.endpoints.control);
  const { halo: worker } = await stack.splitQueues({ halo: nodeArgs });
  const memory = watchResidentMb(worker.pid ?? 0);
  try {
    // neither webhooks nor remembered requests are measured here
    await jira.post('webhooks', { on: false });
    await Promise.all([halo.keepLog(0), jira.post('log', { keep: 0 })]);
    const setLatency = (ms: number) => Promise.all([halo.latency(ms), jira.latency(ms)]);
    const pass = (kind: PassKind) => measurePass(stack, halo, kind, log);

    await halo.seed({ count: small, seed: 1, types: { sva: 1, csm: 1, fim: 1, lids: 1 } });
    await setLatency(latencyMs);
    log(`worker of the queue, idle: ${residentMb(worker.pid ?? 0).toFixed(0)} MB`);
    const first = await pass('pass');
    const quiet = await pass('reconcile');
    await halo.change({ first: changes.changed });
    await halo.resolve({ first: changes.resolved, skip: changes.changed });
    const changed = await pass('pass');

    await halo.seed({ count: created, seed: 2, types: { sva: 1, csm: 1, fim: 1, lids: 1 } });
    const many = await pass('backfill');
    const afterMany = memory.highest();

    await setLatency(0);
    const rest = findings - small - created;
    if (rest > 0) await halo.seed({ count: rest, seed: 3, types: { sva: 1, csm: 1, fim: 1, lids: 1 } });
    if (rest > 0) log(`filling up to ${findings} findings`);
    if (rest > 0) await pass('backfill');
    await setLatency(latencyMs);
    memory.restart();
    const all = await pass('reconcile');
    const events = await longestHistory(stack);
    return {
      figures: [
        ...ofCreation(first, many, afterMany),
        ...ofQuiet(quiet),
        ...ofChanges(changed),
        ...ofMany(all, memory.highest(), events),
      ],
      notes: [
        `each answer ${latencyMs} ms late; calls and writes counted by the sandboxes of Halo and Jira`,
        'reconcile: every finding is listed and looked up, then every open ticket is compared with the list',
        `memory: the worker of the queue halo alone, started with ${nodeArgs.join(' ')}`,
        'the first pass has the asset, the newest finding and the CVEs of each finding in its ticket',
      ],
    };
  } finally {
    memory.stop();
    await stack.stop();
  }
}

async function measurePass(
  stack: BenchStack,
  halo: ReturnType<typeof haloPerson>,
  kind: PassKind,
  log: Log,
): Promise<Pass> {
  const jira = controlOf(stack.endpoints.jira, stack.endpoints.control);
  const count = async () => {
    const [ofHalo, ofJira] = await Promise.all([halo.calls(), jira.calls()]);
    const writes = Object.entries(ofJira.byKind).filter(([name]) => isWrite(name));
    return {
      calls: ofHalo.total + ofJira.total,
      writes: writes.reduce((sum, [, calls]) => sum + calls, 0),
    };
  };
  const before = await count();
  const began = performance.now();
  const { temporal: client, config } = stack;
  const report = await runPass({ client, config }, { kind, withinMs: 900_000 });
  const seconds = (performance.now() - began) / 1000;
  const after = await count();
  if (report.state !== 'done' || report.counts.parked > 0)
    throw new Error(`${kind}: ${report.state}, ${report.counts.parked} parked: ${report.error ?? ''}`);
  const pass = { report, seconds, calls: after.calls - before.calls, writes: after.writes - before.writes };
  log(
    `${kind}: ${report.counts.listed} listed, ${report.counts.created} created in ${seconds.toFixed(1)} s, ${pass.calls} calls, ${pass.writes} writes`,
  );
  return pass;
}

/** Searches are POSTs that write nothing. */
function isWrite(kind: string): boolean {
  return /^(?:POST|PUT|DELETE) /.test(kind) && !/\/search\/|\/bulkfetch/.test(kind);
}

function ofCreation(first: Pass, many: Pass, mb: number): Figure[] {
  return [
    toFigure('calls per finding, created', 'count', [first.calls / first.report.counts.created], {
      ...{ of: 'max', is: '<=', value: 3.2 },
    }),
    toFigure(
      `findings created per second (${many.report.counts.created})`,
      'count',
      [many.report.counts.created / many.seconds],
      { of: 'min', is: '>=', value: fewestPerSecond },
    ),
    toFigure('  worker memory at most', 'MB', [mb], { of: 'max', is: '<', value: mostMb }),
  ];
}

function ofQuiet({ calls, writes, report }: Pass): Figure[] {
  return [
    toFigure('calls per finding, nothing changed', 'count', [calls / report.counts.listed], {
      ...{ of: 'max', is: '<=', value: 0.05 },
    }),
    toFigure('  writes', 'count', [writes], { of: 'max', is: '<=', value: 0 }),
  ];
}

function ofChanges({ calls, writes, seconds }: Pass): Figure[] {
  const wanted = changes.changed + changes.resolved;
  return [
    toFigure(`${wanted} real changes among ${small}`, 's', [seconds], { of: 'max', is: '<', value: 5 }),
    toFigure('  calls', 'count', [calls], { of: 'max', is: '<=', value: 130 }),
    toFigure('  writes', 'count', [writes], { of: 'max', is: '<=', value: wanted }),
  ];
}

function ofMany({ report, seconds, writes, calls }: Pass, mb: number, events: number): Figure[] {
  return [
    toFigure(`${report.counts.listed} findings, nothing changed`, 's', [seconds], {
      ...{ of: 'max', is: '<', value: 90 },
    }),
    toFigure('  calls per finding', 'count', [calls / report.counts.listed]),
    toFigure('  writes', 'count', [writes], { of: 'max', is: '<=', value: 0 }),
    toFigure('  worker memory at most', 'MB', [mb], { of: 'max', is: '<', value: mostMb }),
    toFigure('  longest history', 'events', [events], { of: 'max', is: '<=', value: 10_000 }),
  ];
}

async function longestHistory({ temporal }: BenchStack): Promise<number> {
  let longest = 0;
  for await (const run of temporal.workflow.list({ query: `WorkflowId = "${haloSyncId('halo')}"` }))
    longest = Math.max(longest, run.historyLength);
  return longest;
}
