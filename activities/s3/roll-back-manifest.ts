import { createFailure } from '../../workflows/shared/failures.ts';
import type { CallContext } from '../sts/aws-call.ts';
import type { Bucket } from './bucket.ts';
import { installerKey, manifestKey } from './keys.ts';
import { mergeRollback, type Rollback } from './merge-rollback.ts';
import type { StoredManifest } from './manifest-store.ts';
import type { ManifestMerge } from './merge-manifest.ts';
import type { PublishedVersion } from './schema.ts';
import { digestIfThere, digestVersion, headObject, urlOf } from './stored-object.ts';
import { updateManifest, type ManifestResult } from './update-manifest.ts';

/** See S3Port.rollBackManifest: docs/decisions/0020-rollback-is-a-new-entry.md. */
export async function rollBackManifest(
  bucket: Bucket,
  rollback: Rollback,
  fence: number,
  call: CallContext,
): Promise<Omit<ManifestResult, 'previousVersion'>> {
  let checked: string | undefined;
  const merge = async (stored: StoredManifest): Promise<ManifestMerge> => {
    const merged = mergeRollback(requireManifest(bucket, rollback, stored), rollback, fence);
    if (merged.outcome === 'other-version') throw otherVersion(bucket, rollback, merged.found);
    if (merged.outcome === 'unknown-version') throw unknownVersion(bucket, rollback, merged.why);
    if (merged.outcome === 'write' && checked !== merged.target.s3_version_id) {
      await requireBytes(bucket, merged.target, call);
      checked = merged.target.s3_version_id;
    }
    return merged;
  };
  const { outcome, manifestVersionId } = await updateManifest(bucket, fence, merge, call);
  return { outcome, manifestVersionId };
}

function requireManifest(bucket: Bucket, rollback: Rollback, stored: StoredManifest) {
  if (stored.state === 'present') return stored.document;
  const why = stored.state === 'absent' ? 'there is no manifest' : 'the manifest cannot be read: repair it';
  throw unknownVersion(bucket, rollback, why);
}

/** Both what the entry names and what readers of the plain key would get must be the bytes that were published. */
async function requireBytes(bucket: Bucket, target: PublishedVersion, call: CallContext): Promise<void> {
  const key = installerKey(target.version);
  const newest = await headObject(bucket, key, call);
  const named = await digestIfThere(bucket, { key, versionId: target.s3_version_id }, newest, call);
  requireSame(bucket, target, `version ${target.s3_version_id}`, named);
  if (newest?.versionId === target.s3_version_id) return;
  const there = newest && (await digestVersion(bucket, { key, versionId: newest.versionId }, call));
  requireSame(bucket, target, 'the newest version', there);
}

function requireSame(
  bucket: Bucket,
  target: PublishedVersion,
  which: string,
  found: { readonly sha256: string; readonly size: number } | undefined,
): void {
  if (found?.sha256 === target.sha256 && found.size === target.size) return;
  const url = urlOf(bucket, installerKey(target.version));
  throw createFailure(
    'PolicyViolation',
    found
      ? `${url}: the bytes of ${which} are not those that were published as ${target.version}: nothing is rolled back to them`
      : `${url}: ${which} is gone: ${target.version} cannot be rolled back to`,
    { details: { system: 's3', expected: target.sha256, found: found?.sha256 ?? 'nothing' } },
  );
}

function otherVersion(bucket: Bucket, { fromVersion }: Rollback, found: string | null) {
  return createFailure(
    'Conflict',
    `${urlOf(bucket, manifestKey)} does not name ${fromVersion} any more: it is left alone`,
    { details: { system: 's3', expected: fromVersion, found: (found ?? 'no version').slice(0, 100) } },
  );
}

function unknownVersion(bucket: Bucket, { toVersion }: Rollback, why: string) {
  return createFailure(
    'PolicyViolation',
    `${toVersion} cannot be rolled back to in ${urlOf(bucket, manifestKey)}: ${why}`,
    { details: { system: 's3', expected: toVersion, found: why } },
  );
}
