import { failureType } from '../../workflows/shared/failures.ts';
import type { Publication } from '../jira/port.ts';
import type { CallContext } from '../sts/aws-call.ts';
import type { Bucket } from './bucket.ts';
import { installerKey, manifestKey } from './keys.ts';
import type { ManifestDocument } from './manifest.ts';
import { readManifest, type StoredManifest } from './manifest-store.ts';
import { digestIfThere, headObject, urlOf } from './stored-object.ts';

/** Differences are read by people, in a ticket: external texts are cut. */
const most = { fields: 10, characters: 100 };

/** See S3Port.findDrift. Only reads: it may be repeated at any time. */
export async function findDrift(
  bucket: Bucket,
  recorded: Publication,
  call: CallContext,
): Promise<readonly string[]> {
  const stored = await readIfBucket(bucket, call);
  if (!stored) return [`bucket ${bucket.name} does not exist`];
  return [
    ...(await compareManifest(bucket, recorded, stored, call)),
    ...(await compareObject(bucket, recorded, call)),
  ];
}

async function readIfBucket(bucket: Bucket, call: CallContext): Promise<StoredManifest | undefined> {
  try {
    return await readManifest(bucket, call);
  } catch (error) {
    // a missing manifest is an answer, so that only the bucket can be what was not found
    if (failureType(error) === 'NotFound') return undefined;
    throw error;
  }
}

async function compareManifest(
  bucket: Bucket,
  recorded: Publication,
  stored: StoredManifest,
  call: CallContext,
): Promise<string[]> {
  const url = urlOf(bucket, manifestKey);
  const { manifestVersionId } = recorded;
  if (stored.state === 'present' && stored.versionId === manifestVersionId)
    return compareEntry(url, recorded, stored.document);
  const ours = await readOurs(bucket, manifestVersionId, call);
  const kept = describeOurs(manifestVersionId, ours);
  if (stored.state === 'absent') return [`${url} was deleted: ${kept}`];
  const newest = `its newest version is ${stored.versionId ?? 'without an id'}, ${kept}`;
  if (stored.state === 'unreadable')
    return [`${url} was overwritten by something that is no manifest: ${newest}`];
  const edited = ours ? describeFields(ours, stored.document) : 'nobody can tell what was changed';
  return [
    `${url} was written by somebody else: ${edited}; ${newest}`,
    ...compareEntry(url, recorded, stored.document),
  ];
}

function compareEntry(url: string, recorded: Publication, found: ManifestDocument): string[] {
  const wanted = {
    version: recorded.version,
    sha256: recorded.sha256,
    s3_version_id: recorded.s3VersionId,
  };
  return Object.entries(wanted)
    .filter(([field, value]) => found[field] !== value)
    .map(([field, value]) => `${url}: ${field} is ${show(found[field])}, we wrote ${value}`);
}

/** Only names what differs, so that a manifest that became huge stays one line. */
function describeFields(ours: ManifestDocument, found: ManifestDocument): string {
  const names = new Set([...Object.keys(ours), ...Object.keys(found)]);
  const differing = [...names].filter((name) => JSON.stringify(ours[name]) !== JSON.stringify(found[name]));
  if (differing.length === 0) return 'the same fields';
  const more = differing.length > most.fields ? ` and ${differing.length - most.fields} more` : '';
  return `changed ${differing.slice(0, most.fields).map(show).join(', ')}${more}`;
}

async function compareObject(bucket: Bucket, recorded: Publication, call: CallContext): Promise<string[]> {
  const { version, s3VersionId: versionId, sha256 } = recorded;
  const key = installerKey(version);
  const url = urlOf(bucket, key);
  const newest = await headObject(bucket, key, call);
  const found = await digestIfThere(bucket, { key, versionId }, newest, call);
  const kept = describeOurs(versionId, found);
  const differences: string[] = [];
  if (!newest) differences.push(`${url} was deleted: ${kept}`);
  else if (newest.versionId !== versionId)
    differences.push(`${url} was overwritten: its newest version is ${newest.versionId}, ${kept}`);
  if (found && found.sha256 !== sha256)
    differences.push(
      `${url}: the bytes of version ${versionId} have SHA-256 ${found.sha256}, we wrote ${sha256}`,
    );
  return differences;
}

/** For whoever repairs it: a version that is still there can be brought back. */
function describeOurs(versionId: string, found: object | undefined): string {
  return `ours (${versionId}) is ${found ? 'still there' : 'gone'}`;
}

/** Undefined when it is gone, also where S3 says 403 of a version that is not there. */
async function readOurs(
  bucket: Bucket,
  versionId: string,
  call: CallContext,
): Promise<ManifestDocument | undefined> {
  try {
    const stored = await readManifest(bucket, call, versionId);
    return stored.state === 'unreadable' ? undefined : stored.document;
  } catch (error) {
    if (['NotFound', 'PermissionDenied'].includes(failureType(error))) return undefined;
    throw error;
  }
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.slice(0, most.characters);
}
