import type { CallContext } from '../sts/aws-call.ts';
import type { Bucket } from './bucket.ts';
import { versionOf, versionsOf, type ManifestDocument } from './manifest.ts';
import { readManifest } from './manifest-store.ts';
import type { AccountState, ManifestEntry } from './port.ts';
import { ManifestEntry as Entry } from './schema.ts';

/** The answer becomes part of a workflow's history: the newest of a long list, and of long texts the beginning. */
const most = { versions: 500, characters: 100 };

/** See S3Port.readAccount. */
export async function readAccount(account: string, bucket: Bucket, call: CallContext): Promise<AccountState> {
  const stored = await readManifest(bucket, call);
  const nothing = { account, version: null, versions: [], entry: null };
  if (stored.state === 'absent') return { ...nothing, manifest: 'absent', manifestVersionId: null };
  const manifestVersionId = stored.versionId ?? null;
  if (stored.state === 'unreadable') return { ...nothing, manifest: 'unreadable', manifestVersionId };
  const { document } = stored;
  const version = versionOf(document)?.slice(0, most.characters) ?? null;
  const versions = versionsOf(document)
    .slice(-most.versions)
    .map((one) => one.slice(0, most.characters));
  const entry = version === null ? null : toKnownFields(document);
  return { account, manifest: 'present', version, versions, entry, manifestVersionId };
}

/** What strangers wrote into our fields is left out unless it has our form, and so our bounds. */
function toKnownFields(document: ManifestDocument): Partial<ManifestEntry> {
  const fields = Object.entries(Entry.shape).flatMap(([name, form]) => {
    const parsed = form.safeParse(document[name]);
    return parsed.success ? [[name, parsed.data]] : [];
  });
  return Object.fromEntries(fields) as Partial<ManifestEntry>;
}
