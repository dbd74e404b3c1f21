import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { toApprovalPolicy } from '../../config/approval-policy.ts';
import type { Config } from '../../config/parse-config.ts';
import { runLinkBase } from '../../config/promotion-policy.ts';
import { policyChanged, type FreezeInput } from '../../workflows/freeze/messages.ts';
import { freezeId, workflowTypes } from '../../workflows/shared/names.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';

/**
 * Starts `freeze`, which runs for ever, or tells the running one the rules that hold now. May be repeated.
 * @throws Error when the configuration has no freeze
 */
export async function ensureFreeze(client: Client, config: Config): Promise<'started' | 'told its rules'> {
  if (!config.freeze) throw new Error('no freeze in the configuration');
  const policy = toApprovalPolicy(config, config.freeze.approval);
  const input: FreezeInput = { policy, runLinkBase: runLinkBase(config) };
  try {
    await client.workflow.start(workflowTypes.freeze, {
      workflowId: freezeId,
      taskQueue: config.temporal.taskQueue,
      args: [input],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: 'Freeze and stop-the-line',
      typedSearchAttributes: [{ key: attributes.process, value: 'freeze' }],
    });
    return 'started';
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    await client.workflow.getHandle(freezeId).signal(policyChanged, input);
    return 'told its rules';
  }
}
