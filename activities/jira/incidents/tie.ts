import { deleteIssueProperty, editIssue } from '../api.ts';
import { failureType } from '../../../workflows/shared/failures.ts';
import { jiraPropertyKey } from '../../../workflows/shared/names.ts';
import { readProperty } from '../publications.ts';
import { markProperty, readMark } from './mark.ts';
import type { OpenIncidents } from './open-incidents.ts';
import type { IncidentMark } from './port.ts';

/** One call, so that neither is there without the other. Setting both to what they are changes nothing. */
export async function setMark(
  open: OpenIncidents,
  issueId: string,
  mark: IncidentMark,
  label: string,
): Promise<void> {
  await open.call(`tie issue ${issueId}`, () =>
    editIssue(open.client, {
      issueIdOrKey: issueId,
      update: { labels: [{ add: label }] },
      properties: [markProperty(mark)],
    }),
  );
}

/** What is gone already is success: a repeat is safe. */
export async function removeMark(open: OpenIncidents, issueId: string, label: string): Promise<void> {
  try {
    await open.call(`untie issue ${issueId}`, () =>
      deleteIssueProperty(open.client, { issueIdOrKey: issueId, propertyKey: jiraPropertyKey }),
    );
  } catch (error) {
    if (failureType(error) !== 'NotFound') throw error;
  }
  await open.call(`take the label off issue ${issueId}`, () =>
    editIssue(open.client, { issueIdOrKey: issueId, update: { labels: [{ remove: label }] } }),
  );
}

/** @returns null, too, when there is no such issue */
export async function readIssueMark(open: OpenIncidents, issueId: string): Promise<IncidentMark | null> {
  return readMark(await readProperty(open, issueId), open.connection);
}
