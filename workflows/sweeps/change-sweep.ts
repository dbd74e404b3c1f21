import { setWorkflowOptions } from '@temporalio/workflow';
import type { JiraChangesPort } from '../../activities/jira/changes/port.ts';
import type { TicketRef } from '../../activities/jira/port.ts';
import type { ChangeNudge, TemporalPort } from '../../activities/temporal/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { failureType } from '../shared/failures.ts';
import { versioned } from '../shared/versioning.ts';

export interface ChangeSweepInput {
  /** Name of the Jira site of the changes. */
  readonly site: string;
  /** Longer than the time between two passes: what one lost, the next one finds. */
  readonly changedWithinMinutes: number;
}

export interface CodeIntakeInput {
  /** Full path in GitLab. */
  readonly project: string;
  readonly event: string;
}

export interface NudgeResult {
  readonly signalled: number;
  readonly started: number;
  /** Keys of tickets that name no build of a controlled environment: people fill them in, then they are seen again. */
  readonly incomplete: readonly string[];
}

/** The safety net under the webhooks: each open change ticket that changed lately is told to its run, or gets one. One short pass. */
export async function changeSweep({ site, changedWithinMinutes }: ChangeSweepInput): Promise<NudgeResult> {
  const jira = activitiesOf<JiraChangesPort>('jira', 'read');
  const changed = await jira.findChanges({ site, changedWithinMinutes });
  return nudge(changed);
}

/** A webhook spoke of this ticket (C-14): its run is told; a ticket that was made by hand gets one, if it names a build. */
export async function changeIntake(ticket: TicketRef): Promise<NudgeResult> {
  const jira = activitiesOf<JiraChangesPort>('jira', 'read');
  try {
    const { key, issueId, workflowId, status, build, inScope } = await jira.readChange(ticket);
    // moved away: only a run that knows it already has something to learn
    if (!inScope && workflowId === null) return { signalled: 0, started: 0, incomplete: [] };
    return await nudge([{ key, issueId, workflowId, status, build }]);
  } catch (error) {
    if (failureType(error) !== 'NotFound') throw error;
    return { signalled: 0, started: 0, incomplete: [] };
  }
}

/** A webhook spoke of a project's code: merge requests, approvals, scans, pipelines. */
export async function codeIntake(input: CodeIntakeInput): Promise<{ signalled: number }> {
  return activitiesOf<TemporalPort>('temporal', 'write').nudgeProject(input);
}

function nudge(changes: readonly ChangeNudge[]): Promise<NudgeResult> {
  const temporal = activitiesOf<TemporalPort>('temporal', 'write');
  return temporal.nudgeChanges({ changes });
}

setWorkflowOptions(versioned('PINNED'), changeSweep);
setWorkflowOptions(versioned('PINNED'), changeIntake);
setWorkflowOptions(versioned('PINNED'), codeIntake);
