import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { toAwsFailure } from '../../../activities/failures.ts';
import { openBucket } from '../../../activities/s3/bucket.ts';
import { createRoleChain, type CredentialProvider } from '../../../activities/sts/role-chain.ts';
import { publishRoleOf } from '../../../config/publish-role.ts';
import type { Config } from '../../../config/parse-config.ts';
import { CheckFailed, type Check, type CheckGroup } from './check.ts';

type Account = Config['aws']['accounts'][number];

/** With the roles' own rights, so that a right that is missing is found before a promotion needs it. */
export function toAwsChecks(config: Config): CheckGroup {
  const { roles, accounts } = config.aws;
  const chain = createRoleChain({
    ...connectionOf(config),
    runnerRoleArn: roles.runner,
    agentDeployRoleArn: roles.agentDeploy,
    ...(roles.externalId === undefined ? {} : { externalId: roles.externalId }),
    sessionName: 'lockkeeper-doctor',
  });
  const buckets = accounts.flatMap((account): Check[] => {
    const isProduction = account.purpose === 'production';
    const credentials = isProduction ? chain.agentPublish(publishRoleOf(account)) : chain.agentDeploy;
    return [{ name: `bucket ${account.bucket}`, run: () => checkBucket(config, account, credentials) }];
  });
  return {
    system: 'aws',
    checks: [
      {
        name: 'role chain',
        gate: true,
        run: async () => `${roles.agentDeploy} until ${(await chain.agentDeploy()).expiration.toISOString()}`,
      },
      ...buckets,
    ],
  };
}

/** The roles may not read a bucket's settings: versioning shows in the version id of whatever is there. */
async function checkBucket(
  config: Config,
  account: Account,
  credentials: CredentialProvider,
): Promise<string> {
  const { name: Bucket, s3 } = openBucket(account, credentials, {
    ...connectionOf(config),
    forcePathStyle: config.endpoints.sandbox,
  });
  try {
    const { Contents = [] } = await s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'agent/', MaxKeys: 1 }),
    );
    const Key = Contents[0]?.Key;
    if (Key === undefined) return 'reachable, empty: versioning will show with the first object';
    const { VersionId } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    if (VersionId !== undefined && VersionId !== 'null') return 'reachable, versioning on';
  } catch (error) {
    throw toAwsFailure(error, { system: 's3', action: `look into ${Bucket}` });
  } finally {
    s3.destroy();
  }
  throw new CheckFailed('versioning is off', `Turn on versioning of ${Bucket}.`);
}

function connectionOf({ aws, endpoints }: Config) {
  return { region: aws.region, ...(endpoints.aws === undefined ? {} : { endpoint: endpoints.aws }) };
}
