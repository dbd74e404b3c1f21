import type { WorkflowHandle } from '@temporalio/client';
import type { IncidentPort } from '../../activities/incidents/port.ts';
import type { IncidentCallsPort } from '../../activities/temporal/port.ts';
import { createCase, createIssue } from '../policy/incident-sync/pair.ts';
import { incidentCalls, incidentPort, type IncidentSides } from './incident-stubs.ts';
import { createPromotionWorld } from './promotion-world.ts';
import type { TrackingWorld } from './queue-world.ts';
import { registerStubs } from './stub-activities.ts';
import { testQueue } from './stub-workers.ts';

export interface Pass {
  readonly handle: WorkflowHandle;
  readonly sides: IncidentSides;
}

let passes = 0;

/** A short run around incidents, its vendors in memory. @param id may be said again: another run of the same thing */
export async function startPass(
  temporal: TrackingWorld,
  type: string,
  input: unknown,
  own: {
    readonly id?: string;
    readonly port?: Partial<IncidentPort>;
    readonly calls?: Partial<IncidentCallsPort>;
    /** Again and again, each with what the last one left, as a schedule does it. The time-skipping server hangs on it now and then. */
    readonly cronSchedule?: string;
  } = {},
): Promise<Pass> {
  const { client } = temporal;
  const workflowId = own.id ?? `${type}-${(passes += 1)}`;
  const sides: IncidentSides = {
    ...{ case: createCase(), issue: createIssue(), calls: [], failures: {}, kept: [], told: [] },
    ...{ paused: false, severe: false, tied: new Set<string>() },
  };
  const { stubs } = createPromotionWorld();
  registerStubs(workflowId, {
    ...stubs,
    temporal: { ...stubs.temporal, ...incidentCalls(sides), ...own.calls },
    'aws-incident': { ...incidentPort(sides), ...own.port },
  });
  const { firstExecutionRunId } = await client.workflow.start(type, {
    ...{ workflowId, taskQueue: testQueue, args: [input] },
    ...(own.cronSchedule === undefined ? {} : { cronSchedule: own.cronSchedule }),
  });
  // a run that is followed by the next one has no end that could be replayed
  if (own.cronSchedule !== undefined) return { handle: client.workflow.getHandle(workflowId), sides };
  return { handle: temporal.track(client.workflow.getHandle(workflowId, firstExecutionRunId)), sides };
}
