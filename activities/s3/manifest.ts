import type { ManifestEntry } from './port.ts';

/** A manifest as found: ours, a stranger's, or a mixture. */
export type ManifestDocument = Readonly<Record<string, unknown>>;

export type ManifestMerge =
  | {
      readonly outcome: 'write';
      readonly document: ManifestDocument;
      readonly previousVersion: string | null;
    }
  | { readonly outcome: 'already-published'; readonly previousVersion: string | null }
  | { readonly outcome: 'fenced'; readonly fence: number };

const schemaVersion = 1;

/**
 * Makes our entry the current one: its fields at the top level (P-55), itself at the end of `history` (P-56). What strangers
 * wrote, fields and history entries alike, stays; deploy/aws/manifest.schema.json describes the result.
 * @param existing undefined when there is no manifest
 * @param fence the turn's token: a manifest with a larger one was written by a later turn
 */
export function mergeManifest(
  existing: ManifestDocument | undefined,
  entry: ManifestEntry,
  fence: number,
): ManifestMerge {
  const history = historyOf(existing);
  const ours = history.findIndex((one) => one['entry_id'] === entry.entry_id);
  if (ours >= 0) return { outcome: 'already-published', previousVersion: versionOf(history[ours - 1]) };
  if (fenceOf(existing) > fence) return { outcome: 'fenced', fence: fenceOf(existing) };
  const previousVersion = versionOf(existing);
  if (previousVersion === entry.version && existing?.['sha256'] === entry.sha256)
    return { outcome: 'already-published', previousVersion };
  const strangers = withoutOwnFields(existing ?? {});
  const document = {
    ...entry,
    schema_version: schemaVersion,
    fence,
    ...strangers,
    history: [...history, entry],
  };
  return { outcome: 'write', document, previousVersion };
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
function historyOf(manifest: ManifestDocument | undefined): readonly ManifestDocument[] {
  const history = (manifest?.['history'] ?? []) as readonly ManifestDocument[];
  const current = manifest && currentOf(manifest);
  if (!current || history.some((one) => isSameEntry(one, current))) return history;
  return [...history, current];
}

function currentOf(manifest: ManifestDocument): ManifestDocument | undefined {
  if (typeof manifest['version'] !== 'string') return undefined;
  return Object.fromEntries(Object.entries(manifest).filter(([name]) => entryFields.has(name)));
}

function isSameEntry(one: ManifestDocument, other: ManifestDocument): boolean {
  return one['version'] === other['version'] && one['uploaded_at'] === other['uploaded_at'];
}

function versionOf(entry: ManifestDocument | undefined): string | null {
  const version = entry?.['version'];
  return typeof version === 'string' ? version : null;
}

function fenceOf(manifest: ManifestDocument | undefined): number {
  const fence = manifest?.['fence'];
  return typeof fence === 'number' && Number.isSafeInteger(fence) ? fence : 0;
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
]);
const ownFields: ReadonlySet<string> = new Set([...entryFields, 'schema_version', 'fence', 'history']);

function withoutOwnFields(manifest: ManifestDocument): ManifestDocument {
  return Object.fromEntries(Object.entries(manifest).filter(([name]) => !ownFields.has(name)));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
