import type { FindingTicketOrder } from '../../activities/jira/findings/port.ts';
import type { FieldValue, FieldValues, Finding, FindingDetails } from './finding.ts';
import type { FindingPolicy, ReadField } from './messages.ts';
import { toText } from './plain-text.ts';
import { printValue } from './routing.ts';

type JiraFields = FindingTicketOrder['fields'];

/** What every finding has, whatever its source. */
const ownFields: Readonly<Record<string, (finding: Finding) => FieldValue>> = {
  issue_id: ({ id }) => id,
  issue_type: ({ type }) => type,
  issue_name: ({ name }) => name,
  issue_status: ({ status }) => status,
  issue_critical: ({ critical }) => critical,
  issue_severity: ({ severity }) => severity,
  issue_created_at: ({ createdAt }) => createdAt,
  issue_first_seen_at: ({ firstSeenAt }) => firstSeenAt,
  issue_updated_at: ({ changedAt }) => changedAt,
  issue_url: ({ url }) => url,
  issue_cve_ids: ({ cves }) => cves,
  asset_name: ({ asset }) => asset?.name ?? null,
  asset_type: ({ asset }) => asset?.type ?? null,
};

/** The names of H-37 to H-51, and what every finding has besides. */
export const knownFields: readonly string[] = [
  ...Object.keys(ownFields),
  'asset_group_name',
  'asset_group_path',
  'issue_rule_key',
  'issue_policy_name',
  'server_csp_provider',
  'server_csp_account_id',
  'server_csp_instance_id',
  'server_id',
  'server_hostname',
  'server_state',
];

/** Of a known name, or of the form `issue.<field>`, `asset.<field>` with the source's own name of the field. */
export function isKnownField(name: string): boolean {
  return knownFields.includes(name) || /^(?:issue|asset)\.\w{1,100}$/.test(name);
}

/** @param asset null: it was not read, or is gone: its fields have no value */
export function createReader(finding: Finding, asset: FindingDetails['asset']): ReadField {
  return (name) => {
    const [, kind, field = ''] = /^(issue|asset)\.(\w+)$/.exec(name) ?? [];
    const names = kind === 'asset' ? [name, `asset_${field}`, `server_${field}`] : [name, `issue_${field}`];
    for (const one of kind ? names : [name]) {
      const value = valueIn(finding.fields, one) ?? valueIn(asset?.fields, one) ?? ownValue(finding, one);
      if (value !== undefined) return value;
    }
    return kind && valueIn(kind === 'asset' ? asset?.fields : finding.fields, field);
  };
}

/**
 * Mapped and static fields for one ticket; a fixed value goes before a mapped one. A field that the finding does not have is left
 * out, as Jira takes `null` and `''` for some types only.
 */
export function toJiraFields(policy: Pick<FindingPolicy, 'mapping' | 'static'>, read: ReadField): JiraFields {
  const fields = new Map<string, JiraFields[number]['value']>();
  for (const { from, to } of policy.mapping) {
    const value = toJiraValue(read(from));
    if (value !== undefined) fields.set(to, value);
  }
  for (const { to, value } of policy.static) fields.set(to, value);
  return [...fields].map(([to, value]) => ({ to, value }));
}

function toJiraValue(value: FieldValue | undefined): JiraFields[number]['value'] | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number') return value;
  if (typeof value !== 'object') return toText(printValue(value)) || undefined;
  const texts = value.map((one) => toText(one)).filter((text) => text !== '');
  return texts.length > 0 ? texts : undefined;
}

/** Names come from a configuration: `constructor` is no field. */
function valueIn(fields: FieldValues | undefined, name: string): FieldValue | undefined {
  return fields && Object.hasOwn(fields, name) ? (fields[name] ?? undefined) : undefined;
}

function ownValue(finding: Finding, name: string): FieldValue | undefined {
  return Object.hasOwn(ownFields, name) ? (ownFields[name]?.(finding) ?? undefined) : undefined;
}
