import { sound as decisions } from './decisions-config.ts';

/** A connection without routes, intake and questions to people; everything else by default. Files of tests clone it. */
export const plainConnection = {
  name: 'aws-main',
  site: 'main',
  project: 'INC',
  account: '111111111111',
  region: 'us-east-1',
};

/** One with something of everything. */
export const fullConnection = {
  ...plainConnection,
  version: 2,
  issueType: 'Incident',
  role: 'arn:aws:iam::111111111111:role/Lockkeeper-Incidents',
  externalId: 'lockkeeper-main',
  queueUrl: 'https://sqs.us-east-1.amazonaws.com/111111111111/lockkeeper-incidents',
  topics: ['arn:aws:sns:us-east-1:111111111111:lockkeeper-jira-issues'],
  fields: [
    { case: 'title', issue: 'summary', direction: 'both', conflict: 'case' },
    { case: 'description', issue: 'description', direction: 'both', conflict: 'ask' },
    { case: 'caseArn', issue: 'Case ARN' },
    { case: 'impactedAccounts', issue: 'Impacted accounts', direction: 'both', conflict: 'newest' },
    {
      ...{ case: 'engagementType', issue: 'Engagement type', direction: 'both', conflict: 'issue' },
      values: { 'Security Incident': 'Incident' },
    },
    { case: 'pendingAction', issue: 'Pending action' },
  ],
  routes: [
    { name: 'lab', when: { impactedAccounts: ['222222222222'] }, sync: false },
    {
      ...{ name: 'aws', when: { resolverType: ['AWS'], engagementType: ['Security Incident'] } },
      ...{ priority: 'Highest', components: ['response'], assignee: 'dev', severe: true },
    },
    { name: 'europe', when: { impactedAwsRegions: ['eu-central-1'] }, project: 'EUINC', issueType: 'Task' },
  ],
  intake: {
    issueTypes: ['Incident'],
    labels: ['security'],
    impactedAccounts: ['111111111111'],
    impactedAwsRegions: ['us-east-1'],
    watchers: [{ email: 'soc@example.com', name: 'SOC', jobTitle: 'Duty officer' }],
  },
  channels: ['soc'],
  conflictApproval: 'production',
  pendingMinutes: [60, 240],
};

/** A configuration in which people decide, cases of one kind hold promotions, and both sides make incidents. */
export const sound: Readonly<Record<string, unknown>> = {
  ...decisions,
  'processes.incidents': { connections: [fullConnection] },
};
