import { createIncidentActivities } from '../../../activities/incidents/activities.ts';
import type { CaseRoute, ConnectionParts, IntakeRules } from '../../../activities/incidents/parts.ts';
import type { FieldMap } from '../../../workflows/incident-sync/sides.ts';
import { incidentSyncId, stepKey } from '../../../workflows/shared/names.ts';
import { FakeCases } from './fake-cases.ts';
import { FakeTickets } from './fake-tickets.ts';

export const routeOfTests: CaseRoute = {
  ...{ name: 'default', when: {}, project: 'INC', issueType: 'Incident', priority: null },
  ...{ securityLevel: null, components: [], assigneeAccountId: null, sync: true, severe: false },
};
export const intakeOfTests: IntakeRules = {
  ...{ issueTypes: ['Incident'], labels: [], engagementType: 'Security Incident', resolverType: 'Self' },
  ...{ impactedAccounts: ['111111111111'], impactedAwsRegions: [], impactedServices: [] },
  watchers: [{ email: 'soc@example.com' }],
};
export const mapped = (
  caseField: FieldMap['caseField'],
  issueField: string,
  own: Partial<FieldMap> = {},
): FieldMap => ({
  ...{ key: `${caseField}=${issueField}`, caseField, issueField },
  ...{ direction: 'both', conflict: 'case', values: {}, ...own },
});
export const [title, description] = [mapped('title', 'summary'), mapped('description', 'description')];

export type FakePair = ReturnType<typeof createFakePair>;

/** Both sides in memory, under the real activities of one connection. */
export function createFakePair(own: Partial<ConnectionParts> = {}) {
  const [cases, tickets] = [new FakeCases(), new FakeTickets()];
  const parts: ConnectionParts = {
    ...{ name: 'aws-main', cases, tickets, project: 'INC', routes: [routeOfTests] },
    ...{ internalPrefix: '[internal]', maxAttachmentBytes: 2_000, intake: intakeOfTests },
    ...{ fields: [title, description], issueLinkBase: 'https://example.atlassian.net/browse/', ...own },
  };
  const port = createIncidentActivities(new Map([[parts.name, parts]]));
  return {
    ...{ cases, tickets, parts, port },
    /** A case and an issue, and how a step of their run names them. */
    pair: (ofCase: Parameters<FakeCases['add']>[0] = {}, ofIssue: Parameters<FakeTickets['add']>[0] = {}) => {
      const [caseId, issueId] = [cases.add(ofCase), tickets.add(ofIssue)];
      const workflowId = incidentSyncId(parts.name, caseId);
      const ref = { connection: parts.name, caseId, issueId };
      return {
        ...{ ...ref, workflowId },
        at: (step: string) => ({ ...ref, key: stepKey(workflowId, 'run', step) }),
      };
    },
  };
}
