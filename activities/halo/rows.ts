import type { FieldValue, FieldValues, Finding, Severity } from '../../workflows/halo-sync/finding.ts';
import { isRecord } from '../../workflows/shared/guards.ts';
import { idHash } from '../findings/hash.ts';
import { cutText } from '../plain-text.ts';
import { contentHashOf } from './content-hash.ts';
import { pathOf } from './paths.ts';
import { HaloIssue, idForm, type HaloRow } from './schema.ts';

export interface RowFault {
  readonly findingId: string;
  readonly reason: string;
}
export interface ReadRow {
  readonly finding: Finding;
  readonly row: HaloRow;
}

const mostCharacters = 20_000;
const mostMembers = 200;
const fieldName = /^\w{1,100}$/;
const keys = new Map<string, string>();
const mostKeys = 500;
/** What stands for the id of a row that has no usable one: there is no issue of that id to ask for. */
const unnamed = 'unnamed-';

/** One row of a list, or a description. A row that cannot be read is told in words: the others are read all the same. */
export function readRow(row: unknown): ReadRow | { readonly fault: RowFault } {
  const parsed = HaloIssue.safeParse(row);
  if (!parsed.success) {
    const words = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'row'}: ${message}`);
    return { fault: { findingId: idOf(row), reason: words.slice(0, 3).join('; ') } };
  }
  const createdAt = timeOf(parsed.data.created_at);
  if (createdAt === null || !isRecord(row))
    return { fault: { findingId: parsed.data.id, reason: 'created_at: an ISO 8601 time is expected' } };
  return { finding: toFinding(parsed.data, row, createdAt), row };
}

export function isUnnamed(findingId: string): boolean {
  return findingId.startsWith(unnamed);
}

function idOf(row: unknown): string {
  const id = isRecord(row) ? row['id'] : undefined;
  return typeof id === 'string' && idForm.test(id) ? id : `${unnamed}${idHash(JSON.stringify(row) ?? '')}`;
}

function toFinding(issue: HaloIssue, row: HaloRow, createdAt: string): Finding {
  const { id, status } = issue;
  const critical = issue.critical === true;
  const resolvedAt = status === 'resolved' ? timeOf(issue.resolved_at) : null;
  // v1's list has no time of the last change: an issue that was resolved may have been seen long before
  const changes = [createdAt, resolvedAt, timeOf(issue.last_seen_at)].filter((at) => at !== null);
  return {
    ...{ id, status, critical, createdAt, resolvedAt },
    type: issue.type || issue.issue_type || 'unknown',
    name: cutText(issue.name || issue.rule_key || id, mostCharacters),
    severity: severityOf(issue.max_cvss, critical),
    firstSeenAt: timeOf(issue.first_seen_at) ?? createdAt,
    changedAt: timeOf(issue.updated_at) ?? changes.reduce((last, at) => (at > last ? at : last)),
    resolvedBy: issue.resolved_by || null,
    resolutionComment: issue.resolution_comment || issue.comment || null,
    // Halo's own is an address of the API, not a page for people
    url: null,
    latest: latestOf(issue),
    asset: assetOf(issue),
    cves: textsOf(issue.cve_ids),
    contentHash: contentHashOf(row),
    fields: fieldsOf(issue, row, createdAt),
  };
}

/** By the highest score of its CVEs, in the bands of CVSS v3; without one Halo tells critical ones from others, and no more. */
function severityOf(maxCvss: HaloIssue['max_cvss'], critical: boolean): Severity {
  const score = toScore(maxCvss);
  if (score === null) return critical ? 'critical' : 'medium';
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}

/** @returns null when it is no score of CVSS, 0 to 10 */
export function toScore(value: unknown): number | null {
  const score = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof score === 'number' && score >= 0 && score <= 10 ? score : null;
}

const timeForm = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?$/;

/** In one form, so that times compare as texts: Halo has microseconds, or none. Without a zone it is UTC. */
function timeOf(value: string | null | undefined): string | null {
  const [whole, zone] = timeForm.exec(value ?? '') ?? [];
  if (whole === undefined) return null;
  const ms = Date.parse(zone === undefined ? `${whole}Z` : whole);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** v3: the last of `last_finding_urls`; v1's describe: the last of `findings`. */
function latestOf({ last_finding_urls: urls, findings }: HaloIssue): string | null {
  const last = pathOf(urls?.at(-1));
  if (last !== null) return last;
  const newest = findings?.at(-1);
  return isRecord(newest) ? pathOf(newest['finding']) : null;
}

function assetOf(issue: HaloIssue): Finding['asset'] {
  const ref = pathOf(issue.asset_url) ?? pathOf(issue.agent_url);
  if (ref === null) return null;
  const name = issue.asset_name || issue.asset_id || issue.agent_id || ref;
  return { ref, name: cutText(name, mostCharacters), type: issue.asset_type || 'server' };
}

/** H-37…H-45 by their names, and every plain field of the row as `issue.<name>`. */
function fieldsOf(issue: HaloIssue, row: HaloRow, createdAt: string): FieldValues {
  const fields: Record<string, FieldValue> = {
    asset_group_name: issue.group_name ?? null,
    asset_group_path: issue.group_path ?? null,
    asset_type: issue.asset_type ?? (issue.agent_url ? 'server' : null),
    issue_critical: issue.critical === true,
    issue_created_at: createdAt,
    issue_rule_key: issue.rule_key ?? null,
    issue_type: issue.type || issue.issue_type || 'unknown',
    issue_id: issue.id,
    issue_policy_name: issue.policy_name ?? null,
  };
  for (const name of Object.keys(row)) {
    const key = keyOf(name);
    const value = key === undefined ? undefined : toField(row[name]);
    if (key !== undefined && value !== undefined) fields[key] = value;
  }
  return fields;
}

/** Rows have the same fifty names: made once, they cost a third of what new ones do at each row. */
function keyOf(name: string): string | undefined {
  const known = keys.get(name);
  if (known !== undefined || !fieldName.test(name)) return known;
  const key = `issue.${name}`;
  if (keys.size < mostKeys) keys.set(name, key);
  return key;
}

/** A tag, `{key, value}`, becomes `key:value`. @returns undefined for what is no value and no list of texts */
export function toField(value: unknown): FieldValue | undefined {
  if (typeof value === 'string') return cutText(value, mostCharacters);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (!Array.isArray(value)) return undefined;
  const texts = textsOf(value.map(toTag));
  return texts.length === Math.min(value.length, mostMembers) ? texts : undefined;
}

function toTag(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { key, value: own } = value;
  return typeof key === 'string' && typeof own === 'string' ? `${key}:${own}` : value;
}

function textsOf(values: readonly unknown[] | null | undefined): string[] {
  return (values ?? []).slice(0, mostMembers).filter((one) => typeof one === 'string');
}
