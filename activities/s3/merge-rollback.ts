import { historyOf, versionOf, withEntry, type ManifestDocument } from './manifest.ts';
import { findStop, type ManifestStop } from './merge-manifest.ts';
import type { ManifestEntry } from './port.ts';
import { PublishedVersion } from './schema.ts';

export interface Rollback {
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly entry: Pick<
    ManifestEntry,
    'uploaded_at' | 'ticket' | 'workflow_id' | 'entry_id' | 'run_id' | 'approval'
  >;
}

export type RollbackMerge =
  | {
      readonly outcome: 'write';
      readonly document: ManifestDocument;
      readonly previousVersion: string;
      /** Whose bytes have to be there before it is written. */
      readonly target: PublishedVersion;
    }
  | ManifestStop
  | { readonly outcome: 'other-version'; readonly found: string | null }
  | { readonly outcome: 'unknown-version'; readonly why: string };

/** The pointer goes back by an entry of its own: what was published when, and what was taken back by whom, both stay. */
export function mergeRollback(
  existing: ManifestDocument,
  { fromVersion, toVersion, entry }: Rollback,
  fence: number,
): RollbackMerge {
  const stop = findStop(existing, entry, fence);
  if (stop) return stop;
  const found = versionOf(existing);
  if (found !== fromVersion) return { outcome: 'other-version', found };
  const named = historyOf(existing).filter((one) => versionOf(one) === toVersion);
  if (named.length === 0) return { outcome: 'unknown-version', why: 'its history does not name it' };
  const target = named.flatMap(toPublished).at(-1);
  if (!target) return { outcome: 'unknown-version', why: 'its history does not say which object it was' };
  const document = withEntry(existing, toEntry(target, entry), fence);
  return { outcome: 'write', document, previousVersion: fromVersion, target };
}

function toPublished(entry: ManifestDocument): PublishedVersion[] {
  const parsed = PublishedVersion.safeParse(entry);
  return parsed.success ? [parsed.data] : [];
}

/** Field by field: nothing else that stood in either becomes part of the manifest. */
function toEntry(target: PublishedVersion, entry: Rollback['entry']): ManifestEntry {
  return {
    version: target.version,
    uploaded_at: entry.uploaded_at,
    pipeline_url: target.pipeline_url,
    sha256: target.sha256,
    size: target.size,
    s3_version_id: target.s3_version_id,
    ticket: entry.ticket,
    workflow_id: entry.workflow_id,
    entry_id: entry.entry_id,
    run_id: entry.run_id,
    approval: entry.approval,
  };
}
