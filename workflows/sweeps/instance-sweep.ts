import { setWorkflowOptions } from '@temporalio/workflow';
import { versioned } from '../shared/versioning.ts';
import type { Ec2Port } from '../../activities/ec2/port.ts';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { activitiesOf } from '../shared/activities.ts';

export interface InstanceSweepResult {
  readonly seen: number;
  readonly terminated: readonly string[];
}

/**
 * The second net under a run's own clean-up: terminates test instances of this deployment whose run Temporal says is
 * closed. When Temporal does not answer, nothing is touched.
 */
export async function instanceSweep(): Promise<InstanceSweepResult> {
  const ec2 = activitiesOf<Ec2Port>('aws-promotion', 'read', { startToCloseTimeout: '10 minutes' });
  const temporal = activitiesOf<TemporalPort>('temporal', 'read');
  const instances = await ec2.listOwnInstances();
  const terminated: string[] = [];
  for (const { instanceId, workflowId, runId } of instances) {
    if ((await temporal.describeRun({ workflowId, runId })) === 'running') continue;
    await ec2.terminateInstance({ instanceId });
    terminated.push(instanceId);
  }
  return { seen: instances.length, terminated };
}

setWorkflowOptions(versioned('PINNED'), instanceSweep);
