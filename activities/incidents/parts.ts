import { createFailure } from '../../workflows/shared/failures.ts';
import type { FieldMap } from '../../workflows/incident-sync/sides.ts';
import { incidentLabel } from '../../workflows/shared/names.ts';
import type { IncidentTickets } from '../jira/incidents/port.ts';
import type { CaseSystem, NewCase } from '../security-ir/port.ts';
import { sha256 } from './hash.ts';

/** Where the issues of some cases go. */
export interface CaseRoute {
  readonly name: string;
  /** Each list must hold one of the case's values; a list that is left out always holds. */
  readonly when: {
    readonly engagementType?: readonly string[] | undefined;
    readonly resolverType?: readonly string[] | undefined;
    readonly impactedAccounts?: readonly string[] | undefined;
    readonly impactedAwsRegions?: readonly string[] | undefined;
  };
  readonly project: string;
  readonly issueType: string;
  readonly priority: string | null;
  readonly securityLevel: string | null;
  readonly components: readonly string[];
  readonly assigneeAccountId: string | null;
  readonly sync: boolean;
  readonly severe: boolean;
}

/** What cases that are made from issues have, where no mapped field says it. Nothing is made up. */
export interface IntakeRules {
  readonly issueTypes: readonly string[];
  readonly labels: readonly string[];
  readonly engagementType: 'Security Incident' | 'Investigation';
  readonly resolverType: 'AWS' | 'Self';
  readonly impactedAccounts: readonly string[];
  readonly impactedAwsRegions: readonly string[];
  readonly impactedServices: readonly string[];
  readonly watchers: NewCase['watchers'];
}

/** One connection: both systems, and the rules that need texts. */
export interface ConnectionParts {
  readonly name: string;
  readonly cases: CaseSystem;
  readonly tickets: IncidentTickets;
  /** Of new issues. */
  readonly project: string;
  /** In order; the last has no conditions. */
  readonly routes: readonly CaseRoute[];
  readonly internalPrefix: string;
  readonly maxAttachmentBytes: number;
  readonly intake: IntakeRules | null;
  /** The mapping, for cases that are made from issues. */
  readonly fields: readonly FieldMap[];
  /** `https://<site>/browse/` */
  readonly issueLinkBase: string;
}

export type Connections = ReadonlyMap<string, ConnectionParts>;

/** @throws NotFound this worker's configuration has no such connection */
export function partsOf(connections: Connections, name: string): ConnectionParts {
  const parts = connections.get(name);
  if (parts) return parts;
  throw createFailure('NotFound', `connection: this worker has none of the name ${name.slice(0, 40)}`, {
    details: { expected: [...connections.keys()].join(', ') || 'none', found: name.slice(0, 40) },
  });
}

export function labelOf(connection: string, caseId: string): string {
  return incidentLabel(sha256(`${connection}/${caseId}`).slice(0, 16));
}

export function tagOf(connection: string, issueId: string): string {
  return `${connection}/${issueId}`;
}
