import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { toClientOptions } from '../aws/aws-clients.ts';
import type { AccountName } from '../aws/sandbox-accounts.ts';
import type { Recorded } from '../aws/record-in-trail.ts';
import type { Endpoints } from '../stack/endpoints.ts';
import { controlOf } from './control.ts';
import { hidden, toTrailDetail, type SecretActor, type SecretDeed } from './secret-trail.ts';

/** How an act is told. */
export interface ToldHow {
  /** ISO 8601 UTC; left out: now. */
  readonly eventTime?: string;
  /** EventBridge loses it: only CloudTrail knows. */
  readonly silent?: boolean;
  /** Delivered so often, with the same id. */
  readonly times?: number;
  /** Secrets Manager's own event of the label that moved, beside CloudTrail's; left out: true. */
  readonly label?: boolean;
  readonly eventId?: string;
}

export interface SecretAct {
  readonly eventId: string;
  /** ISO 8601 UTC, whole seconds. */
  readonly eventTime: string;
  /** Complete, with the suffix; of an attempt, what was asked for. */
  readonly arn: string;
  readonly versionId: string | null;
}

export interface SecretPersonOptions extends SecretActor {
  /** Default prod-a. */
  readonly account?: AccountName;
  readonly region?: string;
}

/**
 * Somebody, or a role's session, at secrets of one account: real calls of Secrets Manager, made with the account's administrator, and
 * the event that CloudTrail has of each, in its exact form and by whoever `options` says. The emulator has no calls for
 * CancelRotateSecret and the two ends of a replication: of these there is only the event.
 */
export function secretPerson(
  endpoints: Pick<Endpoints, 'aws' | 'accounts' | 'awsCredentials' | 'control'>,
  options: SecretPersonOptions = {},
) {
  const { account: name = 'prod-a', region = 'us-east-1', ...actor } = options;
  const account = endpoints.accounts[name].id;
  const admin = endpoints.awsCredentials.admin[name];
  const sm = new SecretsManagerClient({ ...toClientOptions(endpoints.aws, admin), region });
  const control = controlOf(endpoints.aws, endpoints.control);
  const record = (event: Recorded) => control.post<{ id: string | null }>('trail', event);

  async function tell(deed: SecretDeed, how: ToldHow): Promise<SecretAct> {
    const eventTime = `${new Date(how.eventTime ?? Date.now()).toISOString().slice(0, 19)}Z`;
    const eventId = how.eventId ?? randomUUID();
    const detail = toTrailDetail(deed, { eventId, eventTime, account, region, actor });
    const times = how.silent ? 0 : (how.times ?? 1);
    const detailType = deed.service ? 'AWS Service Event via CloudTrail' : 'AWS API Call via CloudTrail';
    const { arn = deed.asked, versionId = null } = deed;
    if (deed.label && how.label !== false && times > 0)
      await record({
        ...{ account, region, detailType: 'Secret Label Updated', resources: [arn], times },
        detail: { name: deed.name ?? '', labelUpdated: deed.label, versionId },
      });
    await record({ account, region, detailType, detail, times });
    return { eventId, eventTime, arn, versionId };
  }

  /** @param answer of the emulator */
  const done = (answer: {
    ARN?: string | undefined;
    Name?: string | undefined;
    VersionId?: string | undefined;
  }) => ({
    ...(answer.ARN === undefined ? {} : { arn: answer.ARN }),
    ...(answer.Name === undefined ? {} : { name: answer.Name }),
    ...(answer.VersionId === undefined ? {} : { versionId: answer.VersionId }),
  });
  const token = () => randomUUID();

  return {
    async create(Name: string, value = 'a value', how: ToldHow = {}): Promise<SecretAct> {
      const ClientRequestToken = token();
      const answer = await sm.send(
        new CreateSecretCommand({ Name, SecretString: value, ClientRequestToken }),
      );
      const parameters = { name: Name, clientRequestToken: ClientRequestToken, secretString: hidden };
      return tell(
        { call: 'CreateSecret', asked: Name, parameters, ...done(answer), label: 'AWSCURRENT' },
        how,
      );
    },
    async put(SecretId: string, value = 'another value', how: ToldHow = {}): Promise<SecretAct> {
      const ClientRequestToken = token();
      const answer = await sm.send(
        new PutSecretValueCommand({ SecretId, SecretString: value, ClientRequestToken }),
      );
      const parameters = { secretId: SecretId, clientRequestToken: ClientRequestToken, secretString: hidden };
      const deed = { call: 'PutSecretValue', asked: SecretId, parameters, label: 'AWSCURRENT' };
      return tell({ ...deed, ...done(answer) }, how);
    },
    /** CloudTrail does not say whether a value was part of it. */
    async update(
      SecretId: string,
      change: { description?: string; value?: string },
      how: ToldHow = {},
    ): Promise<SecretAct> {
      const { description: Description, value: SecretString } = change;
      const answer = await sm.send(
        new UpdateSecretCommand({
          SecretId,
          ...(Description === undefined ? {} : { Description }),
          ...(SecretString === undefined ? {} : { SecretString }),
        }),
      );
      const parameters = {
        secretId: SecretId,
        ...(Description === undefined ? {} : { description: Description }),
        ...(SecretString === undefined ? {} : { secretString: hidden }),
      };
      const label = SecretString === undefined ? {} : { label: 'AWSCURRENT' };
      return tell({ call: 'UpdateSecret', asked: SecretId, parameters, ...done(answer), ...label }, how);
    },
    async moveStage(
      SecretId: string,
      stage: { name: string; to?: string; from?: string },
      how: ToldHow = {},
    ): Promise<SecretAct> {
      const { name: VersionStage, to, from } = stage;
      const input = {
        ...{ SecretId, VersionStage },
        ...(to === undefined ? {} : { MoveToVersionId: to }),
        ...(from === undefined ? {} : { RemoveFromVersionId: from }),
      };
      const answer = await sm.send(new UpdateSecretVersionStageCommand(input));
      const parameters = {
        ...{ secretId: SecretId, versionStage: VersionStage },
        ...(to === undefined ? {} : { moveToVersionId: to }),
        ...(from === undefined ? {} : { removeFromVersionId: from }),
      };
      const moved = to === undefined ? {} : { versionId: to, label: VersionStage };
      const deed = { call: 'UpdateSecretVersionStage', asked: SecretId, parameters, ...done(answer) };
      return tell({ ...deed, ...moved }, how);
    },
    /** @param way a recovery window in days, or without recovery */
    async remove(SecretId: string, way: number | 'force' = 30, how: ToldHow = {}): Promise<SecretAct> {
      const asked = way === 'force' ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: way };
      const answer = await sm.send(new DeleteSecretCommand({ SecretId, ...asked }));
      const said = way === 'force' ? { forceDeleteWithoutRecovery: true } : { recoveryWindowInDays: way };
      const parameters = { secretId: SecretId, ...said };
      return tell({ call: 'DeleteSecret', asked: SecretId, parameters, ...done(answer) }, how);
    },
    async restore(SecretId: string, how: ToldHow = {}): Promise<SecretAct> {
      const answer = await sm.send(new RestoreSecretCommand({ SecretId }));
      const parameters = { secretId: SecretId };
      return tell({ call: 'RestoreSecret', asked: SecretId, parameters, ...done(answer) }, how);
    },
    async rotate(SecretId: string, how: ToldHow = {}): Promise<SecretAct> {
      const ClientRequestToken = token();
      const RotationLambdaARN = `arn:aws:lambda:${region}:${account}:function:rotate`;
      const answer = await sm.send(
        new RotateSecretCommand({ SecretId, ClientRequestToken, RotationLambdaARN }),
      );
      const parameters = {
        ...{ secretId: SecretId, clientRequestToken: ClientRequestToken },
        rotationLambdaARN: RotationLambdaARN,
      };
      return tell({ call: 'RotateSecret', asked: SecretId, parameters, ...done(answer) }, how);
    },
    async tag(arn: string, Key: string, Value: string, how: ToldHow = {}): Promise<SecretAct> {
      await sm.send(new TagResourceCommand({ SecretId: arn, Tags: [{ Key, Value }] }));
      const parameters = { secretId: arn, tags: [{ key: Key, value: Value }] };
      return tell({ call: 'TagResource', asked: arn, parameters, withoutAnswer: true }, how);
    },
    async untag(arn: string, Key: string, how: ToldHow = {}): Promise<SecretAct> {
      await sm.send(new UntagResourceCommand({ SecretId: arn, TagKeys: [Key] }));
      const parameters = { secretId: arn, tagKeys: [Key] };
      return tell({ call: 'UntagResource', asked: arn, parameters, withoutAnswer: true }, how);
    },
    async putPolicy(SecretId: string, ResourcePolicy: string, how: ToldHow = {}): Promise<SecretAct> {
      const answer = await sm.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
      const parameters = { secretId: SecretId, resourcePolicy: ResourcePolicy };
      return tell({ call: 'PutResourcePolicy', asked: SecretId, parameters, ...done(answer) }, how);
    },
    async removePolicy(SecretId: string, how: ToldHow = {}): Promise<SecretAct> {
      const answer = await sm.send(new DeleteResourcePolicyCommand({ SecretId }));
      const parameters = { secretId: SecretId };
      return tell({ call: 'DeleteResourcePolicy', asked: SecretId, parameters, ...done(answer) }, how);
    },
    async replicate(SecretId: string, to: string, how: ToldHow = {}): Promise<SecretAct> {
      const AddReplicaRegions = [{ Region: to }];
      const answer = await sm.send(new ReplicateSecretToRegionsCommand({ SecretId, AddReplicaRegions }));
      const parameters = { secretId: SecretId, addReplicaRegions: [{ region: to }] };
      return tell({ call: 'ReplicateSecretToRegions', asked: SecretId, parameters, ...done(answer) }, how);
    },
    /** AWS refused it: nothing changed, and CloudTrail names no answer. */
    attempt: (call: string, secretId: string, errorCode = 'AccessDenied', how: ToldHow = {}) =>
      tell({ call, asked: secretId, parameters: { secretId }, errorCode }, how),
    /** Only the event: a call that the emulator does not have, or an old form of one. */
    onlyTell: (deed: SecretDeed, how: ToldHow = {}) => tell(deed, how),
    close: () => sm.destroy(),
  };
}

export type SecretPerson = ReturnType<typeof secretPerson>;
