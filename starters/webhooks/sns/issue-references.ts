import { isRecord } from '../../../workflows/shared/guards.ts';

/** An issue as Jira Automation names it: by key, or by its numeric id. */
export type IssueReference =
  | { readonly kind: 'key'; readonly key: string; readonly project: string }
  | { readonly kind: 'id'; readonly issueId: string };

const mostRecords = 100;

/**
 * What the rules of the source documents send, `{"automationData":{"IssueId":"SEC-1"}}` (S-32) or `{"automationData":{"jira-key":"SEC-1"}}`, without its wrapping, or several in a list
 * or as `Records`. Total.
 * @returns undefined for each record that names no issue
 */
export function readIssueReferences(message: string): readonly (IssueReference | undefined)[] {
  const value = parse(message);
  const records = Array.isArray(value) ? value : isRecord(value) ? (value['Records'] ?? [value]) : [value];
  if (!Array.isArray(records) || records.length === 0 || records.length > mostRecords) return [undefined];
  return records.map((record: unknown) => readReference(unwrap(record)));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A record as SNS hands it to functions has its message inside. */
function unwrap(record: unknown): unknown {
  const inner = isRecord(record) ? record['Sns'] : undefined;
  const message = isRecord(inner) ? inner['Message'] : undefined;
  return typeof message === 'string' ? parse(message) : record;
}

function readReference(record: unknown): IssueReference | undefined {
  const data = isRecord(record) ? (record['automationData'] ?? record) : undefined;
  const named = isRecord(data)
    ? (data['IssueId'] ?? data['issueId'] ?? data['issueKey'] ?? data['jira-key'])
    : undefined;
  const text = typeof named === 'number' ? String(named) : named;
  if (typeof text !== 'string') return undefined;
  if (/^[0-9]{1,19}$/.test(text)) return { kind: 'id', issueId: text };
  const project = /^([A-Z][A-Z0-9_]{1,79})-[0-9]{1,19}$/.exec(text)?.[1];
  return project === undefined ? undefined : { kind: 'key', key: text, project };
}
