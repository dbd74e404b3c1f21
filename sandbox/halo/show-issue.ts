import { groups } from './catalogue.ts';
import { cvesOf, packageOf, ruleOf } from './describe-rule.ts';
import { findingIdOf, findingPathOf, scanIdOf } from './finding-ids.ts';
import type { HaloIssue } from './model.ts';
import { toIso } from './moments.ts';
import { mix, withoutHyphens } from './scramble.ts';
import { cloudOf, type Cloud } from './show-asset.ts';

/** An issue of v3: an element of the list, and the same within `{issue}`. */
export interface IssueBody {
  id: string;
  package_name?: string;
  package_version?: string;
  cve_ids?: readonly string[];
  max_cvss?: number;
  remotely_exploitable?: boolean;
  csp_account_id?: string;
  csp_account_name?: string;
  csp_account_type?: string | null;
  csp_region?: string;
  csp_image_id?: string;
  csp_resource_id?: string;
  csp_tags?: Cloud['tags'];
  resolved_at?: string;
  resolved_by?: string | null;
  resolution_comment?: string | null;
  comment?: string | null;
  /** Whole seconds. */
  time_to_resolution?: number;
  [field: string]: unknown;
}

export function toIssue(issue: HaloIssue, baseUrl: string): IssueBody {
  const body = toOwnFields(issue, baseUrl);
  if (issue.overlay) Object.assign(body, issue.overlay);
  for (const name of issue.omit ?? []) Reflect.deleteProperty(body, name);
  return body;
}

/** Field by field, without the usual grouping by spread: a list makes a hundred of these at each call. */
function toOwnFields(issue: HaloIssue, baseUrl: string): IssueBody {
  const { asset, type, findings } = issue;
  const { name, key, policy } = ruleOf(issue);
  const group = groups[asset.group];
  const created = toIso(issue.createdAt);
  const refs = findings.map((at, k) => toFindingRef(issue, k, at));
  const last = refs.length - 1;
  const path = findingPathOf(issue, last, refs[last]?.finding, refs[last]?.scan);
  const body: IssueBody = {
    id: issue.id,
    url: `${baseUrl}/v3/issues/${issue.id}`,
    rule_key: key,
    name,
    type,
    category: type,
    status: issue.status,
    critical: issue.critical,
    source: 'server_secure',
    created_at: created,
    updated_at: toIso(issue.updatedAt),
    first_seen_at: created,
    last_seen_at: toIso(issue.lastSeenAt),
    policy_id: policy?.id ?? null,
    policy_name: policy?.name ?? null,
    rule_name: name,
    findings: refs.map(({ shown }) => shown),
    last_finding_urls: [baseUrl + path],
    extended_attributes: toExtension(issue, name),
    asset_id: asset.id,
    asset_url: `${baseUrl}/v1/servers/${withoutHyphens(asset.id)}`,
    asset_type: 'server',
    asset_name: asset.hostname,
    group_id: group?.id,
    group_name: group?.name,
    group_path: group?.path,
    os_type: asset.os,
  };
  if (issue.content === 'sva') addPackage(body, issue, name);
  addCloud(body, issue);
  addResolution(body, issue);
  return body;
}

/** Both forms occur in one list: a text from older scans, an object from newer ones. */
function toFindingRef(issue: HaloIssue, k: number, at: number) {
  const scan = scanIdOf(issue, k);
  const finding = findingIdOf(issue, k);
  const created = toIso(at);
  const shown =
    k === 0 && issue.findings.length > 1
      ? `${scan}::${finding}::active::${created}`
      : { status: 'active', scan_id: scan, created_at: created, finding_id: finding };
  return { shown, scan, finding };
}

function toExtension(issue: HaloIssue, name: string): object {
  const os = issue.asset.os;
  if (issue.content !== 'sva') return { name, os_type: os };
  return { name, os_type: os, cve_info: cvesOf(issue).map(({ id, score }) => ({ id, cvss_score: score })) };
}

function addPackage(body: IssueBody, issue: HaloIssue, name: string) {
  const chosen = cvesOf(issue);
  body.package_name = name;
  body.package_version = packageOf(issue).version;
  body.cve_ids = chosen.map(({ id }) => id);
  body.max_cvss = Math.max(...chosen.map(({ score }) => score));
  body.remotely_exploitable = mix(issue.seed, issue.n, 11) % 3 === 0;
}

function addCloud(body: IssueBody, { asset }: HaloIssue) {
  const cloud = cloudOf(asset);
  if (!cloud) return;
  body.csp_account_id = cloud.accountId;
  body.csp_account_name = `example-${asset.provider}`;
  body.csp_account_type = asset.provider;
  body.csp_region = cloud.region;
  body.csp_image_id = cloud.imageId;
  body.csp_resource_id = cloud.instanceId;
  body.csp_tags = cloud.tags;
}

function addResolution(body: IssueBody, { resolvedAt, resolvedBy, resolutionComment, createdAt }: HaloIssue) {
  if (resolvedAt === null) return;
  body.resolved_at = toIso(resolvedAt);
  body.resolved_by = resolvedBy;
  body.resolution_comment = resolutionComment;
  body.comment = resolutionComment;
  body.time_to_resolution = Math.floor((resolvedAt - createdAt) / 1_000_000);
}
