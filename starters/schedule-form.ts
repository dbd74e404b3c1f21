import { ScheduleOverlapPolicy, type ScheduleOptions, type ScheduleSpec } from '@temporalio/client';
import type { Config } from '../config/parse-config.ts';
import { attributes } from '../workflows/shared/search-attributes.ts';

/** One short pass, again and again. */
export interface Sweep {
  readonly id: string;
  readonly type: string;
  /** UTC */
  readonly spec: ScheduleSpec;
  readonly args: readonly unknown[];
  /** What an outage missed is done late if it is not older than this. Default a minute: the next pass does it all. */
  readonly catchupWindow?: '1 minute' | '12 hours' | '7 days';
}

export function every(interval: '1 minute' | '5 minutes' | '1 hour' | `${number} minutes`): ScheduleSpec {
  return { intervals: [{ every: interval }] };
}

export function toSchedule(
  { temporal }: Config,
  { id, type, spec, args, catchupWindow = '1 minute' }: Sweep,
): ScheduleOptions {
  return {
    scheduleId: id,
    spec,
    action: {
      type: 'startWorkflow',
      workflowType: type,
      workflowId: id,
      taskQueue: temporal.taskQueue,
      args: [...args],
      typedSearchAttributes: [{ key: attributes.process, value: id }],
    },
    // The SDK's text and tags disagree on the default of the window: it is said here.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow },
  };
}
