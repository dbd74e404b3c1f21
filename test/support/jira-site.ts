import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createJiraClient, type JiraOptions } from '../../activities/jira/client.ts';
import type { JiraPort } from '../../activities/jira/port.ts';
import type { JiraSite } from '../../activities/jira/site.ts';
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

/** The site `acme`, whose answers jira.js judges too. */
export function siteAt(baseUrl: string, botAccountId = 'bot-1'): JiraSite {
  return {
    name: 'acme',
    baseUrl,
    email: 'jira-bot@acme.test',
    apiToken: 'canary-token',
    project: 'DEVOPS',
    issueType: 'Agent "Promotion"',
    agentVersionField: 'Agent-Version',
    statuses: {
      toDo: 'ToDo',
      inProgress: 'In Progress',
      done: 'Done',
      infoNeeded: 'Info Needed',
      failed: 'Failed',
      canceled: 'Canceled',
    },
    callsPerSecond: 1000,
    onSchemaMismatch: 'throw',
    ...(botAccountId === '' ? {} : { botAccountId }),
  };
}

/** A Jira client of that site. */
export function jiraAt(
  baseUrl: string,
  extra: Partial<Omit<JiraOptions, 'sites'>> & { botAccountId?: string } = {},
): JiraPort {
  const { botAccountId, ...options } = extra;
  return createJiraClient({ sites: [siteAt(baseUrl, botAccountId)], onCall: () => 'dev-1', ...options });
}

/** Runs it as an activity of that workflow. */
export function asActivityOf<T>(workflowId: string, run: () => Promise<T>, attempt = 1): Promise<T> {
  const info = { attempt, workflowExecution: { workflowId, runId: 'run-1' } };
  return new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') }).run(run);
}

export function toStatus(name: string) {
  return { id: statusIds[name] ?? '99', name };
}

export function issueReply(status: string, fields: Record<string, unknown> = {}): Reply {
  return { body: { id: '10024', key: 'DEVOPS-24', fields: { status: toStatus(status), ...fields } } };
}
