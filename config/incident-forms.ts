import type { ConnectionConfig } from './incident-schema.ts';

/** What issues of one connection are made with, as the worker and the doctor ask Jira about it. */
export interface ConnectionForms {
  readonly forms: readonly {
    readonly project: string;
    readonly issueType: string;
    readonly priority?: string | undefined;
    readonly securityLevel?: string | undefined;
    readonly components: readonly string[];
  }[];
  /** Names or ids of Jira fields that are written. */
  readonly fields: readonly string[];
  /** Names of Jira statuses that the configuration uses. */
  readonly statuses: readonly string[];
}

/** The connection's own form and those of its routes; a route that syncs nothing has none. */
export function toConnectionForms(connection: ConnectionConfig): ConnectionForms {
  const { project, issueType, routes, fields, statuses } = connection;
  const { toIssue, toCase, gone } = statuses;
  return {
    forms: [
      { project, issueType, components: [] },
      ...routes
        .filter(({ sync }) => sync)
        .map((route) => ({
          project: route.project ?? project,
          issueType: route.issueType ?? issueType,
          priority: route.priority,
          securityLevel: route.securityLevel,
          components: route.components,
        })),
    ],
    fields: unique(fields.filter(({ direction }) => direction !== 'to-case').map(({ issue }) => issue)),
    statuses: unique([...Object.values(toIssue), ...Object.keys(toCase), ...(gone ? [gone] : [])]),
  };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
