import { workflowInfo } from '@temporalio/workflow';
import type { WorkflowDefinitionOptions } from '@temporalio/common';

type Behavior = NonNullable<WorkflowDefinitionOptions['versioningBehavior']>;

/**
 * How a workflow meets a new worker version (design §11): short passes are pinned, long-lived ones move along with
 * `patched()`. Said only by a worker that takes part in a deployment: the server refuses it from any other.
 */
export function versioned(versioningBehavior: Behavior): () => WorkflowDefinitionOptions {
  return () => (workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior } : {});
}
