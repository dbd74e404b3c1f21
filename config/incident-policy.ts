import type { IncidentPolicy } from '../workflows/incident-sync/messages.ts';
import { toApprovalPolicy } from './approval-policy.ts';
import { digestOf } from './canonical-json.ts';
import type { ConnectionConfig } from './incident-schema.ts';
import type { Config } from './parse-config.ts';
import { runLinkBase } from './promotion-policy.ts';

/** @returns undefined: no such connection is configured */
export function findConnection(config: Config, name: string): ConnectionConfig | undefined {
  return config.processes.incidents?.connections.find((connection) => connection.name === name);
}

/**
 * The rules of one connection, as they travel with each event.
 * @throws Error when there is no such connection
 */
export function toIncidentPolicy(config: Config, name: string): IncidentPolicy {
  const connection = findConnection(config, name);
  if (!connection) throw new Error(`no connection of incidents "${name}" in the configuration`);
  const { version, site, statuses, conflictApproval } = connection;
  const baseUrl = config.jira.sites.find((one) => one.name === site)?.baseUrl ?? '';
  const rules = {
    ...{ name, version, connection: name, site },
    fields: connection.fields.map(({ case: caseField, issue, direction, conflict, values }) => ({
      key: `${caseField}=${issue}`,
      ...{ caseField, issueField: issue, direction, conflict, values },
    })),
    toIssue: statuses.toIssue,
    toCase: Object.fromEntries(
      Object.entries(statuses.toCase).map(([status, to]) => [status.toLowerCase(), to]),
    ),
    statusConflict: statuses.conflict,
    goneStatus: statuses.gone ?? null,
    deletedIssue: connection.deletedIssue,
    reopened: connection.reopened,
    comments: connection.comments,
    attachments: connection.attachments,
    watchers: connection.watchers,
    channels: connection.channels,
    conflictApproval: conflictApproval === undefined ? null : toApprovalPolicy(config, conflictApproval),
    pendingMinutes: connection.pendingMinutes,
    onCall: config.onCall,
    tailDays: connection.tailDays,
    heartbeatSeconds: connection.heartbeatSeconds,
    runLinkBase: runLinkBase(config),
    issueLinkBase: `${baseUrl.replace(/\/$/, '')}/browse/`,
  };
  return { ...rules, digest: digestOf(rules) };
}
