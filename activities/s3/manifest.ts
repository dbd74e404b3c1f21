import { isRecord } from '../../workflows/shared/guards.ts';
import type { ManifestEntry } from './port.ts';

/** A manifest as found: ours, a stranger's, or a mixture. */
export type ManifestDocument = Readonly<Record<string, unknown>>;

const schemaVersion = 1;

/**
 * Makes an entry the current one: its fields at the top level (P-55), itself at the end of `history` (P-56). What strangers
 * wrote, fields and history entries alike, stays; deploy/aws/manifest.schema.json describes the result.
 */
export function withEntry(
  existing: ManifestDocument | undefined,
  entry: ManifestEntry,
  fence: number,
): ManifestDocument {
  return {
    ...entry,
    schema_version: schemaVersion,
    fence,
    ...withoutOwnFields(existing ?? {}),
    history: [...historyOf(existing), entry],
  };
}

/** Whether this version was ever published here; a manifest of which parts were lost cannot deny it. */
export function namesVersion(manifest: ManifestDocument | undefined, version: string): boolean {
  if (manifest && Object.hasOwn(manifest, keptAsideField)) return true;
  return historyOf(manifest).some((one) => versionOf(one) === version);
}

/** Keys of manifests that could not be read and were kept; to be removed by whoever restores their history. */
export const keptAsideField = 'kept_aside';

/** @returns undefined when the bytes are no manifest: not JSON, no object, or a history that is no list of objects */
export function parseManifest(bytes: Buffer): ManifestDocument | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (!isRecord(value)) return undefined;
    const { history = [] } = value;
    return Array.isArray(history) && history.every(isRecord) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A current version that a foreign tool wrote at the top level only is history too. */
export function historyOf(manifest: ManifestDocument | undefined): readonly ManifestDocument[] {
  const history = (manifest?.['history'] ?? []) as readonly ManifestDocument[];
  const current = manifest && currentOf(manifest);
  if (!current || history.some((one) => isSameEntry(one, current))) return history;
  return [...history, current];
}

/** Versions of the history, oldest first. The current one is the last, also where somebody moved the pointer by hand. */
export function versionsOf(manifest: ManifestDocument): readonly string[] {
  const current = currentOf(manifest);
  const history = historyOf(manifest);
  const entries = current ? [...history.filter((one) => !isSameEntry(one, current)), current] : history;
  return entries.map(versionOf).filter((version) => version !== null);
}

export function versionOf(entry: ManifestDocument | undefined): string | null {
  const version = entry?.['version'];
  return typeof version === 'string' ? version : null;
}

/** 0 when nobody of ours has written it. */
export function fenceOf(manifest: ManifestDocument | undefined): number {
  const fence = manifest?.['fence'];
  return typeof fence === 'number' && Number.isSafeInteger(fence) ? fence : 0;
}

function currentOf(manifest: ManifestDocument): ManifestDocument | undefined {
  if (typeof manifest['version'] !== 'string') return undefined;
  return Object.fromEntries(Object.entries(manifest).filter(([name]) => entryFields.has(name)));
}

function isSameEntry(one: ManifestDocument, other: ManifestDocument): boolean {
  return one['version'] === other['version'] && one['uploaded_at'] === other['uploaded_at'];
}

const entryFields: ReadonlySet<string> = new Set<keyof ManifestEntry>([
  'version',
  'uploaded_at',
  'pipeline_url',
  'sha256',
  'size',
  's3_version_id',
  'ticket',
  'workflow_id',
  'entry_id',
  'run_id',
  'approval',
]);
const ownFields: ReadonlySet<string> = new Set([...entryFields, 'schema_version', 'fence', 'history']);

function withoutOwnFields(manifest: ManifestDocument): ManifestDocument {
  return Object.fromEntries(Object.entries(manifest).filter(([name]) => !ownFields.has(name)));
}
