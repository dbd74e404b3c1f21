import { createChangeGuard, type CheckChange } from '../../activities/decisions/change-permission.ts';
import { createKeyFile, noKeys } from '../../activities/decisions/keys.ts';
import { changePolicyFor } from '../../config/change-policy.ts';
import type { Config } from '../../config/parse-config.ts';

/** What this worker's own configuration and keys allow: each queue that makes a guarded write of a change has one. */
export function toChangeGuard(config: Config): CheckChange {
  return createChangeGuard({
    policyFor: (workflowId) => changePolicyFor(config, workflowId),
    keys: config.decisions ? createKeyFile(config.decisions.publicKeys) : noKeys,
    namespace: config.temporal.namespace,
    now: Date.now,
  });
}
