/** Every queue, id and search attribute of Lockkeeper is made here and nowhere else (design §2). */

/** The systems that have a task queue, and so a set of credentials, of their own (design §5: queues are privileges). */
export const systems = [
  'jira',
  'gitlab',
  'slack',
  'aws-promotion',
  'health',
  'halo',
  'aws-incident',
  'aws-audit',
] as const;
export type System = (typeof systems)[number];

/** @param base the task queue of the workflows, `lockkeeper` unless a deployment or a test names another */
export function systemQueue(base: string, system: System): string {
  return `${base}-${system}`;
}

const promotionPrefix = 'agent-promotion';

/** @param issueId Jira's numeric id: a key changes when the ticket moves */
export function agentPromotionId(site: string, issueId: string): string {
  return `${promotionPrefix}:${site}:${issueId}`;
}

export function parseAgentPromotionId(workflowId: string): { site: string; issueId: string } | undefined {
  const match = /^agent-promotion:([^:/]+):([0-9]+)$/.exec(workflowId);
  return match?.[1] && match[2] ? { site: match[1], issueId: match[2] } : undefined;
}

/** @param key the step key of the notice */
export function noticeId(key: string): string {
  return `notice:${key}`;
}

export const promotionQueueId = 'promotion-queue';
export const freezeId = 'freeze';
export const driftSweepId = 'drift-sweep';
export const promotionSweepId = 'promotion-sweep';
export const instanceSweepId = 'instance-sweep';

const rollbackPrefix = 'promotion-rollback';

/** @param issueId of the ticket whose promotion is taken back */
export function promotionRollbackId(site: string, issueId: string): string {
  return `${rollbackPrefix}:${site}:${issueId}`;
}

/** The review that follows a break-glass decision. */
export function overrideReviewId(requestId: string): string {
  return `override-review:${requestId}`;
}

/** A dry run: reads everything, writes nothing, lists what it would write. */
export function promotionPlanId(site: string, issueId: string): string {
  return `promotion-plan:${site}:${issueId}`;
}

/** @param project GitLab's full path: its slashes become `~`, which no path has, because a step key is cut at slashes */
export function changeApprovalId({ environment, project, build }: ChangeId): string {
  return `change:${environment}:${project.replaceAll('/', '~')}:${build}`;
}

export interface ChangeId {
  readonly environment: string;
  readonly project: string;
  readonly build: string;
}

export function parseChangeApprovalId(workflowId: string): ChangeId | undefined {
  const match = /^change:([^:/]+):([^:/]+):([\w.-]{1,64})$/.exec(workflowId);
  const [, environment, project, build] = match ?? [];
  return environment && project && build
    ? { environment, project: project.replaceAll('~', '/'), build }
    : undefined;
}

/** @param month `2026-10` */
export function changeInspectionId(month: string): string {
  return `change-inspection:${month}`;
}

/** One pass per delivery of a webhook. @param delivery hex digest of the delivery's id */
export function changeIntakeId(site: string, issueId: string, delivery: string): string {
  return `change-intake:${site}:${issueId}:${delivery}`;
}

/** @param projectId GitLab's number */
export function codeIntakeId(projectId: number, delivery: string): string {
  return `code-intake:${projectId}:${delivery}`;
}

export function statusCheckId(
  mergeRequest: { projectId: number; iid: number; checkId: number; sha: string },
  delivery: string,
): string {
  const { projectId, iid, checkId, sha } = mergeRequest;
  return `status-check:${projectId}:${iid}:${checkId}:${sha}:${delivery}`;
}

export const changeSweepId = 'change-sweep';
export const changeInspectionScheduleId = 'change-inspection';
export const autoApprovalId = 'auto-approval';

/** The one writer of a source of findings. */
export function haloSyncId(source: string): string {
  return `halo-sync:${source}`;
}

/** The schedules that ask for passes; `kind` is `pass`, `reconcile` or `remind`. */
export function haloScheduleId(source: string, kind: string): string {
  return `halo-${kind}:${source}`;
}

/** One accepted risk. @param hash the first 16 hex digits of the SHA-256 of the finding's id */
export function findingAcceptanceId(source: string, hash: string): string {
  return `finding-acceptance:${source}:${hash}`;
}

/** The label by which a finding's ticket is found where search by field cannot help. @param hash as above */
export function findingLabel(hash: string): string {
  return `lk-finding-${hash}`;
}

/** One case and one connection: a case may be mirrored to several sites and projects. */
export function incidentSyncId(connection: string, caseId: string): string {
  return `incident:${connection}:${caseId}`;
}

export function parseIncidentSyncId(workflowId: string): { connection: string; caseId: string } | undefined {
  const match = /^incident:([^:/]+):([0-9]{10,32})$/.exec(workflowId);
  return match?.[1] && match[2] ? { connection: match[1], caseId: match[2] } : undefined;
}

/** One issue of a connection, as long as somebody looks at it. @param issueId Jira's numeric id */
export function incidentIntakeId(connection: string, issueId: string): string {
  return `incident-intake:${connection}:${issueId}`;
}

/** Which connections are paused, for all runs of them. */
export const incidentControlId = 'incident-control';

/** The schedules of a connection. */
export function incidentSweepId(connection: string): string {
  return `incident-sweep:${connection}`;
}
export function incidentDriftId(connection: string): string {
  return `incident-drift:${connection}`;
}

/** The label by which a case's issue is found where search by property cannot help. @param hash first 16 hex digits of the SHA-256 of `<connection>/<case id>` */
export function incidentLabel(hash: string): string {
  return `lk-incident-${hash}`;
}

/** The tag of a case that was made from an issue: `<connection>/<numeric issue id>`. */
export const incidentTag = 'lockkeeper:issue';

/** One change of a secret. @param eventId CloudTrail's, or `label:…`; a secret's name may have slashes, at which a step key is cut */
export function secretChangeId(eventId: string): string {
  return `secret-change:${eventId.replaceAll('/', '~')}`;
}

/** Who used the approval of a ticket. @param issueId Jira's numeric id */
export function secretTicketId(site: string, issueId: string): string {
  return `secret-ticket:${site}:${issueId}`;
}

/** What one principal changed without approval, as long as it is open. @param hash the first 16 hex digits of the SHA-256 of who it is */
export function secretFindingId(account: string, hash: string): string {
  return `secret-finding:${account}:${hash}`;
}

/** The schedules of the audit; one comparison for each account and region. */
export const secretSweepPrefix = 'secret-sweep:';
export function secretSweepId(account: string, region: string): string {
  return `${secretSweepPrefix}${account}:${region}`;
}
export const secretExportId = 'secret-export';

/** What a decision that frees the turn answers: this one grant of it. */
export function turnRequestId(token: number): string {
  return `turn:${token}`;
}

export function parseTurnRequestId(requestId: string): number | undefined {
  const token = Number(/^turn:([0-9]{1,16})$/.exec(requestId)?.[1]);
  return Number.isSafeInteger(token) ? token : undefined;
}

/** The idempotency key of one outside write: stable over retries, worker crashes and resets (design §2, rounds). */
export function stepKey(workflowId: string, round: string, step: string): string {
  return `${workflowId}/${round}/${step}`;
}

/** @returns the workflow id in a step key, as a GitLab pipeline's LOCKKEEPER_RUN carries it */
export function workflowIdOfKey(key: string): string | undefined {
  const [workflowId, round, step] = key.split('/');
  return workflowId && round && step ? workflowId : undefined;
}

export const workflowTypes = {
  agentPromotion: 'agentPromotion',
  promotionQueue: 'promotionQueue',
  promotionSweep: 'promotionSweep',
  instanceSweep: 'instanceSweep',
  deliverNotice: 'deliverNotice',
  freeze: 'freeze',
  overrideReview: 'overrideReview',
  promotionRollback: 'promotionRollback',
  driftSweep: 'driftSweep',
  changeApproval: 'changeApproval',
  changeSweep: 'changeSweep',
  changeIntake: 'changeIntake',
  codeIntake: 'codeIntake',
  answerStatusCheck: 'answerStatusCheck',
  changeInspection: 'changeInspection',
  autoApproval: 'autoApproval',
  haloSync: 'haloSync',
  haloPass: 'haloPass',
  findingAcceptance: 'findingAcceptance',
  incidentSync: 'incidentSync',
  incidentIntake: 'incidentIntake',
  incidentControl: 'incidentControl',
  incidentSweep: 'incidentSweep',
  incidentDrift: 'incidentDrift',
  secretChange: 'secretChange',
  secretTicket: 'secretTicket',
  secretFinding: 'secretFinding',
  secretSweep: 'secretSweep',
  secretExport: 'secretExport',
} as const;

/** Search attributes: never encrypted, so codes only, no prose (design §6). */
export const searchAttributeNames = {
  process: 'LkProcess',
  phase: 'LkPhase',
  ticket: 'LkTicket',
  target: 'LkTarget',
  waitingOn: 'LkWaitingOn',
  risk: 'LkRisk',
  dueBy: 'LkDueBy',
  decision: 'LkDecision',
} as const;

/** `LkWaitingOn` of a run that waits for people: `person:<group>+<group>`. */
export const waitingOnPerson = 'person:';

/** The Jira entity property and the Slack metadata event that point back at a workflow. */
export const jiraPropertyKey = 'lockkeeper';
export const slackEventType = 'lockkeeper';

/** The tags of a test instance; instance-sweep touches only instances that carry its own deployment's. */
export const instanceTags = {
  key: 'lockkeeper:key',
  deployment: 'lockkeeper:deployment',
  namespace: 'lockkeeper:namespace',
  workflowId: 'lockkeeper:workflow-id',
  runId: 'lockkeeper:run-id',
} as const;
