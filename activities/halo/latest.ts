import type { DetailRow, Finding, FindingDetails } from '../../workflows/halo-sync/finding.ts';
import { isRecord } from '../../workflows/shared/guards.ts';

export type Body = Readonly<Record<string, unknown>>;
type Latest = NonNullable<FindingDetails['latest']>;

const mostItems = 100;
const mostCharacters = 4_000;

/**
 * The newest scan result or event as people read it, by what it has and not by its type: a vulnerable package, a file, a line of a log,
 * else a rule of configuration. It is shown, never decided by: what is missing or of another form is left out.
 */
export function toLatest({ name }: Finding, body: Body): Latest {
  if ('package_name' in body) return toPackage(body);
  if (isRecord(body['rule'])) return toChangedFiles(body, body['rule']);
  if ('message' in body || 'original_log_entry' in body) return toEvent(body);
  return {
    title: `Configuration failure: ${text(body['rule_name']) || text(name)}`,
    rows: toRows(body, ['critical', 'rule_description']),
    items: recordsOf(body['details']).map(
      ({ status, target, expected, actual }) =>
        `${text(status)}: ${text(target)}: expected ${text(expected)}, found ${text(actual)}`,
    ),
  };
}

function toPackage(body: Body): Latest {
  return {
    title: `Vulnerable package: ${text(body['package_name'])} version ${text(body['package_version'])}`,
    rows: toRows(body, ['critical', 'cpe']),
    items: recordsOf(body['cve_entries']).map(
      ({ cve_entry: id, cvss_score: score, suppressed }) =>
        `${text(id)}, score ${text(score)}${suppressed === true ? ', suppressed' : ''}`,
    ),
  };
}

function toChangedFiles(body: Body, rule: Body): Latest {
  return {
    title: `File integrity failure: ${text(rule['target'])}`,
    rows: toRows(rule, ['critical', 'description']),
    items: recordsOf(body['findings']).map(({ status, file }) => `${text(status)}: ${text(file)}`),
  };
}

function toEvent(body: Body): Latest {
  return {
    title: `Event: ${text(body['rule_name']) || text(body['name'])}`,
    rows: toRows(body, ['critical', 'message', 'original_log_entry', 'created_at']),
    items: [],
  };
}

export function toRows(body: Body, names: readonly string[]): DetailRow[] {
  const rows = names.map((name) => ({ label: name.replaceAll('_', ' '), value: text(body[name]) }));
  return rows.filter(({ value }) => value !== '');
}

/** `True` and `False` are Halo's words for a boolean (H-40). */
function text(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, mostCharacters) : '';
}

export function recordsOf(value: unknown): Body[] {
  return Array.isArray(value) ? value.filter(isRecord).slice(0, mostItems) : [];
}
