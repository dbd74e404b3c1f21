import { createRoleChain } from '../sts/role-chain.ts';
import { createCaseSystem } from './client.ts';
import type { CaseSystem } from './port.ts';

export interface CaseAccess {
  readonly region: string;
  readonly callsPerSecond: number;
  /** ARN of the role with the rights on cases. Default: this process's own credentials. */
  readonly role?: string | undefined;
  readonly externalId?: string | undefined;
  readonly sessionName: string;
  /** Of Security Incident Response and of STS, where they are not AWS's own. */
  readonly endpoint?: string | undefined;
  readonly stsEndpoint?: string | undefined;
}

/** The cases of one membership, with a role that is assumed with this process's own credentials and kept until its session ends. */
export function openCaseSystem(access: CaseAccess): CaseSystem {
  const { region, callsPerSecond, role, externalId, sessionName, endpoint, stsEndpoint } = access;
  const chain =
    role === undefined
      ? undefined
      : createRoleChain({
          ...{ region, agentDeployRoleArn: role, sessionName },
          ...(externalId === undefined ? {} : { externalId }),
          ...(stsEndpoint === undefined ? {} : { endpoint: stsEndpoint }),
        });
  return createCaseSystem({
    ...{ region, callsPerSecond },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(stsEndpoint === undefined ? {} : { stsEndpoint }),
    ...(chain === undefined ? {} : { credentials: chain.agentDeploy }),
  });
}
