import { activityInfo } from '@temporalio/activity';
import type { Evidence, RequestView } from '../../workflows/approval/messages.ts';
import { paragraph, type CommentBlock, type TicketComment } from '../../workflows/shared/comment.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { ensureComment } from './comments.ts';
import type { JiraSite, OpenSite } from './site.ts';

/**
 * Asks on the ticket, once per request id: a repeat finds the comment by its property (design §5). What people are shown is
 * the evidence whose digest their answer is bound to, so both are checked against each other here.
 * @throws PolicyViolation the view is not the calling workflow's own, or its digest is another evidence's
 */
export async function askOnTicket(
  open: OpenSite,
  issueId: string,
  view: RequestView,
  digestOf: (evidence: Evidence) => string,
) {
  const workflowId = callingWorkflow();
  if (view.workflowId !== workflowId)
    throw refused('ask on the ticket', 'the question is another workflow’s', workflowId, view.workflowId);
  const digest = digestOf(view.evidence);
  if (view.evidenceDigest !== digest)
    throw refused('ask on the ticket', 'the digest is not that of the evidence', digest, view.evidenceDigest);
  const { key, requestId, evidenceDigest, policy } = view;
  const property = { key, requestId, evidenceDigest, policy: `${policy.name}@${policy.version}`, workflowId };
  return ensureComment(open, {
    issueId,
    body: toQuestion(view, open.site.changeStatuses),
    property,
    once: 'requestId',
  });
}

/** Of the activity's own context: what the input says about it counts for nothing. */
export function callingExecution(): { readonly workflowId: string; readonly runId: string } {
  const { workflowExecution } = activityInfo();
  if (workflowExecution) return workflowExecution;
  throw refused('find the calling workflow', 'only a workflow may ask for decisions', 'a workflow', 'none');
}

export function callingWorkflow(): string {
  return callingExecution().workflowId;
}

export function refused(action: string, why: string, expected: string, found: string): Error {
  return createFailure('PolicyViolation', `jira: ${action}: ${why}`, {
    details: { system: 'jira', action, expected, found },
  });
}

const answeredByMove: readonly Evidence['kind'][] = ['change', 'change-plan'];

/** How to answer comes first: what a comment has no room for is cut at its end. */
function toQuestion(
  { evidence, policy, deadline }: RequestView,
  statuses: JiraSite['changeStatuses'],
): TicketComment {
  const seats = policy.quorum.map(({ group, count }) => `${count} of ${group}`).join(', ');
  const until = deadline === null ? '' : ` Until ${deadline}.`;
  return [
    paragraph(`Decision wanted: ${evidence.title}`),
    paragraph(`Needed: ${seats} (policy ${policy.name}, version ${policy.version}).${until}`),
    paragraph('Answer with a comment that begins with one of:'),
    { type: 'list', items: answers(policy) },
    ...(statuses && answeredByMove.includes(evidence.kind) ? [paragraph(moveHint(statuses))] : []),
    ...(evidence.facts.length + peopleOf(evidence).length > 0 ? [factsOf(evidence)] : []),
    ...evidence.links.map(({ label, href }): CommentBlock => ({ type: 'link', label, href })),
  ];
}

function moveHint({ approved, declined }: NonNullable<JiraSite['changeStatuses']>): string {
  return `Moving this ticket to ${approved} or ${declined} is an answer too.`;
}

function answers({ risk, override }: RequestView['policy']): string[] {
  return [
    risk === 'high' ? '/approve <reason>' : '/approve',
    '/reject <reason>',
    '/revoke (takes your own decision back)',
    ...(override ? ['/override <reason> (break-glass: it is reviewed afterwards)'] : []),
    '/info <question> (asks the requester)',
  ];
}

function factsOf(evidence: Evidence): CommentBlock {
  const rows = [...evidence.facts, ...peopleOf(evidence)].map(({ label, value }) => [label, value]);
  return { type: 'table', header: ['What', 'Value'], rows };
}

function peopleOf({ requester, authors, changers }: Evidence) {
  return [
    { label: 'Requested by', value: requester ?? '' },
    { label: 'Authors', value: authors.join(', ') },
    { label: 'Changed by', value: changers.join(', ') },
  ].filter(({ value }) => value !== '');
}
