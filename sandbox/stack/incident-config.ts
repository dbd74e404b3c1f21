import type { SandboxAws } from '../aws/start-aws.ts';

export interface IncidentInputs {
  readonly aws: Pick<SandboxAws, 'url' | 'provisioned'>;
  /** Overrides keys of the connection `aws-main`; one that is undefined is left out. */
  readonly incidents?: Readonly<Record<string, unknown>> | 'off';
}

/** The membership of account soc and project INC: one of everything, both ways. */
export function toIncidentConnection({ aws, incidents }: IncidentInputs) {
  const { provisioned, url } = aws;
  const { accounts, region, externalId, incidents: plumbing } = provisioned;
  const connection = {
    ...{ name: 'aws-main', version: 1, site: 'main', project: 'INC', issueType: 'Incident' },
    ...{ account: accounts.soc.id, region, role: plumbing.roleArn, externalId },
    // in the sandbox one role has the rights of worker and starters
    starterRole: plumbing.roleArn,
    queueUrl: `${url}${plumbing.queuePath}`,
    topics: [plumbing.topicArn],
    fields: [
      { case: 'title', issue: 'summary', direction: 'both' },
      { case: 'description', issue: 'description', direction: 'both' },
      { case: 'caseArn', issue: 'Case ARN', direction: 'to-issue' },
      { case: 'engagementType', issue: 'Engagement type', direction: 'to-issue' },
      { case: 'pendingAction', issue: 'Pending action', direction: 'to-issue' },
    ],
    intake: {
      issueTypes: ['Incident'],
      impactedAccounts: [accounts.soc.id],
      impactedAwsRegions: [region],
      watchers: [{ email: 'sofia@example.com', name: 'Sofia Lind' }],
    },
    channels: ['soc'],
    conflictApproval: 'conflict',
    heartbeatSeconds: 2,
    // nobody else is on these servers
    ...{ jiraCallsPerSecond: 200, caseCallsPerSecond: 200 },
  };
  const given = incidents === 'off' ? {} : incidents;
  return Object.fromEntries(
    Object.entries({ ...connection, ...given }).filter(([, value]) => value !== undefined),
  );
}
