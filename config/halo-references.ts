import { isKnownField, knownFields } from '../workflows/halo-sync/mapping.ts';
import { templateFields } from '../workflows/halo-sync/routing.ts';
import { canonicalJson } from './canonical-json.ts';
import { findDuplicates } from './duplicates.ts';
import { undefinedName, type ConfigFault } from './fault.ts';
import type { SourceOutline } from './halo-outline.ts';
import { haloTypes } from './halo-schema.ts';
import { nearestName } from './nearest-name.ts';
import type { Outline } from './outline.ts';
import { findPersonFaults } from './people-references.ts';

/** The sources of findings: sites, people and fields that are known, statuses of one meaning, one writer for each ticket. */
export function findHaloFaults(outline: Outline): ConfigFault[] {
  const { sources } = outline.halo;
  return [
    ...findDuplicates('processes.halo.sources', 'name', sources),
    ...sources.flatMap((source) => [
      ...findSiteFaults(source, outline),
      ...findKindFaults(source),
      ...findMappingFaults(source),
      ...findStatusFaults(source),
      ...findRouteFaults(source, outline),
    ]),
    ...findSecondWriters(sources),
  ];
}

function findSiteFaults({ path, site }: SourceOutline, { sites }: Outline): ConfigFault[] {
  const known = sites.flatMap(({ name }) => name ?? []);
  if (site === undefined || known.includes(site)) return [];
  return [undefinedName(`${path}.site`, site, 'jira.sites', known)];
}

/** What a pass asks for itself; a filter of that name would make it miss findings. */
const reserved = [
  ...['status', 'critical', 'since', 'updated_at_gte', 'resolved_at_gte'],
  ...['page', 'per_page', 'cursor', 'sort', 'sort_by'],
];

function findKindFaults({ path, kind, file, hasFormat, types, filters }: SourceOutline): ConfigFault[] {
  const faults: ConfigFault[] = [];
  if (kind === 'file') {
    if (file === undefined)
      faults.push({ path: `${path}.path`, problem: 'is missing', fix: 'set it to the file of findings' });
    if (!types)
      faults.push({
        path: `${path}.types`,
        problem: 'is missing',
        fix: 'name the types of findings in the file',
      });
    return faults;
  }
  if (file !== undefined || hasFormat)
    faults.push({
      path: `${path}.${file === undefined ? 'format' : 'path'}`,
      problem: 'is for a file only',
      fix: 'remove it, or set kind: file',
    });
  for (const name of Object.keys(filters).filter((one) => reserved.includes(one)))
    faults.push({
      path: `${path}.filters.${name}`,
      problem: 'is asked by each pass itself',
      fix: name === 'critical' ? 'set criticalOnly instead' : 'remove it',
    });
  return [...faults, ...findTypeFaults(`${path}.types`, types ?? [])];
}

/** SVM is the product's name, `sva` the type's. */
function findTypeFaults(path: string, types: readonly (string | undefined)[]): ConfigFault[] {
  return types.flatMap((type, index) => {
    if (type === undefined || haloTypes.some((one) => one === type)) return [];
    const near = type === 'svm' ? 'sva' : nearestName(type, haloTypes);
    const problem = `"${type}" is not supported; there are ${haloTypes.join(', ')}`;
    const fix = near === undefined ? 'remove it' : `did you mean "${near}"?`;
    return [{ path: `${path}[${index}]`, problem, fix }];
  });
}

function findMappingFaults({ mapping }: SourceOutline): ConfigFault[] {
  return mapping.flatMap(({ path, from, to }, index) => {
    const first = mapping.findIndex((other) => other.to === to);
    const twice = to !== undefined && first < index;
    const problem = `"${to ?? ''}" is filled from ${mapping[first]?.from ?? ''} already`;
    return [
      ...findFieldFaults(path, from),
      ...(twice ? [{ path, problem, fix: 'fill each field of Jira from one field of findings' }] : []),
    ];
  });
}

function findFieldFaults(path: string, field: string): ConfigFault[] {
  if (isKnownField(field)) return [];
  const near = nearestName(field, knownFields);
  const fix =
    near === undefined
      ? `name one of ${knownFields.join(', ')}, or issue.<field>, asset.<field> with the source’s own name`
      : `did you mean "${near}"?`;
  return [{ path, problem: `"${field}" is no field of a finding`, fix }];
}

/** Names of statuses and transitions are compared regardless of case. */
function findStatusFaults(source: SourceOutline): ConfigFault[] {
  const { path, closedStatuses, hardClosedStatuses, close, reopen, newStatus } = source;
  const hard = hardClosedStatuses.flatMap((name) => name?.toLowerCase() ?? []);
  const isHard = (name: string | undefined) => name !== undefined && hard.includes(name.toLowerCase());
  const faults = closedStatuses.flatMap((name, index) =>
    isHard(name)
      ? [
          {
            path: `${path}.closedStatuses[${index}]`,
            problem: `"${name ?? ''}" is hard-closed too`,
            fix: 'name it in closedStatuses or in hardClosedStatuses',
          },
        ]
      : [],
  );
  if (isHard(close))
    faults.push({
      path: `${path}.close`,
      problem: `"${close ?? ''}" is hard-closed: each finding that comes back would get another ticket`,
      fix: 'close tickets to a status that they can be reopened from',
    });
  const closed = closedStatuses.some((name) => name?.toLowerCase() === newStatus?.toLowerCase());
  if (newStatus !== undefined && (isHard(newStatus) || closed))
    faults.push({
      path: `${path}.newStatus`,
      problem: `"${newStatus}" is a closed status`,
      fix: 'name a status of open tickets',
    });
  if (close !== undefined && close.toLowerCase() === reopen?.toLowerCase())
    faults.push({
      path: `${path}.reopen`,
      problem: 'is the same as close',
      fix: 'name the transition that reopens a ticket',
    });
  return faults;
}

function findRouteFaults(
  { path, routes, unrouted, dueRules, templates }: SourceOutline,
  outline: Outline,
): ConfigFault[] {
  const taken = routes.flatMap((route) =>
    route.name === 'default' || route.name === 'unrouted'
      ? [
          {
            path: `${route.path}.name`,
            problem: `"${route.name}" is what no route takes`,
            fix: 'name it otherwise',
          },
        ]
      : [],
  );
  const parksAll =
    unrouted === 'park' && routes.length === 0
      ? [
          {
            path: `${path}.unrouted`,
            problem: 'without a route every finding would be parked',
            fix: 'add routes, or set it to default',
          },
        ]
      : [];
  return [
    ...findDuplicates(`${path}.routes`, 'name', routes),
    ...taken,
    ...parksAll,
    ...routes.flatMap((route) => [
      ...Object.keys(route.when).flatMap((field) => findFieldFaults(`${route.path}.when.${field}`, field)),
      ...findPersonFaults({ path: `${route.path}.assignee`, name: route.assignee, needsJira: true }, outline),
    ]),
    ...findUnreached(routes),
    ...dueRules.flatMap((rule) =>
      Object.keys(rule.when).flatMap((field) => findFieldFaults(`${rule.path}.when.${field}`, field)),
    ),
    ...templates.flatMap((template) => findTemplateFaults(template.path, template.name)),
  ];
}

function findUnreached(routes: SourceOutline['routes']): ConfigFault[] {
  const conditions = routes.map(({ when }) => canonicalJson(when));
  return routes.flatMap((route, index) => {
    const first = conditions.findIndex((one) => one === conditions[index]);
    if (first === index || Object.keys(route.when).length === 0) return [];
    const problem = `is the same as that of ${routes[first]?.name ?? 'an earlier route'}, which is tried before`;
    return [{ path: `${route.path}.when`, problem, fix: 'remove one of the two routes' }];
  });
}

function findTemplateFaults(path: string, template: string | undefined): ConfigFault[] {
  if (template === undefined) return [];
  const fields = templateFields(template);
  if (fields.length > 0) return fields.flatMap((field) => findFieldFaults(path, field));
  const problem = `"${template.slice(0, 60)}" names no field: all findings would share one ticket`;
  return [{ path, problem, fix: 'name a field in braces, such as {issue_rule_key}' }];
}

/** Two writers of one ticket would undo each other's work for ever. */
function findSecondWriters(sources: readonly SourceOutline[]): ConfigFault[] {
  const placeOf = ({ kind, hostname, file, site, idField, filters }: SourceOutline) =>
    canonicalJson({ at: kind === 'file' ? (file ?? null) : hostname, site, idField, filters });
  return sources.flatMap((source, index) => {
    const first = sources
      .slice(0, index)
      .find((other) => placeOf(other) === placeOf(source) && overlap(other.types, source.types));
    if (!first || source.site === undefined) return [];
    const problem = `has the findings of ${first.path} and the same tickets`;
    return [{ path: source.path, problem, fix: 'give each its own types, filters or id field' }];
  });
}

function overlap(left: SourceOutline['types'], right: SourceOutline['types']): boolean {
  return !left || !right || left.some((type) => right.includes(type));
}
