import { DescribeSecurityGroupsCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { CreateBucketCommand, PutBucketPolicyCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { createAwsClients, type AwsClients, type AwsCredentials } from './aws-clients.ts';
import type { Emulator } from './emulator.ts';
import { addUserPolicy, createRole, createUser } from './iam-principals.ts';
import {
  createIncidentPlumbing,
  incidentPlumbing,
  incidentValues,
  type IncidentPlumbing,
} from './incident-plumbing.ts';
import {
  accountNames,
  productionAccountNames,
  sandboxAccounts,
  sandboxRegion,
  type AccountName,
  type ProductionAccountName,
} from './sandbox-accounts.ts';
import {
  createSecretPlumbing,
  secretPlumbing,
  secretValues,
  type SecretPlumbing,
} from './secret-plumbing.ts';
import { readShippedPolicy, type PolicyValues } from './shipped-policy.ts';

export interface ProvisionedAws {
  readonly region: string;
  readonly accounts: typeof sandboxAccounts;
  readonly credentials: {
    readonly jiraBot: AwsCredentials;
    readonly ciRunner: AwsCredentials;
    readonly sam: AwsCredentials;
    /** An administrator of each account, for the sandbox itself: instance runner, seeding, tests' read-back. */
    readonly admin: Readonly<Record<AccountName, AwsCredentials>>;
  };
  readonly roles: {
    readonly runnerRole: string;
    readonly agentDeploy: string;
    readonly agentPublish: Readonly<Record<ProductionAccountName, string>>;
  };
  readonly externalId: string;
  readonly deployment: string;
  /** What Agent-Deploy may launch: nothing else. */
  readonly launch: LaunchParts;
  readonly incidents: IncidentPlumbing;
  readonly secrets: SecretPlumbing;
}

export interface LaunchParts {
  readonly imageId: string;
  readonly instanceType: string;
  readonly subnetId: string;
  readonly securityGroupId: string;
}

const externalId = 'lockkeeper-sandbox';
const deployment = 'sandbox';

/**
 * Makes the sandbox's accounts on a fresh emulator: versioned buckets, and the users, roles and policies that deploy/aws
 * ships, filled in. Afterwards the root keys it worked with are sealed, so that nothing escapes these policies.
 */
export async function provisionAccounts(emulator: Emulator): Promise<ProvisionedAws> {
  const roots = byAccount((name) => rootClients(emulator.url, name));
  const launch = await findLaunchParts(roots.test);
  const roles = {
    runnerRole: roleArn('test', 'Runner-Role'),
    agentDeploy: roleArn('test', 'Agent-Deploy'),
    agentPublish: byProductionAccount((name) => roleArn(name, 'Agent-Publish')),
  };
  const values = policyValues(roles, launch);
  const credentials = await createUsers(roots, values);
  await createRoles(roots, values);
  await createBuckets(roots, values);
  await createIncidentPlumbing(emulator.url, rootKey('soc'), values);
  await createSecretPlumbing(emulator.url, rootKey, values);
  await emulator.seal();
  return {
    region: sandboxRegion,
    accounts: sandboxAccounts,
    credentials,
    roles,
    externalId,
    deployment,
    launch,
    incidents: incidentPlumbing,
    secrets: secretPlumbing,
  };
}

const rootKey = (name: AccountName): AwsCredentials => ({
  accessKeyId: sandboxAccounts[name].id,
  secretAccessKey: 'unchecked until sealed',
});

const rootClients = (endpoint: string, name: AccountName): AwsClients =>
  createAwsClients(endpoint, rootKey(name));

/** The default subnet and security group that every account is born with. */
async function findLaunchParts({ ec2 }: AwsClients): Promise<LaunchParts> {
  const [subnets, groups] = await Promise.all([
    ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'default-for-az', Values: ['true'] }] })),
    ec2.send(new DescribeSecurityGroupsCommand({ GroupNames: ['default'] })),
  ]);
  const subnetId = subnets.Subnets?.[0]?.SubnetId;
  const securityGroupId = groups.SecurityGroups?.[0]?.GroupId;
  if (!subnetId || !securityGroupId) throw new Error('The emulator has no default subnet or security group');
  return { imageId: 'ami-0abcdef1234567890', instanceType: 't3.micro', subnetId, securityGroupId };
}

function policyValues(roles: ProvisionedAws['roles'], launch: LaunchParts): PolicyValues {
  return {
    REGION: sandboxRegion,
    TEST_ACCOUNT_ID: sandboxAccounts.test.id,
    SOC_BUCKET: sandboxAccounts.soc.bucket,
    TEST_BUCKET: sandboxAccounts.test.bucket,
    WORKER_PRINCIPAL_ARN: userArn('jira-bot'),
    CI_RUNNER_PRINCIPAL_ARN: userArn('ci-runner'),
    AGENT_PUBLISH_ROLE_ARNS: Object.values(roles.agentPublish),
    EXTERNAL_ID: externalId,
    DEPLOYMENT: deployment,
    TEST_IMAGE_ID: launch.imageId,
    TEST_INSTANCE_TYPE: launch.instanceType,
    TEST_SUBNET_ID: launch.subnetId,
    TEST_SECURITY_GROUP_ID: launch.securityGroupId,
    ...incidentValues,
    ...secretValues,
  };
}

async function createUsers(roots: Record<AccountName, AwsClients>, values: PolicyValues) {
  const runner = readShippedPolicy('runner-principal.policy', values);
  const jiraBot = await createUser(roots.test.iam, 'jira-bot', runner);
  const becomeIncidents = readShippedPolicy('incident-principal.policy', values);
  await addUserPolicy(roots.test.iam, 'jira-bot', 'incident-principal', becomeIncidents);
  const becomeSecrets = readShippedPolicy('secret-principal.policy', values);
  await addUserPolicy(roots.test.iam, 'jira-bot', 'secret-principal', becomeSecrets);
  const ciRunner = await createUser(roots.test.iam, 'ci-runner', runner);
  const sam = await createUser(roots.soc.iam, 'sam', allow(socUploader));
  const admins = accountNames.map(
    async (name) => [name, await createUser(roots[name].iam, 'sandbox-admin', allow(everything))] as const,
  );
  const admin = Object.fromEntries(await Promise.all(admins)) as Record<AccountName, AwsCredentials>;
  return { jiraBot, ciRunner, sam, admin };
}

async function createRoles(roots: Record<AccountName, AwsClients>, values: PolicyValues) {
  await createRole(roots.test.iam, 'Runner-Role', 'runner-role', values);
  await createRole(roots.test.iam, 'Agent-Deploy', 'agent-deploy', values);
  await createRole(roots.soc.iam, 'Lockkeeper-Incidents', 'lockkeeper-incidents', values);
  await createRole(roots.soc.iam, 'Lockkeeper-Secrets', 'lockkeeper-secrets', values);
  for (const name of accountNames)
    await createRole(roots[name].iam, 'Lockkeeper-Secrets-Lookup', 'secret-lookup', values);
  for (const name of productionAccountNames)
    await createRole(roots[name].iam, 'Agent-Publish', 'agent-publish', { ...values, ...ofAccount(name) });
}

async function createBuckets(roots: Record<AccountName, AwsClients>, values: PolicyValues) {
  for (const name of accountNames) {
    const { bucket: Bucket, purpose } = sandboxAccounts[name];
    const { s3 } = roots[name];
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const Policy = readShippedPolicy(`${purpose}-bucket.policy`, { ...values, ...ofAccount(name) });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  }
}

const ofAccount = (name: AccountName): PolicyValues => ({
  PRODUCTION_ACCOUNT_ID: sandboxAccounts[name].id,
  PRODUCTION_BUCKET: sandboxAccounts[name].bucket,
});

const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
/** Not shipped: how SOC lets its people upload is SOC's own affair. */
const socUploader = {
  Effect: 'Allow',
  Action: [
    's3:PutObject',
    's3:AbortMultipartUpload',
    's3:GetObject',
    's3:GetObjectVersion',
    's3:DeleteObject',
  ],
  Resource: `arn:aws:s3:::${sandboxAccounts.soc.bucket}/agent/*`,
};
const allow = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

const userArn = (name: string) => `arn:aws:iam::${sandboxAccounts.test.id}:user/${name}`;
const roleArn = (account: AccountName, name: string) =>
  `arn:aws:iam::${sandboxAccounts[account].id}:role/${name}`;

function byAccount<T>(make: (name: AccountName) => T) {
  return Object.fromEntries(accountNames.map((name) => [name, make(name)])) as Record<AccountName, T>;
}

function byProductionAccount<T>(make: (name: ProductionAccountName) => T) {
  const entries = productionAccountNames.map((name) => [name, make(name)]);
  return Object.fromEntries(entries) as Record<ProductionAccountName, T>;
}
