import { AssumeRoleCommand, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAwsClients, type AwsClients, type AwsCredentials } from '../../sandbox/aws/aws-clients.ts';
import { cacheDir } from '../../sandbox/shared/cache-dir.ts';
import { startAws, type SandboxAws } from '../../sandbox/aws/start-aws.ts';

export const awsControlToken = 'aws-control-token-of-the-tests';

let shared: Promise<{ aws: SandboxAws; runDir: string }> | undefined;

/** One emulator for all test files of a mocha run, started by the first that asks; call `reset()` before relying on it. */
export async function sharedAws(): Promise<SandboxAws> {
  shared ??= start();
  return (await shared).aws;
}

async function stopSharedAws(): Promise<void> {
  const started = await shared?.catch(() => undefined);
  shared = undefined;
  if (!started) return;
  await started.aws.stop();
  await rm(started.runDir, { recursive: true, force: true });
}

// A root hook: it runs after the last test of the whole mocha run.
after(stopSharedAws);

async function start() {
  const runDir = await mkdtemp(path.join(tmpdir(), 'lockkeeper-aws-'));
  const aws = await startAws({ cacheDir: cacheDir(), runDir, token: awsControlToken, log: () => undefined });
  return { aws, runDir };
}

/** The principals of the shipped papers, and a stranger. */
export type Principal =
  | 'jira-bot'
  | 'ci-runner'
  | 'sam'
  | 'Runner-Role'
  | 'Agent-Deploy'
  | 'Agent-Publish of prod-a'
  | 'administrator of soc'
  | 'administrator of test'
  | 'administrator of prod-a';

/** Clients of a principal, through the front. Roles are reached the way production reaches them: link by link. */
export async function clientsOf(aws: SandboxAws, principal: Principal): Promise<AwsClients> {
  return createAwsClients(aws.url, await credentialsOf(aws, principal));
}

export async function credentialsOf(aws: SandboxAws, principal: Principal): Promise<AwsCredentials> {
  const { credentials, roles, externalId } = aws.provisioned;
  switch (principal) {
    case 'jira-bot':
      return credentials.jiraBot;
    case 'ci-runner':
      return credentials.ciRunner;
    case 'sam':
      return credentials.sam;
    case 'Runner-Role':
      return assumeRole(aws, credentials.jiraBot, { RoleArn: roles.runnerRole });
    case 'Agent-Deploy':
      return assumeRole(aws, await credentialsOf(aws, 'Runner-Role'), { RoleArn: roles.agentDeploy });
    case 'Agent-Publish of prod-a': {
      const RoleArn = roles.agentPublish['prod-a'];
      return assumeRole(aws, await credentialsOf(aws, 'Agent-Deploy'), { RoleArn, ExternalId: externalId });
    }
    case 'administrator of soc':
      return credentials.admin.soc;
    case 'administrator of test':
      return credentials.admin.test;
    case 'administrator of prod-a':
      return credentials.admin['prod-a'];
  }
}

export async function assumeRole(
  aws: SandboxAws,
  by: AwsCredentials,
  input: Partial<AssumeRoleCommandInput> & { RoleArn: string },
): Promise<AwsCredentials> {
  const { sts } = createAwsClients(aws.url, by);
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleSessionName: 'tests', ...input }));
  return {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken!,
  };
}

/** 'allowed', 'refused' (403) or 'missing' (404); anything else is thrown. */
export async function verdictOf(call: Promise<unknown>): Promise<'allowed' | 'refused' | 'missing'> {
  try {
    await call;
    return 'allowed';
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status === 403) return 'refused';
    if (status === 404) return 'missing';
    throw error;
  }
}
