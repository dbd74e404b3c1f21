import { badRequest } from './answers.ts';
import { findProject } from './configuration.ts';
import { statusNamed } from './controls.ts';
import { addIssue } from './create-issues.ts';
import { enter } from './issue-change.ts';
import { parseDraft } from './issue-draft.ts';
import type { Issue, Project } from './model.ts';
import { isJsonObject, type JsonObject } from './router.ts';
import { personNamed, type Site } from './site.ts';

/**
 * {issues: [{as?, fields, update?, properties?, status?, created?}], quiet?}: issues in the shape of Jira's own create call, made
 * by `as` (default sam); project and type default to DEVOPS and its first type; `created` is a moment in ISO 8601. Answers their
 * ids and keys. `quiet` sends no webhooks.
 *
 * {count, template, from?, quiet?}: so many of one form, where `{n}` in any text of the template counts up from `from` (default 1)
 * and `{n:6}` does so with leading zeros. Answers the first and the last.
 */
export function seedIssues(site: Site, fixtures: unknown): object {
  const { issues, quiet, count, template, from = 1 } = toObject(fixtures);
  const seed = (fixture: unknown) => seedIssue(site, toObject(fixture), quiet === true);
  if (Array.isArray(issues)) return { issues: issues.map((fixture: unknown) => named(seed(fixture))) };
  if (!isCount(count) || !isCount(from) || !isJsonObject(template))
    throw badRequest('issues: a list is expected; or count, a whole number, and template, an issue');
  let first: Issue | undefined;
  let last: Issue | undefined;
  for (let n = from; n < from + count; n += 1) {
    last = seed(numbered(template, n));
    first ??= last;
  }
  return { count, ...(first && last ? { first: named(first), last: named(last) } : {}) };
}

function seedIssue(site: Site, fixture: JsonObject, quiet: boolean): Issue {
  const creator = personNamed(site, fixture['as'] ?? 'sam');
  const fields = toObject(fixture['fields']);
  const project = projectOf(fields);
  const type = { id: project?.types[0]?.id };
  const body = { ...fixture, fields: { project: { key: project?.key }, issuetype: type, ...fields } };
  const at = momentOf(fixture['created']) ?? site.now();
  const issue = addIssue(site, parseDraft(body, creator, site), { creator, at, quiet });
  if (typeof fixture['status'] === 'string') {
    enter(issue, statusNamed(issue, fixture['status']), at);
    site.issues.save(issue, at);
  }
  return issue;
}

/** A copy with the number in every text; what holds none is shared. */
function numbered(value: unknown, n: number): unknown {
  if (typeof value === 'string')
    return value.replaceAll(/\{n(?::(\d+))?\}/g, (_, width?: string) =>
      String(n).padStart(Number(width ?? 0), '0'),
    );
  if (Array.isArray(value)) return value.map((one) => numbered(one, n));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, numbered(one, n)]));
}

function projectOf(fields: JsonObject): Project | undefined {
  const { key, id } = toObject(fields['project']);
  return [key, id, 'DEVOPS'].flatMap((ref) => (typeof ref === 'string' ? [findProject(ref)] : []))[0];
}

function momentOf(value: unknown): Date | undefined {
  if (value === undefined) return undefined;
  const at = new Date(typeof value === 'string' ? value : NaN);
  if (Number.isNaN(at.getTime())) throw badRequest('created: a moment in ISO 8601 is expected');
  return at;
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0;
const named = ({ id, key }: Issue) => ({ id, key });
const toObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
