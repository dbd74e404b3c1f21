import { setWorkflowOptions } from '@temporalio/workflow';
import type { GitlabChangesPort } from '../../activities/gitlab/changes/port.ts';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { versioned } from '../shared/versioning.ts';

export interface StatusCheckInput {
  readonly project: string;
  readonly mergeRequest: number;
  readonly sha: string;
  readonly checkId: number;
}

/**
 * Answers an external status check of GitLab at once, because one that is pending for two minutes fails: passed when a change
 * of this commit is approved, else not. After a decision the change has GitLab ask again.
 */
export async function answerStatusCheck(
  input: StatusCheckInput,
): Promise<{ passed: boolean; answered: boolean }> {
  const { project, sha } = input;
  const temporal = activitiesOf<TemporalPort>('temporal', 'read');
  const gitlab = activitiesOf<GitlabChangesPort>('gitlab', 'write');
  const { approved: passed } = await temporal.findApprovedChange({ project, sha });
  const { answered } = await gitlab.answerStatusCheck({ ...input, passed });
  return { passed, answered };
}

setWorkflowOptions(versioned('PINNED'), answerStatusCheck);
