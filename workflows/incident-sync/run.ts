import { isCancellation, log } from '@temporalio/workflow';
import type { IncidentPort } from '../../activities/incidents/port.ts';
import type { IncidentCallsPort } from '../../activities/temporal/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { failureMessage, failureType } from '../shared/failures.ts';
import { stepKey } from '../shared/names.ts';
import type { Patience } from '../shared/patience.ts';
import type { Progress } from '../shared/run-progress.ts';
import type { Conflicts } from './conflicts.ts';
import type { IncidentPolicy, IncidentState, LinkRef } from './messages.ts';
import type { NoticeFacts } from './notices.ts';
import { withoutParked, withParked } from './view.ts';

export const stepNames = {
  idle: 'Wait for the next change',
  read: 'Read both sides',
  write: 'Write what differs',
} as const;

/** What the parts of one run share. Only the main loop writes to vendors; signals change what it finds. */
export interface IncidentRun {
  readonly connection: string;
  readonly caseId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly progress: Progress<keyof typeof stepNames>;
  readonly patience: Patience;
  readonly conflicts: Conflicts;
  policy: IncidentPolicy;
  state: IncidentState;
  /** Something was said since both sides were read. */
  dirty: boolean;
  /** To be unlinked. */
  leaving: boolean;
  /** Issue to link, unless the case has one. */
  wanted: string | undefined;
  /** A comparison asks what differs; `only`: and wants nothing to be written because of it. */
  comparing: { readonly deliveryId: string; readonly only: boolean } | null;
}

export const readsOf = ({ policy }: IncidentRun) =>
  activitiesOf<IncidentPort>('aws-incident', 'read', { heartbeatSeconds: policy.heartbeatSeconds });

export const writesOf = ({ policy }: IncidentRun) =>
  activitiesOf<IncidentPort>('aws-incident', 'write', {
    heartbeatSeconds: policy.heartbeatSeconds,
    startToCloseMs: 20 * 60_000,
  });

export const callsOf = () => activitiesOf<IncidentCallsPort>('temporal', 'write');

export const keyOf = ({ workflowId, runId }: IncidentRun, step: string) => stepKey(workflowId, runId, step);

export function refOf({ connection, caseId, state }: IncidentRun): LinkRef | undefined {
  return state.link ? { connection, caseId, issueId: state.link.issueId } : undefined;
}

export function noticeFacts({ policy, caseId, state, workflowId }: IncidentRun): NoticeFacts {
  const issueKey = state.link?.issueKey ?? '';
  return { policy, caseId, issueKey, workflowId, runLink: `${policy.runLinkBase}${workflowId}` };
}

/** What fails for good is parked under its name and shown; the rest flows on. @returns whether it was done */
export async function orPark(run: IncidentRun, name: string, act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    run.state = withoutParked(run.state, name);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    const reason = `${failureType(error)}: ${failureMessage(error)}`;
    log.error('a step is parked', { name, reason });
    run.state = withParked(run.state, name, reason, now());
    return false;
  }
}

export function now(): string {
  return new Date(Date.now()).toISOString();
}
