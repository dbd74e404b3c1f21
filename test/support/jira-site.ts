import { createJiraClient } from '../../activities/jira/client.ts';
import type { JiraPort } from '../../activities/jira/port.ts';
import type { Reply } from './loopback.ts';

export const issuePath = '/rest/api/3/issue/10024';
export const ticket = { site: 'acme', issueId: '10024' };

const statusIds: Readonly<Record<string, string>> = {
  ToDo: '1',
  'In Progress': '2',
  Done: '3',
  'Info Needed': '4',
  Failed: '5',
  Canceled: '6',
};

/** A Jira client of the site `acme` whose answers jira.js judges too. */
export function jiraAt(
  baseUrl: string,
  extra: { onCall?: () => string; botAccountId?: string } = {},
): JiraPort {
  const { onCall = () => 'dev-1', botAccountId = 'bot-1' } = extra;
  const statuses = {
    toDo: 'ToDo',
    inProgress: 'In Progress',
    done: 'Done',
    infoNeeded: 'Info Needed',
    failed: 'Failed',
    canceled: 'Canceled',
  };
  const site = {
    name: 'acme',
    baseUrl,
    email: 'jira-bot@acme.test',
    apiToken: 'canary-token',
    project: 'DEVOPS',
    issueType: 'Agent "Promotion"',
    agentVersionField: 'Agent-Version',
    statuses,
    callsPerSecond: 1000,
    onSchemaMismatch: 'throw',
    ...(botAccountId === '' ? {} : { botAccountId }),
  } as const;
  return createJiraClient({ sites: [site], onCall });
}

export function toStatus(name: string) {
  return { id: statusIds[name] ?? '99', name };
}

export function issueReply(status: string, fields: Record<string, unknown> = {}): Reply {
  return { body: { id: '10024', key: 'DEVOPS-24', fields: { status: toStatus(status), ...fields } } };
}
