import { groups } from './catalogue.ts';
import { invalid } from './halo-refusal.ts';
import type { HaloIssue } from './model.ts';
import { parseMicros } from './moments.ts';
import { withoutHyphens } from './scramble.ts';
import { fqdnOf } from './show-asset.ts';
import { toIssue } from './show-issue.ts';
import type { Order } from './sorted-rows.ts';

type Test = (issue: HaloIssue) => boolean;

/** What a list's query asks for. */
export interface IssueFilter {
  readonly test: Test;
  /** The index to read: the time that is asked for, else the list's own order. */
  readonly order: Order;
  /** Nothing before this value of the order is wanted. */
  readonly from: number;
  /** Only these, by id without hyphens. */
  readonly ids: readonly string[] | undefined;
}

/** Parameters of paging and of the parts of a filter that are not fields. */
const paging = new Set(['page', 'per_page', 'cursor']);

const times = {
  created_at: (issue) => issue.createdAt,
  updated_at: (issue) => issue.updatedAt,
  resolved_at: (issue) => issue.resolvedAt,
  first_seen_at: (issue) => issue.createdAt,
  last_seen_at: (issue) => issue.lastSeenAt,
} as const satisfies Record<string, (issue: HaloIssue) => number | null>;

const ordersOfTimes: Readonly<Record<string, Order>> = {
  updated_at_gte: 'updated',
  since: 'updated',
  resolved_at_gte: 'resolved',
  created_at_gte: 'created',
};

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '': (value, bound) => value === bound,
  _gte: (value, bound) => value >= bound,
  _gt: (value, bound) => value > bound,
  _lte: (value, bound) => value <= bound,
  _lt: (value, bound) => value < bound,
};

/** Compared with what is shown; one value each, because names may hold commas. */
const shownFields = new Set(
  (
    'asset_type cp_rule_id csp_account_id csp_account_name csp_account_type csp_image_id csp_region csp_resource_id image_sha name ' +
    'os_type policy_id policy_name registry_id registry_name repository_id repository_name rule_key rule_name source package_name'
  ).split(' '),
);

/**
 * The filters of Halo's documentation as the old tool and its README use them. Without a status v3 lists active issues only, v1 all.
 * Whether Halo refuses a parameter it does not know is unknown; here it is refused, so that a misspelt filter never passes for a
 * wide one.
 */
export function parseFilter(query: URLSearchParams, version: 1 | 3): IssueFilter {
  const tests: Test[] = [];
  let order: Order = 'id';
  let from = -Infinity;
  for (const [name, value] of query) {
    if (paging.has(name) || name === 'id') continue;
    tests.push(testOf(name, value));
    const timeOrder = ordersOfTimes[name];
    if (timeOrder === undefined || order !== 'id') continue;
    order = timeOrder;
    from = momentOf(name, value);
  }
  if (version === 3 && !query.has('status')) tests.push((issue) => issue.status === 'active');
  const ids = query.get('id');
  return {
    test: tests.length === 1 && tests[0] ? tests[0] : (issue) => tests.every((test) => test(issue)),
    ...{ order, from },
    ids: ids === null ? undefined : listOf(ids).map((id) => idOf('id', id)),
  };
}

function testOf(name: string, value: string): Test {
  const own = ownTests[name];
  if (own) return own(value);
  if (shownFields.has(name)) return (issue) => toIssue(issue, '')[name] === value;
  const timeTest = timeTestOf(name, value);
  if (timeTest) return timeTest;
  throw invalid(name, value, `there is no filter named ${name}`);
}

function timeTestOf(name: string, value: string): Test | undefined {
  const [, field = '', suffix = ''] = /^(\w+_at)(_gte?|_lte?)?$/.exec(name) ?? [];
  const time = (times as Readonly<Record<string, (issue: HaloIssue) => number | null>>)[field];
  const compare = comparisons[suffix];
  if (!time || !compare) return undefined;
  const bound = momentOf(name, value);
  return (issue) => {
    const at = time(issue);
    return at !== null && compare(at, bound);
  };
}

const oneOf = (read: (issue: HaloIssue) => string, normal = (text: string) => text) => {
  return (value: string): Test => {
    const wanted = new Set(listOf(value).map(normal));
    return (issue) => wanted.has(normal(read(issue)));
  };
};

const equal =
  (read: (issue: HaloIssue) => string | undefined) =>
  (value: string): Test => {
    return (issue) => read(issue) === value;
  };

const ownTests: Readonly<Record<string, (value: string) => Test>> = {
  status(value) {
    for (const status of listOf(value))
      if (status !== 'active' && status !== 'resolved') throw invalid('status', value, 'active or resolved');
    return oneOf((issue) => issue.status)(value);
  },
  critical(value) {
    if (!/^(true|false)$/i.test(value)) throw invalid('critical', value, 'true or false');
    return (issue) => String(issue.critical) === value.toLowerCase();
  },
  type: oneOf((issue) => issue.type),
  issue_type: oneOf((issue) => issue.type),
  // What has changed in any way: newer than the newest of created, seen and resolved.
  since(value) {
    const bound = momentOf('since', value);
    return (issue) => issue.updatedAt >= bound;
  },
  // Servers that are `inactive` to v1 are `deactivated` when shown.
  state: oneOf(
    (issue) => issue.asset.state,
    (text) => (text === 'inactive' ? 'deactivated' : text),
  ),
  asset_id: oneOf((issue) => issue.asset.id, withoutHyphens),
  agent_id: oneOf((issue) => issue.asset.id, withoutHyphens),
  server_id: oneOf((issue) => issue.asset.id, withoutHyphens),
  asset_name: equal((issue) => issue.asset.hostname),
  asset_hostname: equal((issue) => issue.asset.hostname),
  asset_fqdn: equal((issue) => fqdnOf(issue.asset)),
  group_id: oneOf((issue) => groups[issue.asset.group]?.id ?? '', withoutHyphens),
  group_name: equal((issue) => groups[issue.asset.group]?.name),
  group_path: equal((issue) => groups[issue.asset.group]?.path),
  cve_id(value) {
    const wanted = new Set(listOf(value));
    return (issue) => textsOf(toIssue(issue, '')['cve_ids']).some((cve) => wanted.has(cve));
  },
  max_cvss_gte(value) {
    const least = Number(value);
    if (!Number.isFinite(least)) throw invalid('max_cvss_gte', value, 'a number');
    return (issue) => Number(toIssue(issue, '')['max_cvss'] ?? -1) >= least;
  },
  csp_tags: tagTest,
};

/** Both forms that the old tool sends: `"environment":"development"` and `["environment:development",…]`; every tag has to be there. */
function tagTest(value: string): Test {
  const wanted = value
    .replace(/["[\]{}]/g, '')
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '');
  return (issue) => {
    const tags = (toIssue(issue, '')['csp_tags'] ?? []) as { key: string; value: string }[];
    const present = new Set(tags.map((tag) => `${tag.key}:${tag.value}`));
    return wanted.every((pair) => present.has(pair));
  };
}

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const listOf = (value: string): string[] => value.split(',').filter((part) => part !== '');

export function idOf(field: string, id: string): string {
  if (!/^[A-Za-z0-9-]{1,64}$/.test(id)) throw invalid(field, id, 'letters, digits and hyphens');
  return withoutHyphens(id);
}

function momentOf(field: string, value: string): number {
  return parseMicros(value) ?? fail(invalid(field, value, 'an ISO 8601 time'));
}

function fail(error: Error): never {
  throw error;
}
