import { isCancellation, log, setWorkflowOptions } from '@temporalio/workflow';
import { versioned } from '../shared/versioning.ts';
import type { Ec2Port } from '../../activities/ec2/port.ts';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { failureMessage } from '../shared/failures.ts';

export interface InstanceSweepResult {
  readonly seen: number;
  readonly terminated: readonly string[];
  /** Instances that EC2 did not let us terminate; the next pass tries again. */
  readonly unresolved: readonly string[];
}

/**
 * The second net under a run's own clean-up: terminates test instances of this deployment whose run Temporal says is
 * closed. When Temporal does not answer, nothing is touched.
 */
export async function instanceSweep(): Promise<InstanceSweepResult> {
  const ec2 = activitiesOf<Ec2Port>('aws-promotion', 'read', { startToCloseMs: 10 * 60_000 });
  const temporal = activitiesOf<TemporalPort>('temporal', 'read');
  const instances = await ec2.listOwnInstances();
  const terminated: string[] = [];
  const unresolved: string[] = [];
  for (const { instanceId, workflowId, runId } of instances) {
    if ((await temporal.describeRun({ workflowId, runId })) === 'running') continue;
    try {
      await ec2.terminateInstance({ instanceId });
      terminated.push(instanceId);
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('an instance could not be terminated', { instanceId, reason: failureMessage(error) });
      unresolved.push(instanceId);
    }
  }
  return { seen: instances.length, terminated, unresolved };
}

setWorkflowOptions(versioned('PINNED'), instanceSweep);
