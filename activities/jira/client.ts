import { assignIssue, getIssue } from './api.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { attestDecisions, type Attestation } from './attest.ts';
import { ensureComment } from './comments.ts';
import { ensureTicket } from './create-ticket.ts';
import type { Assignee, JiraPort } from './port.ts';
import { linkTicket, readPublications, recordPublications } from './publications.ts';
import { askOnTicket } from './questions.ts';
import { AssigneeIssue } from './schema.ts';
import { openSite, type JiraSite, type OpenSite } from './site.ts';
import { findTickets, readTicket, type PersonOf } from './tickets.ts';
import { moveTicket } from './transitions.ts';

export interface JiraOptions {
  readonly sites: readonly JiraSite[];
  /** Account id of whoever is on call now on that site. */
  readonly onCall: (site: string) => string | Promise<string>;
  /** Left out: nobody is known by name. */
  readonly personOf?: PersonOf;
  /** Left out: nothing is decided in Jira. */
  readonly attest?: Attestation;
  /** Between two looks for a ticket that Jira may have created; the tests' own. Default: really waits. */
  readonly pause?: (ms: number) => Promise<void>;
}

/** Jira Cloud, REST v3, through jira.js. Cancellation and time limits are http.ts's. */
export function createJiraClient(options: JiraOptions): JiraPort {
  const sites = new Map(options.sites.map((site) => [site.name, openSite(site)]));
  const at = (name: string) => sites.get(name) ?? unknownSite(name, [...sites.keys()]);
  const personOf = options.personOf ?? options.attest?.personOf ?? (() => undefined);
  const attestation = () => options.attest ?? noAttestation();
  return {
    readTicket: async ({ site, issueId }) => readTicket(at(site), issueId, personOf),
    transitionTicket: async ({ site, issueId, to }) => moveTicket(at(site), issueId, to),
    assignTicket: async ({ site, issueId, assignee }) =>
      assignTicket(at(site), issueId, await accountOf(at(site), assignee, options.onCall)),
    commentTicket: async ({ site, issueId, key, body }) =>
      ensureComment(at(site), { issueId, body, property: { key }, once: 'key' }),
    linkTicket: async ({ site, issueId, workflowId }) => linkTicket(at(site), issueId, workflowId),
    findTickets: async ({ site, status }) => findTickets(at(site), status),
    askOnTicket: async ({ site, issueId, view }) =>
      askOnTicket(at(site), issueId, view, attestation().digestOf),
    attestDecisions: async ({ site, ...asked }) => attestDecisions(at(site), asked, attestation()),
    recordPublications: async ({ site, issueId, ...record }) => recordPublications(at(site), issueId, record),
    readPublications: async ({ site, key }) => readPublications(at(site), key),
    createTicket: async ({ site, project = at(site).site.project, ...order }) =>
      ensureTicket(at(site), { ...order, project }, options.pause),
  };
}

function noAttestation(): never {
  throw createFailure(
    'InvalidInput',
    'jira: this worker has no key to attest decisions with: see decisions in lockkeeper.yaml',
    {
      details: { system: 'jira', expected: 'an attestation key', found: 'none' },
    },
  );
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
