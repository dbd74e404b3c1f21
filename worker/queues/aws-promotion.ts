import type { Client } from '@temporalio/client';
import { createKeyFile, noKeys } from '../../activities/decisions/keys.ts';
import { createPermissionGuard, type CheckPermission } from '../../activities/decisions/permission.ts';
import { createEc2Activities } from '../../activities/ec2/activities.ts';
import { createEc2Client } from '../../activities/ec2/client.ts';
import { createS3Activities } from '../../activities/s3/activities.ts';
import { createS3Client, type S3Accounts } from '../../activities/s3/client.ts';
import { createRoleChain } from '../../activities/sts/role-chain.ts';
import { windowsAt } from '../../activities/temporal/calendar.ts';
import type { Config } from '../../config/parse-config.ts';
import { promotionPoliciesFor } from '../../config/promotion-policy.ts';
import { publishRoleOf } from '../../config/publish-role.ts';
import { createWaveReader } from './wave-reader.ts';

/** Credentials: the SDK's chain of this process, which may do nothing but assume Runner-Role. */
export function createAwsActivities(config: Config, client: Client): object {
  const { aws, endpoints, deployment, temporal } = config;
  const connection = {
    region: aws.region,
    ...(endpoints.aws === undefined ? {} : { endpoint: endpoints.aws, forcePathStyle: true }),
  };
  const { runner, agentDeploy, externalId } = aws.roles;
  const roles = createRoleChain({
    ...connection,
    runnerRoleArn: runner,
    agentDeployRoleArn: agentDeploy,
    sessionName: `lockkeeper-${deployment}`,
    ...(externalId === undefined ? {} : { externalId }),
  });
  const accounts = toAccounts(config);
  const s3 = createS3Client({
    ...connection,
    accounts,
    roles,
    trustedKeys: aws.trustedKeys.map(({ name, publicKey }) => ({ name, publicKeyPem: publicKey })),
    checkPermission: createGuard(config, client),
  });
  const { subnetId, securityGroupIds, ...instance } = aws.testInstance;
  const ec2 = createEc2Client({
    ...connection,
    ...instance,
    ...(subnetId === undefined ? {} : { subnetId }),
    ...(securityGroupIds === undefined ? {} : { securityGroupIds }),
    roles,
    deployment,
    namespace: temporal.namespace,
    testAccountId: accounts.test.id,
    testBucket: accounts.test.bucket,
    ...(endpoints.sandbox ? { pollMs: 200 } : {}),
  });
  return {
    ...createS3Activities((call, execution) => s3.during(call, execution)),
    ...createEc2Activities((call) => ec2.during(call)),
  };
}

function toAccounts({ aws }: Config): S3Accounts {
  const find = (purpose: string) => {
    const account = aws.accounts.find((candidate) => candidate.purpose === purpose);
    if (!account) throw new Error(`aws.accounts: no ${purpose} account`);
    return { id: account.id, bucket: account.bucket };
  };
  const production = aws.accounts
    .filter((account) => account.purpose === 'production')
    .map((account) => ({ ...account, publishRoleArn: publishRoleOf(account) }));
  return { soc: find('soc'), test: find('test'), production };
}

/** By this worker's own configuration and public keys alone. */
function createGuard(config: Config, client: Client): CheckPermission {
  const { decisions, freeze, temporal } = config;
  return createPermissionGuard({
    policiesFor: (workflowId) => promotionPoliciesFor(config, workflowId),
    keys: decisions ? createKeyFile(decisions.publicKeys) : noKeys,
    namespace: temporal.namespace,
    now: Date.now,
    freeze: freeze
      ? {
          readWave: createWaveReader(client),
          windowsAt: (at, question) => windowsAt(freeze.windows, at, question).map(({ name }) => name),
        }
      : null,
  });
}
