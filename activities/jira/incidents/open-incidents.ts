import { createFieldCatalog } from '../fields.ts';
import type { FormAccess } from '../form-field.ts';
import { createForms, type Form } from '../forms.ts';
import type { OpenAccess } from '../site.ts';
import { createKnownWays, type KnownWays } from './ways.ts';

/** What the issues of one route are made with; names exactly as the site has them. */
export interface IncidentForm extends Form {
  readonly priority?: string | undefined;
  readonly securityLevel?: string | undefined;
  readonly components?: readonly string[] | undefined;
}

export interface IncidentTicketsOptions {
  /** Of the site; shared by all connections to it: its rate is the account's. */
  readonly access: OpenAccess;
  /** Name of the connection: issues of others are not ours. */
  readonly connection: string;
  /** Key of the project that new issues go to, unless a route says otherwise. */
  readonly project: string;
  /** Every form that an issue may be created with: the connection's own and those of its routes. */
  readonly forms: readonly IncidentForm[];
  /** Names or ids of the mapped fields that are written in Jira; those that are only read need not be on the form. */
  readonly fields: readonly string[];
  /** Jira statuses that the configuration names. */
  readonly statuses: readonly string[];
  /** ms since 1970; the tests' own. */
  readonly now?: () => number;
}

/** A site with the issues of one connection. */
export interface OpenIncidents extends OpenAccess, FormAccess {
  readonly connection: string;
  /** Of the connection and its routes, each once. */
  readonly projects: readonly string[];
  readonly wanted: Pick<IncidentTicketsOptions, 'forms' | 'fields' | 'statuses'>;
  readonly ways: KnownWays;
}

export function openIncidents(options: IncidentTicketsOptions): OpenIncidents {
  const { access, connection, project, forms, fields, statuses, now } = options;
  return {
    ...access,
    connection,
    projects: [...new Set([project, ...forms.map((form) => form.project)])],
    wanted: { forms, fields, statuses },
    fields: createFieldCatalog(access, now),
    forms: createForms(access, now),
    ways: createKnownWays(now),
  };
}
