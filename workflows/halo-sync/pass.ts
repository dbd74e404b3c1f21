import { noCounts, sumCounts } from './counts.ts';
import type {
  FindingPolicy,
  FloodChoice,
  HaloSyncState,
  PageInput,
  PageResult,
  PassKind,
  PassReport,
  RunningPass,
} from './messages.ts';
import { nextParked, withParked } from './parked.ts';
import { withRecent } from './recent.ts';
import { withRoutes } from './route-health.ts';
import { endJoined, startJoined, withReport } from './reports.ts';

/** The steps of one pass as pure functions of the state: the workflow only calls, waits and asks. */

type Stage = PageInput['stage'];

const stagesOf: Readonly<Record<PassKind, readonly Stage[]>> = {
  pass: ['active', 'resolved', 'parked'],
  reconcile: ['active', 'resolved', 'missing', 'parked'],
  backfill: ['active', 'resolved', 'parked'],
  remind: ['due'],
};

export const emptyState: HaloSyncState = {
  watermark: null,
  waiting: [],
  running: null,
  recent: [],
  parked: [],
  dropSeenBefore: null,
  reports: [],
};

/** The oldest request that waits begins; everything a broken pass has left is read again, from the watermark. */
export function startPass(state: HaloSyncState, policy: FindingPolicy, nowMs: number): HaloSyncState {
  const [request, ...waiting] = state.waiting;
  if (!request || state.running) return state;
  const [stage = 'active'] = stagesOf[request.kind];
  const report: PassReport = {
    ...{ requestId: request.requestId, kind: request.kind, state: 'running', stage },
    ...{ pages: 0, counts: noCounts, startedAt: toIso(nowMs), endedAt: null, error: null },
  };
  const running: RunningPass = {
    ...{ request, report, since: sinceOf(request, state.watermark, policy) },
    ...{ stage, cursor: null, newestChange: null, createdSoFar: 0, flood: null },
  };
  return { ...state, waiting, running, reports: startJoined(state.reports, request.kind) };
}

function sinceOf(
  { kind, since }: RunningPass['request'],
  watermark: string | null,
  { overlapMinutes }: FindingPolicy,
): string | null {
  if (kind === 'reconcile' || kind === 'remind') return null;
  if (kind === 'backfill') return since;
  return watermark === null ? null : minutesBefore(watermark, overlapMinutes);
}

/** @returns null: nothing is left to be done in this pass */
export function nextPage(state: HaloSyncState, policy: FindingPolicy): PageInput | null {
  const { running, recent, dropSeenBefore } = state;
  if (!running) return null;
  const { stage, request, cursor, flood, createdSoFar } = running;
  const isParked = stage === 'parked';
  const ids = isParked ? nextParked(state.parked, running) : [];
  if (isParked && ids.length === 0) return null;
  const limit = flood === null ? (policy.flood?.limit ?? null) : null;
  return {
    policy,
    requestId: request.requestId,
    kind: request.kind,
    stage,
    since: sinceOfStage(running, policy),
    // the parked ones have no cursor of the source: ours is the last id that was tried
    cursor: isParked ? null : cursor,
    recent,
    mayCreate: limit === null ? null : Math.max(0, limit - createdSoFar),
    flood,
    // by a backfill a person asks for what was dropped once; it may be a flood again, and is asked about
    dropSeenBefore: request.kind === 'backfill' && flood !== 'drop' ? null : dropSeenBefore,
    ...(isParked ? { ids } : {}),
    dryRun: false,
  };
}

/** What resolved too lately to be closed comes back when its time is over. */
function sinceOfStage({ request, stage, since }: RunningPass, { closeAfterMinutes }: FindingPolicy) {
  const isDamped = request.kind === 'pass' && stage === 'resolved' && since !== null;
  return isDamped ? minutesBefore(since, closeAfterMinutes) : since;
}

export function afterPage(
  state: HaloSyncState,
  page: PageInput,
  result: PageResult,
  nowMs: number,
): HaloSyncState {
  const { running } = state;
  if (!running) return state;
  const { parked, overflow } = withParked(state.parked, result, toIso(nowMs));
  const { report } = running;
  const { created, createdClosed } = result.counts;
  const next: RunningPass = {
    ...running,
    ...placeAfter(running, page, result),
    newestChange: later(running.newestChange, result.newestChange),
    createdSoFar: running.createdSoFar + created + createdClosed,
  };
  return {
    ...state,
    parked,
    recent: withRecent(state.recent, result.created, page.policy, nowMs),
    routes: withRoutes(
      state.routes,
      { routes: result.routes, requestId: report.requestId, now: toIso(nowMs) },
      page.policy,
    ),
    running: {
      ...next,
      report: {
        ...report,
        stage: next.stage,
        pages: report.pages + 1,
        counts: sumCounts(report.counts, result.counts),
        error: overflow ? tooManyParked : report.error,
      },
    },
  };
}

const tooManyParked =
  'more than 1,000 findings cannot be written: the watermark stays where it is until they are fewer';

/** Where the pass goes on; after a flood at the page that has not been written. */
function placeAfter(
  { request, stage, cursor }: RunningPass,
  { ids }: PageInput,
  result: PageResult,
): Pick<RunningPass, 'stage' | 'cursor'> {
  if (result.flooded > 0) return { stage, cursor: stage === 'parked' ? cursor : result.cursor };
  if (stage === 'parked') return { stage, cursor: ids?.at(-1) ?? cursor };
  if (result.cursor !== null) return { stage, cursor: result.cursor };
  const stages = stagesOf[request.kind];
  return { stage: stages[stages.indexOf(stage) + 1] ?? 'parked', cursor: null };
}

/** People are asked what to do with a flood. */
export function askAboutFlood(state: HaloSyncState): HaloSyncState {
  return withState(state, 'asking');
}

/** @param choice null: nobody has decided yet, the page comes again and with it the question */
export function afterAsking(state: HaloSyncState, choice: FloodChoice | null, nowMs: number): HaloSyncState {
  const { running, dropSeenBefore } = withState(state, 'running');
  return {
    ...state,
    running: running && { ...running, flood: choice },
    dropSeenBefore: choice === 'drop' ? toIso(nowMs) : dropSeenBefore,
  };
}

function withState(state: HaloSyncState, now: PassReport['state']): HaloSyncState {
  const { running } = state;
  return running ? { ...state, running: { ...running, report: { ...running.report, state: now } } } : state;
}

/** The pass ran to its end: every finding was written or parked. */
export function finishPass(state: HaloSyncState, nowMs: number): HaloSyncState {
  const { running } = state;
  if (!running) return state;
  const isWhole = running.report.error === null;
  return endPass(
    isWhole ? { ...state, watermark: watermarkAfter(state.watermark, running) } : state,
    { state: isWhole ? 'done' : 'failed', stage: null },
    nowMs,
  );
}

/** The watermark stays: the next pass reads everything since then again. */
export function failPass(state: HaloSyncState, reason: string, nowMs: number): HaloSyncState {
  return endPass(state, { state: 'failed', error: reason.replace(/\s+/g, ' ').slice(0, 500) }, nowMs);
}

function endPass(state: HaloSyncState, end: Partial<PassReport>, nowMs: number): HaloSyncState {
  if (!state.running) return state;
  const report: PassReport = { ...state.running.report, ...end, endedAt: toIso(nowMs) };
  return { ...state, running: null, reports: withReport(endJoined(state.reports, report), report) };
}

/**
 * The newest change that was read, but not beyond the start of the pass: what changed meanwhile may have been on a page that was
 * read already. A backfill moves it only when it began no later than the watermark: else it leaves a gap.
 */
function watermarkAfter(watermark: string | null, running: RunningPass): string | null {
  const { since, newestChange, report } = running;
  const leavesGap = since !== null && (watermark === null || Date.parse(since) > Date.parse(watermark));
  if (leavesGap || newestChange === null) return watermark;
  return later(watermark, earlier(newestChange, report.startedAt ?? newestChange));
}

/** An instant that is none never wins. */
function later(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? (isInstant(other) ? other : null);
  return Date.parse(other) > Date.parse(one) ? other : one;
}

function earlier(one: string, other: string): string {
  return Date.parse(other) < Date.parse(one) ? other : one;
}

function isInstant(text: string | null): boolean {
  return text !== null && !Number.isNaN(Date.parse(text));
}

function minutesBefore(at: string, minutes: number): string {
  return toIso(Date.parse(at) - minutes * 60_000);
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
