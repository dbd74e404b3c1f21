import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Principal } from '../../support/aws.ts';

export type Account = 'soc' | 'test' | 'prod-a' | 'prod-b';
export type Call = (s3: S3Client, bucket: string, version: string) => Promise<unknown>;

export const installer = 'agent/v1.0.0/agent-installer.sh';
export const get =
  (Key: string): Call =>
  (s3, Bucket) =>
    s3.send(new GetObjectCommand({ Bucket, Key }));
const getVersion: Call = (s3, Bucket, VersionId) =>
  s3.send(new GetObjectCommand({ Bucket, Key: installer, VersionId }));
const head =
  (Key: string): Call =>
  (s3, Bucket) =>
    s3.send(new HeadObjectCommand({ Bucket, Key }));
export const put =
  (Key: string): Call =>
  (s3, Bucket) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
const remove =
  (Key: string): Call =>
  (s3, Bucket) =>
    s3.send(new DeleteObjectCommand({ Bucket, Key }));
const list =
  (Prefix?: string): Call =>
  (s3, Bucket) =>
    s3.send(new ListObjectsV2Command(Prefix === undefined ? { Bucket } : { Bucket, Prefix }));
const listVersions: Call = (s3, Bucket) =>
  s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'agent/' }));
const removeVersion: Call = (s3, Bucket, VersionId) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key: installer, VersionId }));
const abortUpload: Call = async (s3, Bucket) => {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: installer }));
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: installer, UploadId: UploadId! }));
};
const openToAll: Call = (s3, Bucket) => {
  const Statement = [
    { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: `arn:aws:s3:::${Bucket}/*` },
  ];
  return s3.send(
    new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
  );
};

export type Row = readonly [does: string, Account, Call, 'allowed' | 'refused' | 'missing'];

/** Each right that the papers grant, and its neighbours that they must not. */
export const rights: Readonly<Partial<Record<Principal, readonly Row[]>>> = {
  'Agent-Deploy': [
    ['reads an installer', 'soc', get(installer), 'allowed'],
    ['reads the pinned version', 'soc', getVersion, 'allowed'],
    ['learns that an installer is missing', 'soc', head('agent/v9.9.9/agent-installer.sh'), 'missing'],
    ['lists installers', 'soc', list('agent/'), 'allowed'],
    ['reads other keys', 'soc', get('private/plans.txt'), 'refused'],
    ['lists other keys', 'soc', list('private/'), 'refused'],
    ['lists everything', 'soc', list(), 'refused'],
    ['writes', 'soc', put(installer), 'refused'],
    ['deletes', 'soc', remove(installer), 'refused'],
    ['stages an installer', 'test', put(installer), 'allowed'],
    ['reads it back', 'test', get(installer), 'allowed'],
    ['reads the tested version', 'test', getVersion, 'allowed'],
    ['writes a result', 'test', put('results/r.json'), 'allowed'],
    ['reads a result', 'test', get('results/r.json'), 'allowed'],
    ['learns that no result is there yet', 'test', head('results/none.json'), 'missing'],
    ['lists installers', 'test', list('agent/'), 'allowed'],
    ['lists results', 'test', list('results/'), 'allowed'],
    ['lists everything', 'test', list(), 'refused'],
    ['gives up an upload', 'test', abortUpload, 'allowed'],
    ['writes elsewhere', 'test', put('other/x'), 'refused'],
    ['reads elsewhere', 'test', get('private/plans.txt'), 'refused'],
    ['deletes', 'test', remove(installer), 'refused'],
    ['opens the bucket', 'test', openToAll, 'refused'],
    ['reads', 'prod-a', get(installer), 'refused'],
    ['writes', 'prod-a', put(installer), 'refused'],
    ['lists', 'prod-a', list('agent/'), 'refused'],
  ],
  'Agent-Publish of prod-a': [
    ['publishes an installer', 'prod-a', put(installer), 'allowed'],
    ['writes the manifest', 'prod-a', put('agent/manifest.json'), 'allowed'],
    ['gives up an upload', 'prod-a', abortUpload, 'allowed'],
    ['reads it back', 'prod-a', get(installer), 'allowed'],
    ['reads the published version', 'prod-a', getVersion, 'allowed'],
    ['looks at the newest version', 'prod-a', head(installer), 'allowed'],
    ['lists versions', 'prod-a', listVersions, 'refused'],
    ['destroys a version', 'prod-a', removeVersion, 'refused'],
    ['learns that a manifest is missing', 'prod-a', head('agent/missing.json'), 'missing'],
    ['lists installers', 'prod-a', list('agent/'), 'allowed'],
    ['writes elsewhere', 'prod-a', put('other/x'), 'refused'],
    ['reads elsewhere', 'prod-a', get('private/plans.txt'), 'refused'],
    ['lists everything', 'prod-a', list(), 'refused'],
    ['deletes', 'prod-a', remove(installer), 'refused'],
    ['opens the bucket', 'prod-a', openToAll, 'refused'],
    ['writes to another account', 'prod-b', put(installer), 'refused'],
    ['reads of another account', 'prod-b', get(installer), 'refused'],
    ['reads the test bucket', 'test', get(installer), 'refused'],
    ['reads the SOC bucket', 'soc', get(installer), 'refused'],
  ],
  'Runner-Role': [
    ['reads', 'soc', get(installer), 'refused'],
    ['writes', 'test', put(installer), 'refused'],
    ['writes', 'prod-a', put(installer), 'refused'],
  ],
  'jira-bot': [
    ['reads', 'soc', get(installer), 'refused'],
    ['writes', 'test', put(installer), 'refused'],
    ['writes', 'prod-a', put(installer), 'refused'],
  ],
  'administrator of test': [['reads of another account', 'soc', get(installer), 'refused']],
  sam: [
    ['uploads an installer', 'soc', put('agent/v1.1.0/agent-installer.sh'), 'allowed'],
    ['writes', 'test', put(installer), 'refused'],
  ],
};
