import { isRecord } from '../../workflows/shared/guards.ts';
import { fenceOf, historyOf, versionOf, withEntry, type ManifestDocument } from './manifest.ts';
import type { ManifestEntry } from './port.ts';

/** Why nothing is to be written. */
export type ManifestStop =
  | { readonly outcome: 'already-published'; readonly previousVersion: string | null }
  /** The request that allows our entry has served another run. */
  | { readonly outcome: 'consumed'; readonly requestId: string; readonly by: string }
  | { readonly outcome: 'fenced'; readonly fence: number };

export type ManifestMerge =
  | {
      readonly outcome: 'write';
      readonly document: ManifestDocument;
      readonly previousVersion: string | null;
    }
  | ManifestStop;

/**
 * @param existing undefined when there is no manifest
 * @param fence the turn's token: a manifest with a larger one was written by a later turn
 */
export function mergeManifest(
  existing: ManifestDocument | undefined,
  entry: ManifestEntry,
  fence: number,
): ManifestMerge {
  const stop = findStop(existing, entry, fence);
  if (stop) return stop;
  const previousVersion = versionOf(existing);
  if (previousVersion === entry.version && existing?.['sha256'] === entry.sha256)
    return { outcome: 'already-published', previousVersion };
  return { outcome: 'write', document: withEntry(existing, entry, fence), previousVersion };
}

/** What stops any entry, whatever it says. An approval serves one entry of one run: a reset run is a second consumer. */
export function findStop(
  existing: ManifestDocument | undefined,
  entry: Pick<ManifestEntry, 'entry_id' | 'run_id' | 'approval'>,
  fence: number,
): ManifestStop | undefined {
  const history = historyOf(existing);
  const consumer = findConsumer(history, entry);
  if (consumer) return consumer;
  const ours = history.findIndex((one) => one['entry_id'] === entry.entry_id);
  if (ours >= 0) return { outcome: 'already-published', previousVersion: versionOf(history[ours - 1]) };
  return fenceOf(existing) > fence ? { outcome: 'fenced', fence: fenceOf(existing) } : undefined;
}

function findConsumer(
  history: readonly ManifestDocument[],
  { entry_id, run_id, approval }: Pick<ManifestEntry, 'entry_id' | 'run_id' | 'approval'>,
): ManifestStop | undefined {
  if (!approval) return undefined;
  const consumer = history.find(
    (one) =>
      requestOf(one) === approval.request_id && (one['run_id'] !== run_id || one['entry_id'] !== entry_id),
  );
  if (!consumer) return undefined;
  const by = typeof consumer['run_id'] === 'string' ? consumer['run_id'].slice(0, 100) : 'unknown';
  return { outcome: 'consumed', requestId: approval.request_id, by };
}

function requestOf(entry: ManifestDocument): unknown {
  const approval = entry['approval'];
  return isRecord(approval) ? approval['request_id'] : undefined;
}
