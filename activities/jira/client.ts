import { assignIssue, getIssue, setIssueProperty } from 'jira.js/cloud';
import { createFailure } from '../../workflows/shared/failures.ts';
import { jiraPropertyKey } from '../../workflows/shared/names.ts';
import { ensureComment } from './comments.ts';
import type { Assignee, JiraPort } from './port.ts';
import { AssigneeIssue } from './schema.ts';
import { openSite, type JiraSite, type OpenSite } from './site.ts';
import { findTickets, readTicket } from './tickets.ts';
import { moveTicket } from './transitions.ts';

export interface JiraOptions {
  readonly sites: readonly JiraSite[];
  /** Account id of whoever is on call now on that site. */
  readonly onCall: (site: string) => string | Promise<string>;
}

/** Jira Cloud, REST v3, through jira.js. Cancellation and time limits are http.ts's. */
export function createJiraClient(options: JiraOptions): JiraPort {
  const sites = new Map(options.sites.map((site) => [site.name, openSite(site)]));
  const at = (name: string) => sites.get(name) ?? unknownSite(name, [...sites.keys()]);
  return {
    readTicket: async ({ site, issueId }) => readTicket(at(site), issueId),
    transitionTicket: async ({ site, issueId, to }) => moveTicket(at(site), issueId, to),
    assignTicket: async ({ site, issueId, assignee }) =>
      assignTicket(at(site), issueId, await accountOf(at(site), assignee, options.onCall)),
    commentTicket: async ({ site, issueId, key, body }) => ensureComment(at(site), { issueId, key, body }),
    linkTicket: async ({ site, issueId, workflowId }) => linkTicket(at(site), issueId, workflowId),
    findTickets: async ({ site, status }) => findTickets(at(site), status),
  };
}

function unknownSite(name: string, known: readonly string[]): never {
  throw createFailure('InvalidInput', `site: ${name} is none of jira.sites: ${known.join(', ')}`, {
    details: { system: 'jira', expected: known.join(', '), found: name },
  });
}

async function accountOf(open: OpenSite, assignee: Assignee, onCall: JiraOptions['onCall']): Promise<string> {
  switch (assignee.kind) {
    case 'account':
      return assignee.accountId;
    case 'bot':
      return open.botAccountId();
    case 'on-call':
      return onCall(open.site.name);
  }
}

/** Reads first, so that a repeat sends nobody a second notification. */
async function assignTicket(open: OpenSite, issueId: string, accountId: string) {
  const { fields } = await open.call(`read assignee of issue ${issueId}`, async () =>
    AssigneeIssue.parse(await getIssue(open.client, { issueIdOrKey: issueId, fields: ['assignee'] })),
  );
  if (fields.assignee?.accountId === accountId) return { changed: false, accountId };
  await open.call(`assign issue ${issueId}`, () =>
    assignIssue(open.client, { issueIdOrKey: issueId, accountId }),
  );
  return { changed: true, accountId };
}

/** Setting the property to what it is changes nothing. */
async function linkTicket(open: OpenSite, issueId: string, workflowId: string): Promise<void> {
  await open.call(`link issue ${issueId}`, () =>
    setIssueProperty(open.client, {
      issueIdOrKey: issueId,
      propertyKey: jiraPropertyKey,
      body: { workflowId, version: 1 },
    }),
  );
}
