import { isRecord, text } from '../shared/guards.ts';
import { completeRef, typedRef } from './arn.ts';
import type { Actor, SecretAction, SecretEvent, SecretRef } from './messages.ts';

/** What became of one message of EventBridge: nothing of it is kept but what is named here. */
export type ReadEvent =
  | { readonly kind: 'change'; readonly event: SecretEvent }
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'malformed'; readonly why: string };

const source = 'aws.secretsmanager';
const calls: Readonly<Record<string, SecretAction>> = {
  CreateSecret: 'create',
  PutSecretValue: 'value',
  UpdateSecret: 'update',
  UpdateSecretVersionStage: 'stage',
  DeleteSecret: 'delete',
  RestoreSecret: 'restore',
  RotateSecret: 'rotate',
  CancelRotateSecret: 'rotate',
  PutResourcePolicy: 'policy',
  DeleteResourcePolicy: 'policy',
  TagResource: 'tags',
  UntagResource: 'tags',
  ReplicateSecretToRegions: 'replication',
  RemoveRegionsFromReplication: 'replication',
  StopReplicationToReplica: 'replication',
};
const services: Readonly<Record<string, SecretAction>> = {
  RotationStarted: 'rotate',
  RotationSucceeded: 'rotate',
  RotationFailed: 'rotate',
  RotationAbandoned: 'rotate',
  TestRotationStarted: 'rotate',
  TestRotationSucceeded: 'rotate',
  TestRotationFailed: 'rotate',
  StartSecretVersionDelete: 'delete',
  CancelSecretVersionDelete: 'restore',
  EndSecretVersionDelete: 'delete',
};
/** AWS calls of these names read; newer ones say so themselves (`readOnly`). */
const reads = /^(?:Get|BatchGet|List|Describe|Validate)/;

/** Parameters that say what was done, and can never carry a value. */
const safeDetails = [
  'recoveryWindowInDays',
  'forceDeleteWithoutRecovery',
  'versionStage',
  'moveToVersionId',
  'removeFromVersionId',
  'rotationLambdaARN',
  'rotateImmediately',
  'blockPublicPolicy',
  'kmsKeyId',
] as const;

/** @param envelope of EventBridge, as it came: from SQS, from SNS, or made of what CloudTrail was asked · never throws */
export function readSecretEvent(envelope: unknown): ReadEvent {
  if (!isRecord(envelope)) return malformed('it is no object');
  if (envelope['source'] !== source) return malformed(`source: is not ${source}`);
  const detail = envelope['detail'];
  if (!isRecord(detail)) return malformed('detail: is missing');
  const type = text(envelope, 'detail-type');
  if (type === 'Secret Label Updated') return readLabel(envelope, detail);
  if (type === 'AWS API Call via CloudTrail' || type === 'AWS Service Event via CloudTrail')
    return readTrail(detail, type === 'AWS API Call via CloudTrail' ? 'call' : 'service');
  return { kind: 'ignored', why: `detail-type: ${type ?? 'none'} is no change` };
}

function readTrail(detail: Readonly<Record<string, unknown>>, kind: 'call' | 'service'): ReadEvent {
  const [eventId, eventName] = [text(detail, 'eventID'), text(detail, 'eventName')];
  if (!eventId || !/^[\w-]{8,64}$/.test(eventId)) return malformed('detail.eventID: is none');
  if (!eventName || !/^\w{1,100}$/.test(eventName)) return malformed('detail.eventName: is none');
  if (detail['readOnly'] === true || reads.test(eventName))
    return { kind: 'ignored', why: `${eventName} reads` };
  const eventTime = readTime(detail['eventTime']);
  if (!eventTime) return malformed('detail.eventTime: is no time');
  const home = readHome(detail);
  if (!home) return malformed('detail.recipientAccountId, awsRegion: are no account and region');
  const errorCode = text(detail, 'errorCode') ?? null;
  const secret = readSecret(detail, home);
  if (!secret && errorCode === null) return malformed('detail: names no secret');
  const known = kind === 'call' ? calls : services;
  return {
    kind: 'change',
    event: {
      ...{ eventId, kind, eventTime, eventName, errorCode, ...home },
      // a call that is not known yet is a change all the same
      action: Object.hasOwn(known, eventName) ? (known[eventName] ?? 'other') : 'other',
      secret: secret ?? null,
      versionId: readVersion(detail),
      actor: readActor(detail['userIdentity']),
      sourceIp: text(detail, 'sourceIPAddress') ?? null,
      userAgent: text(detail, 'userAgent')?.slice(0, 200) ?? null,
      details: readDetails(detail['requestParameters']),
    },
  };
}

/** Without an event id: two deliveries of one label are known by what it was put on. */
function readLabel(
  envelope: Readonly<Record<string, unknown>>,
  detail: Readonly<Record<string, unknown>>,
): ReadEvent {
  const { resources } = envelope;
  const [arn] = Array.isArray(resources) ? (resources as unknown[]) : [];
  const secret = typeof arn === 'string' ? completeRef(arn) : undefined;
  if (!secret) return malformed('resources[0]: is no ARN of a secret');
  const versionId = text(detail, 'versionId');
  if (!versionId || !/^[\w-]{1,64}$/.test(versionId)) return malformed('detail.versionId: is none');
  const eventTime = readTime(envelope['time']);
  if (!eventTime) return malformed('time: is no time');
  const label = text(detail, 'labelUpdated') ?? '';
  return {
    kind: 'change',
    event: {
      ...{ eventId: toLabelId(secret, versionId, label), kind: 'label', eventTime },
      ...{
        eventName: 'SecretLabelUpdated',
        action: 'value',
        account: secret.account,
        region: secret.region,
        secret,
        versionId,
        actor: nobody,
      },
      ...{ errorCode: null, sourceIp: null, userAgent: null },
      details: label === '' ? {} : { labelUpdated: label },
    },
  };
}

/** Short, whatever the name of the secret: the six characters of its ARN tell it from others of that name. */
function toLabelId({ arn, account, region }: SecretRef, versionId: string, label: string): string {
  return `label:${account}:${region}:${arn.slice(-6)}:${versionId}:${label.slice(0, 100)}`;
}

const nobody: Actor = {
  ...{ type: null, arn: null, accountId: null, roleArn: null, sessionName: null, userName: null },
  ...{ invokedBy: null, sourceIdentity: null },
};

function readActor(identity: unknown): Actor {
  if (!isRecord(identity)) return nobody;
  const session = identity['sessionContext'];
  const issuer = isRecord(session) ? session['sessionIssuer'] : undefined;
  const arn = text(identity, 'arn') ?? null;
  return {
    arn,
    type: text(identity, 'type') ?? null,
    accountId: text(identity, 'accountId') ?? null,
    roleArn: text(issuer, 'type') === 'Role' ? (text(issuer, 'arn') ?? null) : null,
    sessionName: /:assumed-role\/[^/]+\/([^/]+)$/.exec(arn ?? '')?.[1] ?? null,
    userName: text(identity, 'userName') ?? null,
    invokedBy: text(identity, 'invokedBy') ?? null,
    sourceIdentity: text(session, 'sourceIdentity') ?? null,
  };
}

/** Of `arn`, `aRN` (before February 2024) and `ARN`; else what the caller typed, or what a service names. */
function readSecret(
  detail: Readonly<Record<string, unknown>>,
  home: { readonly account: string; readonly region: string },
): SecretRef | undefined {
  const { responseElements: answer, requestParameters: asked, additionalEventData: more } = detail;
  for (const holder of [answer, more])
    for (const field of ['arn', 'aRN', 'ARN', 'SecretId', 'secretId']) {
      const found = completeRef(text(holder, field) ?? '');
      if (found) return found;
    }
  const typed =
    text(asked, 'secretId') ?? text(asked, 'name') ?? text(more, 'SecretId') ?? text(more, 'secretId');
  return typed === undefined ? undefined : typedRef(typed, home);
}

function readHome(detail: Readonly<Record<string, unknown>>) {
  const account = text(detail, 'recipientAccountId') ?? text(detail['userIdentity'], 'accountId') ?? '';
  const region = text(detail, 'awsRegion') ?? '';
  return /^\d{12}$/.test(account) && /^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? { account, region } : undefined;
}

/** The token of a call that makes a version is that version's id. */
function readVersion({
  requestParameters,
  responseElements,
}: Readonly<Record<string, unknown>>): string | null {
  return (
    text(responseElements, 'versionId') ??
    text(requestParameters, 'moveToVersionId') ??
    text(requestParameters, 'clientRequestToken') ??
    null
  );
}

function readDetails(asked: unknown): Record<string, string> {
  if (!isRecord(asked)) return {};
  const entries = safeDetails.flatMap((field) => {
    const value = asked[field];
    return ['string', 'number', 'boolean'].includes(typeof value)
      ? [[field, String(value).slice(0, 200)] as const]
      : [];
  });
  return Object.fromEntries(entries);
}

/** @returns ISO 8601 UTC in whole seconds; CloudTrail has no finer ones */
function readTime(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(value))
    return undefined;
  const ms = Date.parse(value);
  return Number.isFinite(ms) ? `${new Date(ms).toISOString().slice(0, 19)}Z` : undefined;
}

function malformed(why: string): ReadEvent {
  return { kind: 'malformed', why };
}
