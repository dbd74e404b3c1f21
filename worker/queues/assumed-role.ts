import { createRoleChain, type CredentialProvider } from '../../activities/sts/role-chain.ts';

/** One role, assumed with this process's own credentials and kept until its session ends. */
export function createSessionOf(options: {
  readonly region: string;
  readonly endpoint?: string;
  readonly roleArn: string;
  readonly externalId?: string;
  readonly sessionName: string;
}): CredentialProvider {
  const { roleArn, ...connection } = options;
  return createRoleChain({ ...connection, agentDeployRoleArn: roleArn }).agentDeploy;
}
