import { AssumeRoleCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { callAws, unattended } from './aws-call.ts';
import { toClientSettings, type AwsConnection } from './aws-connection.ts';
import { createSessionCache, type SessionCache, type SessionCredentials } from './session-cache.ts';
import { toSessionName } from './session-name.ts';

export interface RoleChainOptions extends AwsConnection {
  /** Left out where the base credentials are Runner-Role's already, as on the runner's own instance. */
  readonly runnerRoleArn?: string;
  readonly agentDeployRoleArn: string;
  /** Shown wherever Agent-Deploy or Agent-Publish is assumed. */
  readonly externalId?: string;
  /** Seen in CloudTrail; characters that STS refuses become `-`. */
  readonly sessionName: string;
  /** Default: the SDK's own chain (environment, profile, web identity, instance). */
  readonly baseCredentials?: Credentials;
  readonly now?: () => number;
}

export type CredentialProvider = () => Promise<SessionCredentials>;
type Credentials = NonNullable<STSClientConfig['credentials']>;

/** jira-bot → Runner-Role → Agent-Deploy → Agent-Publish of each production account (P-36 to P-38). */
export interface RoleChain {
  readonly agentDeploy: CredentialProvider;
  /** @param roleArn Agent-Publish of one account */
  agentPublish(roleArn: string): CredentialProvider;
  /**
   * Agent-Deploy for at least `ms` from now: a presigned URL dies with its signer's session.
   * @throws InvalidInput beyond 59 minutes
   */
  freshFor(ms: number): Promise<SessionCredentials>;
}

/** AWS: a session assumed from another session lasts an hour at most, whatever the role allows. */
const chainedSessionSeconds = 3600;
const longestFreshMs = (chainedSessionSeconds - 60) * 1000;

export function createRoleChain(options: RoleChainOptions): RoleChain {
  const { runnerRoleArn, externalId } = options;
  const base = options.baseCredentials;
  const runner = runnerRoleArn === undefined ? base : providerOf(sessionOf(options, base, runnerRoleArn));
  const deploy = sessionOf(options, runner, options.agentDeployRoleArn, externalId);
  const agentDeploy = providerOf(deploy);
  const publishers = new Map<string, CredentialProvider>();
  return {
    agentDeploy,
    agentPublish(roleArn) {
      const known = publishers.get(roleArn);
      if (known) return known;
      const publisher = providerOf(sessionOf(options, agentDeploy, roleArn, externalId));
      publishers.set(roleArn, publisher);
      return publisher;
    },
    async freshFor(ms) {
      if (ms > longestFreshMs) throw tooLong(ms);
      return deploy(ms);
    },
  };
}

/** The SDK calls a provider with arguments of its own. */
function providerOf(session: SessionCache): CredentialProvider {
  return () => session();
}

function sessionOf(
  options: RoleChainOptions,
  credentials: Credentials | undefined,
  roleArn: string,
  externalId?: string,
): SessionCache {
  const sts = new STSClient({ ...toClientSettings(options), ...(credentials ? { credentials } : {}) });
  const request = new AssumeRoleCommand({
    RoleArn: roleArn,
    RoleSessionName: toSessionName(options.sessionName),
    DurationSeconds: chainedSessionSeconds,
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
  });
  // A session is shared by many activities, so that none of them may cancel its renewal.
  const assume = () =>
    callAws(unattended, { system: 'sts', action: `assume ${roleArn}` }, async () =>
      toSession((await sts.send(request)).Credentials, roleArn),
    );
  return createSessionCache(assume, options.now);
}

interface StsCredentials {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
  readonly Expiration?: Date | undefined;
}

function toSession(answer: StsCredentials | undefined, roleArn: string): SessionCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
    throw createFailure(
      'UnsupportedResponse',
      `sts: the answer for ${roleArn} holds no complete credentials`,
    );
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

function tooLong(ms: number) {
  const minutes = Math.ceil(ms / 60_000);
  return createFailure(
    'InvalidInput',
    `deadline: ${minutes} minutes ahead, but a chained role session lasts an hour: use at most ${longestFreshMs / 60_000}`,
  );
}
