import {
  defaultIssueType,
  documentFields,
  documentToCase,
  documentToIssue,
  fieldDefaults,
} from './incident-defaults.ts';
import type { NamedPlace } from './named-place.ts';
import { at, list, record, text, texts } from './raw-values.ts';

/** One of `processes.incidents.connections`, whatever is wrong with the rest of the file; with what stands in where it says nothing. */
export interface ConnectionOutline {
  /** Such as `processes.incidents.connections[0]`. */
  readonly path: string;
  readonly name: string | undefined;
  readonly site: string | undefined;
  readonly project: string | undefined;
  readonly issueType: string | undefined;
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly hasRole: boolean;
  readonly hasExternalId: boolean;
  readonly queueUrl: string | undefined;
  readonly topics: readonly (string | undefined)[];
  readonly fields: readonly FieldOutline[];
  readonly toIssue: readonly (readonly [status: string, issueStatus: string | undefined])[];
  readonly toCase: readonly (readonly [issueStatus: string, status: string | undefined])[];
  readonly routes: readonly IncidentRouteOutline[];
  readonly channels: readonly NamedPlace[];
  readonly conflictApproval: string | undefined;
  readonly pendingMinutes: readonly unknown[];
  readonly intake: IntakeOutline | undefined;
  readonly reopened: string | undefined;
}

export interface FieldOutline {
  readonly path: string;
  readonly caseField: string | undefined;
  readonly issueField: string | undefined;
  readonly direction: string | undefined;
  readonly conflict: string | undefined;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface IncidentRouteOutline {
  readonly path: string;
  readonly name: string | undefined;
  readonly when: Readonly<Record<string, unknown>>;
  readonly project: string | undefined;
  readonly issueType: string | undefined;
  readonly assignee: string | undefined;
  readonly sync: boolean;
  readonly severe: boolean;
}

interface IntakeOutline {
  readonly issueTypes: readonly (string | undefined)[];
  /** None: of any label. */
  readonly labels: readonly (string | undefined)[];
}

export interface IncidentsOutline {
  readonly connections: readonly ConnectionOutline[];
  /** Somebody has to keep others from promoting while a severe case is open. */
  readonly hasFreeze: boolean;
  /** Every place that names an approval. */
  readonly approvalUses: readonly NamedPlace[];
}

export function toIncidentsOutline(raw: unknown): IncidentsOutline {
  const connections = list(raw, 'processes', 'incidents', 'connections').map((connection, index) =>
    toConnection(connection, `processes.incidents.connections[${index}]`),
  );
  return {
    connections,
    hasFreeze: at(raw, 'freeze') !== undefined,
    approvalUses: connections.map(({ path, conflictApproval }) => ({
      path: `${path}.conflictApproval`,
      name: conflictApproval,
    })),
  };
}

function toConnection(connection: unknown, path: string): ConnectionOutline {
  const fields = at(connection, 'fields');
  return {
    path,
    name: text(connection, 'name'),
    site: text(connection, 'site'),
    project: text(connection, 'project'),
    issueType: text(connection, 'issueType') ?? defaultIssueType,
    account: text(connection, 'account'),
    region: text(connection, 'region'),
    hasRole: at(connection, 'role') !== undefined,
    hasExternalId: at(connection, 'externalId') !== undefined,
    queueUrl: text(connection, 'queueUrl'),
    topics: texts(at(connection, 'topics')),
    fields: (fields === undefined ? documentFields : list(fields)).map((field, index) =>
      toField(field, `${path}.fields[${index}]`),
    ),
    toIssue: toPairs(connection, 'toIssue', documentToIssue),
    toCase: toPairs(connection, 'toCase', documentToCase),
    routes: list(connection, 'routes').map((route, index) => toRoute(route, `${path}.routes[${index}]`)),
    channels: texts(at(connection, 'channels')).map((name, index) => ({
      path: `${path}.channels[${index}]`,
      name,
    })),
    conflictApproval: text(connection, 'conflictApproval'),
    pendingMinutes: list(connection, 'pendingMinutes'),
    intake: toIntake(at(connection, 'intake')),
    reopened: text(connection, 'reopened'),
  };
}

function toField(field: unknown, path: string): FieldOutline {
  return {
    path,
    caseField: text(field, 'case'),
    issueField: text(field, 'issue'),
    direction: at(field, 'direction') === undefined ? fieldDefaults.direction : text(field, 'direction'),
    conflict: at(field, 'conflict') === undefined ? fieldDefaults.conflict : text(field, 'conflict'),
    values: record(field, 'values'),
  };
}

function toPairs(
  connection: unknown,
  key: 'toIssue' | 'toCase',
  fallback: Readonly<Record<string, string>>,
): (readonly [string, string | undefined])[] {
  const own = at(connection, 'statuses', key);
  const pairs = own === undefined ? fallback : record(own);
  return Object.entries(pairs).map(([from, to]) => [from, typeof to === 'string' ? to : undefined] as const);
}

function toRoute(route: unknown, path: string): IncidentRouteOutline {
  return {
    path,
    name: text(route, 'name'),
    when: record(route, 'when'),
    project: text(route, 'project'),
    issueType: text(route, 'issueType'),
    assignee: text(route, 'assignee'),
    sync: at(route, 'sync') !== false,
    severe: at(route, 'severe') === true,
  };
}

function toIntake(intake: unknown): IntakeOutline | undefined {
  if (intake === undefined) return undefined;
  return { issueTypes: texts(at(intake, 'issueTypes')), labels: texts(at(intake, 'labels')) };
}
