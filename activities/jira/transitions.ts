import { doTransition, getIssue, getTransitions } from './api.ts';
import { createFailure, failureType } from '../../workflows/shared/failures.ts';
import type { PromotionStatus } from './port.ts';
import { isStatus } from './rounds.ts';
import { StatusIssue, TransitionList, type JiraStatus, type JiraTransition } from './schema.ts';
import type { OpenAccess, OpenSite } from './site.ts';

export interface Move {
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
    await takeTransition(open, { issueId, key, transition: chosen });
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
  if (!mayHaveMoved(error)) throw error;
  const { key, status } = await readStatus(open, issueId);
  if (isStatus(target, status)) return { changed: false, fromName: before.name, toName: status.name };
  if (status.id === before.id) throw error;
  throw noWay(key, status, target, []);
}

/** Whether the refusal may mean that the ticket is elsewhere by now: look again before it is believed. */
export function mayHaveMoved(error: unknown): boolean {
  return ['InvalidInput', 'Conflict', 'NotFound'].includes(failureType(error));
}

export async function takeTransition(
  open: OpenAccess,
  { issueId, key, transition }: { issueId: string; key: string; transition: JiraTransition },
): Promise<void> {
  await open.call(`move ${key} to ${transition.to.name}`, () =>
    doTransition(open.client, { issueIdOrKey: issueId, transition: { id: transition.id } }),
  );
}

export async function readStatus(
  open: OpenAccess,
  issueId: string,
): Promise<{ key: string; status: JiraStatus }> {
  const issue = await open.call(`read status of issue ${issueId}`, async () =>
    StatusIssue.parse(await getIssue(open.client, { issueIdOrKey: issueId, fields: ['status'] })),
  );
  return { key: issue.key, status: issue.fields.status };
}

/** Those that Jira offers this account now. */
export async function listTransitions(open: OpenAccess, issueId: string): Promise<JiraTransition[]> {
  const { transitions } = await open.call(`list transitions of issue ${issueId}`, async () =>
    TransitionList.parse(await getTransitions(open.client, { issueIdOrKey: issueId })),
  );
  return transitions.filter(({ isAvailable }) => isAvailable !== false);
}

export function noWay(
  key: string,
  from: JiraStatus,
  target: string,
  listed: readonly JiraTransition[],
): Error {
  const ways = listed.map(({ to }) => to.name).join(', ') || 'none';
  return createFailure('Conflict', `jira: move ${key}: no transition leads from ${from.name} to ${target}`, {
    details: { system: 'jira', action: `move ${key} to ${target}`, expected: target, found: ways },
  });
}
