import { createFailure, failureType } from '../../workflows/shared/failures.ts';
import { incidentTag } from '../../workflows/shared/names.ts';
import type { IncidentIssue } from '../jira/incidents/port.ts';
import { labelOf, tagOf, type ConnectionParts } from './parts.ts';
import type { IncidentPort, IssueTie } from './port.ts';

/**
 * The tag first, the property last: it says that all of it was done. Each is as it should be after a repeat.
 * @throws Conflict the issue is another case's
 */
export async function tieIssue(
  { tickets, cases, name }: ConnectionParts,
  { caseId, issueId, workflowId }: Parameters<IncidentPort['tieIssue']>[0],
): ReturnType<IncidentPort['tieIssue']> {
  const issue = await tickets.readIssue(issueId, []);
  const { mark } = issue;
  if (mark && (mark.caseId !== caseId || mark.connection !== name))
    throw createFailure(
      'Conflict',
      `issue ${issue.key}: it belongs to case ${mark.caseId} of ${mark.connection}; unlink that first`,
      { details: { system: 'jira', expected: caseId, found: mark.caseId } },
    );
  const { caseArn, status } = await cases.getCase(caseId);
  const wanted = tagOf(name, issueId);
  if (status !== 'Closed' && (await cases.readTags(caseArn))[incidentTag] !== wanted)
    await cases.tag(caseArn, { [incidentTag]: wanted });
  await tickets.setMark(issueId, { workflowId, connection: name, caseId }, labelOf(name, caseId));
  return { issueKey: issue.key, wasTied: mark !== null && mark !== undefined };
}

export async function untieIssue(
  { tickets, cases, name }: ConnectionParts,
  { caseId, issueId, keepTag = false }: Parameters<IncidentPort['untieIssue']>[0],
): Promise<void> {
  await ignoreGone(() => tickets.removeMark(issueId, labelOf(name, caseId)));
  if (!keepTag)
    await ignoreGone(async () => cases.untag((await cases.getCase(caseId)).caseArn, [incidentTag]));
}

async function ignoreGone(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (failureType(error) !== 'NotFound') throw error;
  }
}

/** What the door for issues decides by. A property is anybody's to write: the case's own tag must agree where it is one of ours. */
export async function readIssueTie(
  parts: ConnectionParts,
  { issueId }: Parameters<IncidentPort['readIssueTie']>[0],
): Promise<IssueTie> {
  try {
    const issue = await parts.tickets.readIssue(issueId, []);
    const caseId = issue.mark?.connection === parts.name ? issue.mark.caseId : null;
    return {
      ...{ issueId: issue.issueId, issueKey: issue.key, found: true, caseId },
      notEligible: whyNot(parts, issue),
    };
  } catch (error) {
    if (failureType(error) !== 'NotFound') throw error;
    return { issueId, issueKey: '', found: false, caseId: null, notEligible: 'Jira has no such issue' };
  }
}

export function whyNot(
  { intake, project }: ConnectionParts,
  issue: Pick<IncidentIssue, 'issueType' | 'labels' | 'project' | 'done' | 'reporterIsBot'>,
): string | null {
  if (!intake) return 'the connection makes no cases of issues';
  if (issue.project !== project) return `it is in ${issue.project}, not in ${project}`;
  if (!intake.issueTypes.includes(issue.issueType)) return `no cases are made of ${issue.issueType}`;
  if (intake.labels.length > 0 && !intake.labels.some((label) => issue.labels.includes(label)))
    return `it has none of the labels ${intake.labels.join(', ')}`;
  if (issue.reporterIsBot) return 'Lockkeeper made it';
  return issue.done ? 'it is done' : null;
}
