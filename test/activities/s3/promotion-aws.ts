import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createHash, randomBytes } from 'node:crypto';
import type { CheckPermission, Execution } from '../../../activities/decisions/permission.ts';
import { createS3Client, type S3Adapter, type S3Options } from '../../../activities/s3/client.ts';
import { installerKey } from '../../../activities/s3/keys.ts';
import type { ManifestEntry, PinnedObject, S3Port } from '../../../activities/s3/port.ts';
import { unattended } from '../../../activities/sts/aws-call.ts';
import { createRoleChain, type RoleChain } from '../../../activities/sts/role-chain.ts';
import { createAwsClients } from '../../../sandbox/aws/aws-clients.ts';
import type { AccountName, ProductionAccountName } from '../../../sandbox/aws/sandbox-accounts.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import type { Turn } from '../../../workflows/shared/turn.ts';

export const version = '1.4.2';
export const key = installerKey(version);
export const execution: Execution = { workflowId: 'agent-promotion:main:10077', runId: 'run-1' };
export const turn: Turn = { queueId: 'promotion-queue', ...execution, token: 5 };
/** What the guard decides from what it is asked is tested with the guard. */
const allowing: CheckPermission = () => Promise.resolve();

/** The chain that production uses, from jira-bot on. */
export function chainOf(aws: SandboxAws): RoleChain {
  const { region, roles, externalId, credentials } = aws.provisioned;
  return createRoleChain({
    region,
    endpoint: aws.url,
    runnerRoleArn: roles.runnerRole,
    agentDeployRoleArn: roles.agentDeploy,
    externalId,
    sessionName: 'lockkeeper-tests',
    baseCredentials: credentials.jiraBot,
  });
}

/** The port of an activity that nobody cancels. */
export function s3Of(
  aws: SandboxAws,
  roles: RoleChain,
  changes: Partial<S3Options> = {},
  run: Execution = execution,
): S3Port {
  return adapterOf(aws, roles, changes).during(unattended, run);
}

export function adapterOf(aws: SandboxAws, roles: RoleChain, changes: Partial<S3Options> = {}): S3Adapter {
  const { region, accounts, roles: arns } = aws.provisioned;
  const production = (['prod-a', 'prod-b'] as const).map((name: ProductionAccountName) => ({
    name,
    ...accounts[name],
    publishRoleArn: arns.agentPublish[name],
  }));
  return createS3Client({
    region,
    endpoint: aws.url,
    forcePathStyle: true,
    accounts: { soc: accounts.soc, test: accounts.test, production },
    roles,
    trustedKeys: [],
    checkPermission: allowing,
    ...changes,
  });
}

/** Writes as the account's administrator. @returns the version id */
export async function put(
  aws: SandboxAws,
  account: AccountName,
  objectKey: string,
  body: string | Buffer,
  metadata: Record<string, string> = {},
): Promise<string> {
  const command = new PutObjectCommand({
    ...placeOf(aws, account, objectKey),
    Body: Buffer.from(body),
    Metadata: metadata,
  });
  return (await administrator(aws, account).send(command)).VersionId ?? '';
}

/** Writes a manifest as the account's administrator. @returns the version id */
export async function putManifest(aws: SandboxAws, account: AccountName, manifest: object): Promise<string> {
  return put(aws, account, 'agent/manifest.json', JSON.stringify(manifest));
}

/** Without a version: puts a delete marker on top. */
export async function remove(
  aws: SandboxAws,
  account: AccountName,
  objectKey: string,
  versionId?: string,
): Promise<void> {
  const pinned = versionId === undefined ? {} : { VersionId: versionId };
  const command = new DeleteObjectCommand({ ...placeOf(aws, account, objectKey), ...pinned });
  await administrator(aws, account).send(command);
}

/** @returns undefined when it does not exist */
export async function read(aws: SandboxAws, account: AccountName, objectKey: string) {
  try {
    const command = new GetObjectCommand(placeOf(aws, account, objectKey));
    const { Body, VersionId, Metadata } = await administrator(aws, account).send(command);
    return { text: (await Body?.transformToString()) ?? '', versionId: VersionId, metadata: Metadata };
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}

export async function readManifestOf(
  aws: SandboxAws,
  account: AccountName,
): Promise<Record<string, unknown>> {
  const stored = await read(aws, account, 'agent/manifest.json');
  return JSON.parse(stored?.text ?? 'null') as Record<string, unknown>;
}

/** Puts bytes into the test bucket and describes them as a promotion that tested them would. */
export async function putTested(aws: SandboxAws, body: string | Buffer): Promise<PinnedObject> {
  const versionId = await put(aws, 'test', key, body);
  const bucket = aws.provisioned.accounts.test.bucket;
  return { bucket, key, versionId, sha256: sha256Of(body), size: Buffer.byteLength(body) };
}

export function entryOf(changes: Partial<ManifestEntry> = {}): ManifestEntry {
  return {
    version,
    uploaded_at: '2025-09-14T12:34:56Z',
    pipeline_url: 'https://gitlab.com/your-org/your-project/-/pipelines/123456',
    sha256: sha256Of('installer'),
    size: 9,
    s3_version_id: 'v1',
    ticket: 'DEVOPS-77',
    workflow_id: execution.workflowId,
    entry_id: `${execution.workflowId}/0`,
    run_id: execution.runId,
    approval: null,
    ...changes,
  };
}

/** As written before there were approvals. */
export function oldEntryOf(): Partial<ManifestEntry> {
  const entry: Partial<Record<keyof ManifestEntry, unknown>> = { ...entryOf() };
  delete entry.run_id;
  delete entry.approval;
  return entry as Partial<ManifestEntry>;
}

export const sha256Of = (body: string | Buffer) => createHash('sha256').update(body).digest('hex');
export const megabytes = (count: number) => randomBytes(count * 1024 * 1024);

function administrator(aws: SandboxAws, account: AccountName) {
  return createAwsClients(aws.url, aws.provisioned.credentials.admin[account]).s3;
}

function placeOf(aws: SandboxAws, account: AccountName, objectKey: string) {
  return { Bucket: aws.provisioned.accounts[account].bucket, Key: objectKey };
}
