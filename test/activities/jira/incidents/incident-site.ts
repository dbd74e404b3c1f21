import { installHttp } from '../../../../activities/http.ts';
import { createIncidentTickets } from '../../../../activities/jira/incidents/client.ts';
import type { IncidentTicketsOptions } from '../../../../activities/jira/incidents/open-incidents.ts';
import type { IncidentTickets, IssueOrder } from '../../../../activities/jira/incidents/port.ts';
import { openAccess } from '../../../../activities/jira/site.ts';
import { startJira, type RunningJira } from '../../../sandbox/jira/jira-site.ts';
import { siteAt } from '../../../support/jira-site.ts';

export const label = `lk-incident-${'a'.repeat(16)}`;
export const mark = {
  workflowId: 'incident:aws-main:1234567890',
  connection: 'aws-main',
  caseId: '1234567890',
};

export function orderOf(own: Partial<IssueOrder> = {}): IssueOrder {
  return {
    ...{ project: 'INC', issueType: 'Incident', summary: 'Stolen key', description: 'Somebody uses it.' },
    ...{
      priority: null,
      securityLevel: null,
      components: [],
      assigneeAccountId: null,
      fields: {},
      label,
      mark,
    },
    ...own,
  };
}

const options: Omit<IncidentTicketsOptions, 'access'> = {
  ...{ connection: 'aws-main', project: 'INC' },
  forms: [{ project: 'INC', issueType: 'Incident' }],
  fields: ['summary', 'description', 'Case ARN', 'Impacted accounts', 'Engagement type'],
  statuses: ['To Do', 'In Progress', 'In Review', 'Done'],
};

/** @param baseUrl of a loopback that judges by jira.js's own schemas */
export function ticketsAt(baseUrl: string, own: Partial<IncidentTicketsOptions> = {}): IncidentTickets {
  return createIncidentTickets({ ...options, access: openAccess(siteAt(baseUrl)), ...own });
}

export interface IncidentWorld {
  readonly jira: RunningJira;
  readonly tickets: IncidentTickets;
  /** Another one with the bot's account and further settings. */
  ticketsWith(own: Partial<IncidentTicketsOptions>): IncidentTickets;
  issue(own?: Partial<IssueOrder>): Promise<string>;
  /** Fields of an issue as Jira shows them to the bot. */
  shown(issueId: string): Promise<Record<string, unknown>>;
  /** Holds the next such call while `meanwhile` runs. */
  during<T>(match: object, call: () => Promise<T>, meanwhile: () => Promise<unknown>): Promise<T>;
  stop(): Promise<void>;
}

/** The adapter and the sandbox of Jira together. One site for a file. */
export async function startIncidents(timeoutMs = 10_000): Promise<IncidentWorld> {
  const http = installHttp({ timeoutMs });
  const jira = await startJira();
  const { email, jira: account } = jira.person('jira-bot');
  const access = openAccess({ ...siteAt(jira.url, ''), email, apiToken: account.apiToken });
  const tickets = createIncidentTickets({ ...options, access });
  return {
    jira,
    tickets,
    ticketsWith: (own) => createIncidentTickets({ ...options, access, ...own }),
    issue: async (own) => (await tickets.createIssue(orderOf(own))).issueId,
    async shown(issueId) {
      const { body } = await jira.call('GET', `/issue/${issueId}`, undefined, 'jira-bot');
      return (body as { fields: Record<string, unknown> }).fields;
    },
    async during(match, call, meanwhile) {
      const faults = (method: string) =>
        fetch(`${jira.url}/_sandbox/faults`, { method, headers: { 'x-sandbox-token': 'control' } });
      await jira.control('faults', { match, mode: 'hold' });
      const calling = call();
      for (let isHeld = false; !isHeld;) {
        const all = (await (await faults('GET')).json()) as { waiting: number }[];
        isHeld = all.some(({ waiting }) => waiting > 0);
      }
      await meanwhile();
      await faults('DELETE');
      return calling;
    },
    async stop() {
      await jira.stop();
      await http.close();
    },
  };
}

/** A repeat after a lost answer. */
export async function twice(run: () => Promise<unknown>): Promise<void> {
  await run();
  await run();
}
