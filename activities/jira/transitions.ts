import { doTransition, getIssue, getTransitions } from 'jira.js/cloud';
import { createFailure, failureType } from '../../workflows/shared/failures.ts';
import type { PromotionStatus } from './port.ts';
import { isStatus } from './rounds.ts';
import { StatusIssue, TransitionList, type JiraStatus, type JiraTransition } from './schema.ts';
import type { OpenSite } from './site.ts';

interface Move {
  readonly changed: boolean;
  readonly fromName: string;
  readonly toName: string;
}

/**
 * Reads the status first: being there already, by us before a lost answer or by a person, is success (design §5). Only a
 * transition that Jira lists for this ticket is used.
 */
export async function moveTicket(open: OpenSite, issueId: string, to: PromotionStatus): Promise<Move> {
  const target = open.site.statuses[to];
  const { key, status } = await readStatus(open, issueId);
  if (isStatus(target, status)) return { changed: false, fromName: status.name, toName: status.name };
  const listed = await listTransitions(open, issueId);
  const chosen = listed.find((one) => isStatus(target, one.to));
  if (!chosen) throw noWay(key, status, target, listed);
  try {
    await open.call(`move ${key} to ${chosen.to.name}`, () =>
      doTransition(open.client, { issueIdOrKey: issueId, transition: { id: chosen.id } }),
    );
  } catch (error) {
    return await afterRefusal(open, { issueId, target, before: status, error });
  }
  return { changed: true, fromName: status.name, toName: chosen.to.name };
}

/** Jira refuses a transition that no longer applies: somebody may have moved the ticket between our look and our move. */
async function afterRefusal(
  open: OpenSite,
  refused: { issueId: string; target: string; before: JiraStatus; error: unknown },
): Promise<Move> {
  const { issueId, target, before, error } = refused;
  if (!['InvalidInput', 'Conflict', 'NotFound'].includes(failureType(error))) throw error;
  const { key, status } = await readStatus(open, issueId);
  if (isStatus(target, status)) return { changed: false, fromName: before.name, toName: status.name };
  if (status.id === before.id) throw error;
  throw noWay(key, status, target, []);
}

async function readStatus(open: OpenSite, issueId: string): Promise<{ key: string; status: JiraStatus }> {
  const issue = await open.call(`read status of issue ${issueId}`, async () =>
    StatusIssue.parse(await getIssue(open.client, { issueIdOrKey: issueId, fields: ['status'] })),
  );
  return { key: issue.key, status: issue.fields.status };
}

async function listTransitions(open: OpenSite, issueId: string): Promise<JiraTransition[]> {
  const { transitions } = await open.call(`list transitions of issue ${issueId}`, async () =>
    TransitionList.parse(await getTransitions(open.client, { issueIdOrKey: issueId })),
  );
  return transitions.filter(({ isAvailable }) => isAvailable !== false);
}

function noWay(key: string, from: JiraStatus, target: string, listed: readonly JiraTransition[]): Error {
  const ways = listed.map(({ to }) => to.name).join(', ') || 'none';
  return createFailure('Conflict', `jira: move ${key}: no transition leads from ${from.name} to ${target}`, {
    details: { system: 'jira', action: `move ${key} to ${target}`, expected: target, found: ways },
  });
}
