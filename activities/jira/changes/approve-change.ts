import type { ChangeAllowance, CheckChange } from '../../decisions/change-permission.ts';
import { readProperty, writeProperty, type Property } from '../publications.ts';
import { callingExecution, refused } from '../questions.ts';
import { isStatus } from '../rounds.ts';
import { listTransitions, mayHaveMoved, noWay, readStatus, takeTransition } from '../transitions.ts';
import { recordIn, requestsOf, usedRequests } from './approval-record.ts';
import { buildFields, type ChangeStatus, type ChangeTicket, type JiraChangesPort } from './port.ts';
import { readChange, workflowIdOf } from './read-change.ts';
import type { ApprovalRecord } from './schema.ts';
import type { OpenChanges } from './scheme.ts';

type Approval = Parameters<JiraChangesPort['approveChange']>[0];
type Execution = ReturnType<typeof callingExecution>;

/** In these an approval was carried out already; a repeat of it finds it done. */
const carriedOut: readonly (ChangeStatus | 'other')[] = [
  'approved',
  'deploying',
  'deployFailed',
  'resolved',
  'closed',
];
const approvable: readonly (ChangeStatus | 'other')[] = ['waiting', 'manualReview', 'approved'];
/** The newest so many: a property holds 32 KB. */
const mostUsed = 100;

/**
 * Guard, then record, then transition. The record comes first because the other order could leave an approved ticket that
 * says nobody why: if the worker dies between the two, the ticket still waits, the record is found again by the repeat (same run,
 * same requests, same entry into the status) and only the transition is made. A record alone approves nothing: history counts it
 * when Jira's change log shows the move.
 */
export async function approveChange(
  open: OpenChanges,
  { issueId, permission, authors, requester, at }: Approval,
  guard: CheckChange,
): Promise<{ changed: boolean }> {
  const execution = callingExecution();
  const { build } = permission;
  const allowance = await guard({ kind: 'approve-ticket', build }, permission, execution);
  const ticket = await readChange(open, issueId);
  requireTicket(ticket, permission, execution);
  const property = await readProperty(open, issueId);
  requireOwner(ticket, property, execution);
  const record = toRecord({ permission, authors, requester, at }, allowance, ticket, execution);
  const before = recordIn(property);
  const isRepeat = before !== undefined && isSameApproval(before, record);
  if (isRepeat && carriedOut.includes(ticket.status)) return { changed: false };
  requireApprovable(open, ticket);
  if (!isRepeat || before.entry !== record.entry) {
    requireUnused(ticket, property, record);
    const used = usedRequests(property).slice(-mostUsed);
    const { workflowId } = execution;
    const next = { ...property, workflowId, version: 1, approval: record, usedRequests: used };
    await writeProperty(open, issueId, next);
  }
  if (ticket.status !== 'approved') await moveToApproved(open, issueId);
  return { changed: true };
}

/** What people edited on the ticket since may not be what was allowed. */
function requireTicket(ticket: ChangeTicket, { build }: Approval['permission'], execution: Execution): void {
  if (!ticket.inScope) throw refusal(ticket, 'it is no change ticket', execution.workflowId, 'another type');
  for (const field of buildFields)
    if (ticket.build[field] !== build[field])
      throw refusal(ticket, `it is for another ${field}`, build[field], ticket.build[field] ?? 'nothing');
}

function requireOwner(ticket: ChangeTicket, property: Property, { workflowId }: Execution): void {
  const owner = workflowIdOf(property);
  if (owner !== null && owner !== workflowId)
    throw refusal(ticket, 'it belongs to another run', workflowId, owner);
}

function toRecord(
  { permission, authors, requester, at }: Pick<Approval, 'permission' | 'authors' | 'requester' | 'at'>,
  { automatic, approvers, evidenceDigest }: ChangeAllowance,
  ticket: ChangeTicket,
  execution: Execution,
): ApprovalRecord {
  const { policy, build, grant, planGrant, plan } = permission;
  const { environment, project, sha } = build;
  return {
    automatic,
    policy: `${policy.name}@${policy.version}`,
    requestId: grant?.requestId ?? null,
    // a grant that nobody needed was not looked at, so it uses nothing up
    planRequestId: (plan && planGrant?.requestId) ?? null,
    evidenceDigest,
    // those whom the guard counted, whatever the input says
    approvers: [...approvers],
    authors: [...authors],
    requester,
    ...{ environment, project, build: build.build, sha },
    at,
    entry: ticket.movedAt,
    workflowId: execution.workflowId,
    runId: execution.runId,
  };
}

function isSameApproval(one: ApprovalRecord, other: ApprovalRecord): boolean {
  return (
    one.workflowId === other.workflowId &&
    one.runId === other.runId &&
    one.requestId === other.requestId &&
    one.planRequestId === other.planRequestId &&
    one.sha === other.sha
  );
}

function requireApprovable(open: OpenChanges, ticket: ChangeTicket): void {
  if (approvable.includes(ticket.status)) return;
  const status = { id: '', name: ticket.statusName };
  throw noWay(ticket.key, status, open.scheme.statuses.approved, []);
}

/** A request is used up where its effect lives (design §3): by another run, or by an earlier entry into the same status. */
function requireUnused(ticket: ChangeTicket, property: Property, record: ApprovalRecord): void {
  const before = recordIn(property);
  if (ticket.status === 'approved' && before && before.runId !== record.runId)
    throw refusal(ticket, 'another run has approved it', record.runId, before.runId);
  const used = usedRequests(property);
  const asked = requestsOf(record);
  if (asked.length > 0 && asked.every((one) => used.includes(one)))
    throw refusal(ticket, 'the approval was used already', 'a new request', asked.join(', '));
  if (ticket.status === 'manualReview' && asked.length === 0)
    throw refusal(ticket, 'manual review needs a person', 'a grant', 'none');
}

async function moveToApproved(open: OpenChanges, issueId: string): Promise<void> {
  const target = open.scheme.statuses.approved;
  const { key, status } = await readStatus(open, issueId);
  if (isStatus(target, status)) return;
  const listed = await listTransitions(open, issueId);
  const transition = listed.find(({ to }) => isStatus(target, to));
  if (!transition) throw noWay(key, status, target, listed);
  try {
    await takeTransition(open, { issueId, key, transition });
  } catch (error) {
    const now = mayHaveMoved(error) ? (await readStatus(open, issueId)).status : status;
    if (!isStatus(target, now)) throw error;
  }
}

function refusal(ticket: ChangeTicket, why: string, expected: string, found: string): Error {
  return refused(`approve ${ticket.key}`, why, expected, found);
}
