import type { Condition, FindingPolicy, Route } from '../workflows/halo-sync/messages.ts';
import { toApprovalPolicy } from './approval-policy.ts';
import { digestOf } from './canonical-json.ts';
import { haloTypes, type FindingSourceConfig } from './halo-schema.ts';
import type { Config } from './parse-config.ts';
import { runLinkBase } from './promotion-policy.ts';

/** @returns undefined: no such source is configured */
export function findSource(config: Config, name: string): FindingSourceConfig | undefined {
  return config.processes.halo?.sources.find((source) => source.name === name);
}

/**
 * The rules of one source, as they travel with each request of a pass.
 * @throws Error when there is no such source
 */
export function toFindingPolicy(config: Config, sourceName: string): FindingPolicy {
  const source = findSource(config, sourceName);
  if (!source) throw new Error(`no source of findings "${sourceName}" in the configuration`);
  const { name, version, site, types, filters, dueDays, flood, acceptance } = source;
  const rules = {
    ...{ name, version, source: name, site, types: types ?? haloTypes },
    criticalOnly: source.criticalOnly,
    filters: mapValues(filters, String),
    idField: source.idField,
    routes: toRoutes(source),
    mapping: Object.entries(source.mapping).flatMap(([from, to]) =>
      [to].flat().map((one) => ({ from, to: one })),
    ),
    static: Object.entries(source.static).map(([to, value]) => ({ to, value })),
    ...{ close: source.close, reopen: source.reopen, newStatus: source.newStatus ?? null },
    closedStatuses: source.closedStatuses,
    hardClosedStatuses: source.hardClosedStatuses,
    recordResolved: source.recordResolved,
    comments: source.comments,
    updateFields: source.updateFields,
    dueDays: withoutUndefined(dueDays),
    dueRules: source.dueRules.map(({ when, days }) => ({
      when: toConditions(when),
      days: withoutUndefined(days),
    })),
    dueCalendar: source.dueCalendar ?? null,
    remindAt: source.remindAt,
    closeAfterMinutes: source.closeAfterMinutes,
    reopenAfterMinutes: source.reopenAfterMinutes,
    flapLimit: source.flapLimit,
    missing: source.missing,
    flood: flood ? { ...flood, approval: toApprovalPolicy(config, flood.approval) } : null,
    acceptance: acceptance
      ? { ...acceptance, approval: toApprovalPolicy(config, acceptance.approval) }
      : null,
    overlapMinutes: source.overlapMinutes,
    indexLagSeconds: source.indexLagSeconds,
    concurrency: source.concurrency,
    pageSize: source.pageSize,
    heartbeatSeconds: source.heartbeatSeconds,
    runLinkBase: runLinkBase(config),
  };
  return { ...rules, digest: digestOf(rules) };
}

/** The last takes what no other does: the source's own project and type. */
function toRoutes({ routes, project, issueType, unrouted }: FindingSourceConfig): Route[] {
  const own = routes.map((route) => ({
    name: route.name,
    when: toConditions(route.when),
    project: route.project ?? project,
    issueType: route.issueType ?? issueType,
    priority: route.priority ?? null,
    components: route.components,
    assignee: route.assignee ?? null,
    groupBy: route.groupBy ?? null,
    sync: route.sync,
  }));
  if (unrouted === 'park') return own;
  const rest = { priority: null, components: [], assignee: null, groupBy: null, sync: true };
  return [...own, { name: 'default', when: [], project, issueType, ...rest }];
}

function toConditions(when: FindingSourceConfig['routes'][number]['when']): Condition[] {
  return Object.entries(when).map(([field, value]) => ({ field, oneOf: [value].flat().map(String) }));
}

function mapValues<V, W>(values: Readonly<Record<string, V>>, map: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}

/** What travels through Temporal's payloads loses keys that are undefined; the digest must not depend on it. */
function withoutUndefined(days: FindingSourceConfig['dueDays']): FindingPolicy['dueDays'] {
  return Object.fromEntries(Object.entries(days).filter(([, value]) => value !== undefined));
}
