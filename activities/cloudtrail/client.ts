import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  ListSecretsCommand,
  SecretsManagerClient,
  type SecretListEntry,
} from '@aws-sdk/client-secrets-manager';
import type { SecretEvent } from '../../workflows/secret-audit/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { createRateLimit, type RateLimit } from '../rate-limit.ts';
import { callAws, currentCall, type CallContext } from '../sts/aws-call.ts';
import { toClientSettings, type AwsConnection } from '../sts/aws-connection.ts';
import { createRoleChain, type CredentialProvider, type RoleChainOptions } from '../sts/role-chain.ts';
import type { TrailPort } from './port.ts';
import { readRecord } from './read-record.ts';

export interface TrailOptions extends AwsConnection {
  /** The look-up role of each account, by its 12 digits; an account without one cannot be looked into. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Assumed first, where only it may become those roles. */
  readonly role?: string;
  readonly externalId?: string;
  /** Default: the SDK's own chain. */
  readonly baseCredentials?: RoleChainOptions['baseCredentials'];
  /** AWS allows two look-ups a second in an account and region. */
  readonly callsPerSecond?: number;
  readonly context?: () => CallContext;
}

const eventSource = 'secretsmanager.amazonaws.com';
const pageSize = 50;
const listSize = 100;

/** CloudTrail and Secrets Manager by the SDK: what changed, and never a value. */
export function createTrailClient(options: TrailOptions): TrailPort {
  const { context = currentCall, callsPerSecond = 2 } = options;
  const credentialsOf = createCredentials(options);
  const limits = new Map<string, RateLimit>();
  const limitOf = (place: string) => {
    const known = limits.get(place) ?? createRateLimit({ callsPerSecond, burst: callsPerSecond });
    limits.set(place, known);
    return known;
  };
  const settingsOf = (account: string, region: string) => ({
    ...toClientSettings({ ...options, region }),
    credentials: credentialsOf(account),
  });

  return {
    async lookUpChanges({ account, region, from, to, cursor }) {
      const trail = new CloudTrailClient(settingsOf(account, region));
      const command = new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventSource', AttributeValue: eventSource }],
        ...{ StartTime: new Date(from), EndTime: new Date(to), MaxResults: pageSize },
        ...(cursor === null ? {} : { NextToken: cursor }),
      });
      await limitOf(`trail ${account} ${region}`).take('cloudtrail');
      const call = { system: 'cloudtrail', action: `look up events of ${account} in ${region}` } as const;
      try {
        const answer = await callAws(context(), call, (abortSignal) => trail.send(command, { abortSignal }));
        return { ...readPage(answer.Events ?? []), cursor: answer.NextToken ?? null };
      } finally {
        trail.destroy();
      }
    },
    async listChangedSecrets({ account, region, from }) {
      const secrets = new SecretsManagerClient(settingsOf(account, region));
      const running = context();
      const call = { system: 'secretsmanager', action: `list secrets of ${account} in ${region}` } as const;
      const found: Changed[] = [];
      try {
        for (let NextToken: string | undefined, pages = 1; ; pages += 1) {
          const page = {
            MaxResults: listSize,
            IncludePlannedDeletion: true,
            ...(NextToken ? { NextToken } : {}),
          };
          await limitOf(`list ${account} ${region}`).take('secretsmanager');
          const answer = await callAws(running, call, (abortSignal) =>
            secrets.send(new ListSecretsCommand(page), { abortSignal }),
          );
          found.push(...(answer.SecretList ?? []).flatMap((one) => findChanges(one, Date.parse(from))));
          NextToken = answer.NextToken;
          if (NextToken === undefined) return found;
          running.heartbeat({ pages });
        }
      } finally {
        secrets.destroy();
      }
    },
  };
}

type Changed = Awaited<ReturnType<TrailPort['listChangedSecrets']>>[number];

function findChanges({ ARN, LastChangedDate, DeletedDate }: SecretListEntry, fromMs: number): Changed[] {
  if (ARN === undefined) return [];
  const dates = [
    ['changed', LastChangedDate],
    ['deleted', DeletedDate],
  ] as const;
  return dates.flatMap(([what, date]) =>
    date === undefined || date.getTime() < fromMs ? [] : [{ arn: ARN, at: date.toISOString(), what }],
  );
}

/** Reads are no changes; what cannot be read is counted, for somebody should know. */
function readPage(records: readonly { CloudTrailEvent?: string | undefined }[]) {
  const read = records.map(({ CloudTrailEvent }) => readRecord(CloudTrailEvent));
  const events = read.flatMap((one): SecretEvent[] => (one.kind === 'change' ? [one.event] : []));
  return { events, unreadable: read.filter(({ kind }) => kind === 'malformed').length };
}

/** One session of each account, for all regions. @throws InvalidInput no role there */
function createCredentials({ accounts, role, baseCredentials, ...options }: TrailOptions) {
  const base = {
    ...options,
    ...(baseCredentials === undefined ? {} : { baseCredentials }),
    sessionName: 'lockkeeper-secret-sweep',
  };
  const known = new Map<string, CredentialProvider>();
  const central = role === undefined ? undefined : createRoleChain({ ...base, agentDeployRoleArn: role });
  return (account: string): CredentialProvider => {
    const lookup = accounts[account];
    if (lookup === undefined)
      throw createFailure(
        'InvalidInput',
        `account ${account}: processes.secrets names no role to look it up by`,
      );
    const session =
      known.get(account) ??
      central?.agentPublish(lookup) ??
      createRoleChain({ ...base, agentDeployRoleArn: lookup }).agentDeploy;
    known.set(account, session);
    return session;
  };
}
