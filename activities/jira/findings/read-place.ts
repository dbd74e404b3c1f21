import { getIssue } from '../api.ts';
import { jiraPropertyKey } from '../../../workflows/shared/names.ts';
import { readMark } from './mark.ts';
import type { OpenFindings } from './open-findings.ts';
import type { Place } from './places.ts';
import { PlacedIssue } from './schema.ts';

/** Read afresh, past the search index. */
export async function readPlace(open: OpenFindings, issueId: string): Promise<Place & { isDone: boolean }> {
  const { key, fields, properties } = await open.call(`read place of issue ${issueId}`, async () =>
    PlacedIssue.parse(
      await getIssue(open.client, {
        issueIdOrKey: issueId,
        fields: ['status', 'project', 'issuetype'],
        properties: [jiraPropertyKey],
      }),
    ),
  );
  const { status, project, issuetype } = fields;
  const mark = readMark(properties?.[jiraPropertyKey]);
  const place = { key, project: project.key, issueType: issuetype.name, status, mark };
  open.places.set(issueId, place);
  return { ...place, isDone: status.statusCategory.key === 'done' };
}
