import { toNote } from '../../workflows/halo-sync/view.ts';
import type { HaloSyncView, PassKind, PassReport } from '../../workflows/halo-sync/messages.ts';

/** What people read about passes of findings. */

const barWidth = 20;
const stageCounts: Readonly<Record<PassKind, number>> = { pass: 3, backfill: 3, reconcile: 4, remind: 2 };
const stagesInOrder = ['active', 'resolved', 'missing', 'due', 'parked'] as const;

/** `done: pass, 3 pages: 40 listed, 2 created` */
export function describePass(report: PassReport): string {
  const { state, error } = report;
  if (state === 'waiting') return `waits for the pass that runs, then goes along with another request`;
  const note = toNote(report);
  if (state === 'asking') return `asks people about many new findings (lockkeeper inbox): ${note}`;
  return error === null ? `${state}: ${note}` : `${state}: ${error} (${note})`;
}

/**
 * A bar over the stages: how many pages a stage has is known when it is done.
 * @param perSecond findings read so far by the time of the pass
 */
export function toBar(report: PassReport, perSecond: number): string {
  const { kind, stage, pages, counts } = report;
  const total = stageCounts[kind];
  const at = stage === null ? total : stagesOf(kind).indexOf(stage);
  const filled = Math.round((Math.max(0, at) / total) * barWidth);
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}]`;
  const numbers = ['listed', 'created', 'updated', 'closed', 'parked'] as const;
  const shown = numbers.map((name) => `${counts[name]} ${name}`).join('  ');
  return `${bar} ${stage ?? 'end'}  ${pages} pages  ${shown}  ${perSecond}/s`;
}

function stagesOf(kind: PassKind): readonly NonNullable<PassReport['stage']>[] {
  if (kind === 'remind') return ['due', 'parked'];
  return stagesInOrder.filter((stage) => stage !== 'due' && (stage !== 'missing' || kind === 'reconcile'));
}

/** @returns findings read in a second, since the pass began */
export function rateOf({ counts, startedAt }: PassReport, nowMs: number): number {
  const seconds = (nowMs - Date.parse(startedAt ?? '')) / 1000;
  return seconds > 0 ? Math.round(counts.listed / seconds) : 0;
}

export function passRows(views: readonly HaloSyncView[]): string[][] {
  return views.flatMap(({ source, running, reports }) =>
    [...reports, ...(running ? [running] : [])].toReversed().map((report) => {
      const { startedAt, endedAt, requestId } = report;
      return [source, requestId, startedAt ?? '', endedAt ?? '', describePass(report)];
    }),
  );
}

export function parkedRows(views: readonly HaloSyncView[]): string[][] {
  return views.flatMap(({ source, parked }) =>
    parked.map(({ findingId, since, tries, reason }) => [source, findingId, since, String(tries), reason]),
  );
}

export function routeRows(views: readonly HaloSyncView[]): string[][] {
  return views.flatMap(({ source, routes = [] }) =>
    routes.map(({ name, health }) =>
      health
        ? [source, name, String(health.matched), health.matchedAt, health.error ?? '']
        : [source, name, '0', 'never', ''],
    ),
  );
}

export function describeSource({
  source,
  watermark,
  running,
  waiting,
  parked,
  reports,
}: HaloSyncView): string[] {
  const last = reports.findLast(({ endedAt }) => endedAt !== null);
  return [
    `${source}: ${watermark === null ? 'nothing was synced whole yet' : `synced up to ${watermark}`}`,
    `  now      ${running ? describePass(running) : 'waits for the next pass'}`,
    ...(waiting > 0 ? [`  waiting  ${waiting} request${waiting === 1 ? '' : 's'}`] : []),
    ...(last ? [`  last     ${last.endedAt ?? ''} ${describePass(last)}`] : []),
    ...(parked.length > 0 ? [`  parked   ${parked.length}: lockkeeper findings list --parked`] : []),
  ];
}
