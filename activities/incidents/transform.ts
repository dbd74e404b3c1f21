import type { CaseField, FieldMap } from '../../workflows/incident-sync/sides.ts';
import { cutText } from '../plain-text.ts';
import type { Value } from './hash.ts';

/** Characters that AWS and Jira take. */
const most: Readonly<Partial<Record<CaseField, number>>> = { title: 300, description: 8_000 };
const lists: readonly CaseField[] = [
  ...(['impactedAccounts', 'impactedAwsRegions'] as const),
  ...(['impactedServices', 'threatActorIpAddresses'] as const),
];

/** Between the members of a list that Jira has as one text. */
const separator = /[,\n]/;
/** The same of addresses: what browsers say of themselves, which follows an address, has commas of its own. */
const beforeAddress = /\n|,(?=\s*(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{0,4}(?::[\da-f.]*){2,8})(?:[\s,]|$))/i;

/** A case's value as Jira shall have it. Jira's own limits are the adapter's. */
export function toIssueValue({ values }: FieldMap, value: Value): string | readonly string[] {
  if (value === null || value === undefined) return '';
  // any word may come: what every object has is no name of ours
  const rename = (text: string) => (Object.hasOwn(values, text) ? values[text] : undefined) ?? text;
  return typeof value === 'string' ? rename(value) : value.map(rename);
}

/** Jira's value as the case shall have it: renamed back, a list where the case has one, cut to what AWS takes. */
export function toCaseValue({ values, caseField }: FieldMap, value: Value): string | readonly string[] {
  const names = new Map(Object.entries(values).map(([ofCase, ofIssue]) => [ofIssue, ofCase]));
  const rename = (text: string) => names.get(text) ?? text;
  if (lists.includes(caseField)) {
    const between = caseField === 'threatActorIpAddresses' ? beforeAddress : separator;
    const all = typeof value === 'string' ? value.split(between) : (value ?? []);
    return all.map((one) => rename(one.trim())).filter((one) => one !== '');
  }
  const text = rename(typeof value === 'string' ? value : [...(value ?? [])].join(', '));
  const limit = most[caseField];
  return limit === undefined ? text : cutText(text, limit);
}
