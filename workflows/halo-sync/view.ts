import { createFailure } from '../shared/failures.ts';
import { isRecord } from '../shared/guards.ts';
import {
  countNames,
  type FindingPolicy,
  type HaloSyncState,
  type HaloSyncView,
  type PassReport,
} from './messages.ts';
import { emptyState } from './pass.ts';
import { routesOf } from './route-health.ts';

export function toView(
  { source, routes }: Pick<FindingPolicy, 'source' | 'routes'>,
  state: HaloSyncState,
): HaloSyncView {
  const { watermark, running, waiting, reports, parked } = state;
  return {
    ...{ source, watermark, running: running?.report ?? null, waiting: waiting.length, reports, parked },
    routes: routesOf(state.routes, { routes }),
  };
}

/** One line with the numbers of a pass, such as `reconcile, resolved, 12 pages: 3400 listed, 35 created`. */
export function toNote({ kind, stage, pages, counts }: PassReport): string {
  const numbers = countNames.filter((name) => counts[name] > 0).map((name) => `${counts[name]} ${name}`);
  const head = [kind, ...(stage ? [stage] : []), `${pages} page${pages === 1 ? '' : 's'}`].join(', ');
  return numbers.length === 0 ? head : `${head}: ${numbers.join(', ')}`;
}

/** What the run before has left. @throws InvalidInput when it is nothing of our predecessor's: a lost watermark would show nowhere else */
export function readCarried(carried: unknown): HaloSyncState {
  if (carried === undefined) return emptyState;
  const isOurs =
    isRecord(carried) &&
    ['waiting', 'recent', 'parked', 'reports'].every((field) => Array.isArray(carried[field])) &&
    ['watermark', 'dropSeenBefore'].every((field) => isTextOrNull(carried[field])) &&
    (carried['running'] === null || isRecord(carried['running']));
  if (!isOurs) throw createFailure('InvalidInput', 'haloSync: carried is malformed');
  return carried as unknown as HaloSyncState;
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}
