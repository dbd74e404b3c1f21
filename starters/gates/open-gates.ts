import { createKeyFile, noKeys } from '../../activities/decisions/keys.ts';
import type { FastifyInstance } from 'fastify';
import { changePolicyFor } from '../../config/change-policy.ts';
import type { Client } from '@temporalio/client';
import { createChangeRuns } from './change-runs.ts';
import type { GateContext } from './context.ts';
import { addGateRoutes } from './routes.ts';
import { createGoVerifier } from './verify-go.ts';

export type GateParts = Omit<GateContext, 'runs' | 'verify'> & {
  readonly client: Pick<Client, 'workflow' | 'withDeadline'>;
};

/** The gate's routes with this process's own configuration and public keys. */
export function openGates(app: FastifyInstance, { client, ...parts }: GateParts): void {
  const { config, now } = parts;
  const verify = createGoVerifier({
    policyFor: (workflowId) => changePolicyFor(config, workflowId),
    keys: config.decisions ? createKeyFile(config.decisions.publicKeys) : noKeys,
    namespace: config.temporal.namespace,
    now,
  });
  addGateRoutes(app, { ...parts, runs: createChangeRuns(client), verify });
}
