import { createEc2Activities } from '../../activities/ec2/activities.ts';
import { createEc2Client } from '../../activities/ec2/client.ts';
import { createS3Activities } from '../../activities/s3/activities.ts';
import { createS3Client, type S3Accounts } from '../../activities/s3/client.ts';
import { createRoleChain } from '../../activities/sts/role-chain.ts';
import { digestOf } from '../../config/canonical-json.ts';
import type { Config } from '../../config/parse-config.ts';
import { promotionPolicies } from '../../config/promotion-policy.ts';
import { publishRoleOf } from '../../config/publish-role.ts';
import type { PromotionPolicy } from '../../workflows/agent-promotion/messages.ts';
import type { PolicyRef } from '../../workflows/shared/turn.ts';

/** Credentials: the SDK's chain of this process, which may do nothing but assume Runner-Role. */
export function createAwsActivities(config: Config): object {
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
  const allowed = promotionPolicies(config);
  const s3 = createS3Client({
    ...connection,
    accounts,
    roles,
    trustedKeys: aws.trustedKeys.map(({ name, publicKey }) => ({ name, publicKeyPem: publicKey })),
    allowPolicy: (claimed) => allowed.some((own) => isSamePolicy(own, claimed)),
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
    ...createS3Activities((call) => s3.during(call)),
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

/** The digest is computed from what is claimed, never believed: a lax policy under a known name is refused. */
function isSamePolicy(own: PromotionPolicy, claimed: PolicyRef): boolean {
  const { digest, ...rules } = claimed;
  return digest === own.digest && digestOf(rules) === own.digest;
}
