import type { RoleChain } from '../sts/role-chain.ts';
import type { BucketConnection } from '../s3/bucket.ts';

export interface Ec2Options extends BucketConnection {
  /** Names this installation of Lockkeeper; instances of another one are never touched. */
  readonly deployment: string;
  /** Temporal namespace, in which the instances' run ids mean something. */
  readonly namespace: string;
  /** Twelve digits: owns the test bucket and the instances. */
  readonly testAccountId: string;
  readonly testBucket: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly subnetId?: string;
  readonly securityGroupIds?: readonly string[];
  /** systemd unit of the agent. */
  readonly serviceName: string;
  /** Run by bash on the instance; prints the agent's version. */
  readonly versionCommand: string;
  /** Default 2000. */
  readonly pollMs?: number;
  /** How long a terminated instance may take to end; default 5 minutes. */
  readonly terminationMs?: number;
  readonly roles: Pick<RoleChain, 'agentDeploy' | 'freshFor'>;
}
