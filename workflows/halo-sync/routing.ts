import { matchesWildcard } from '../shared/wildcard.ts';
import type { FieldValue } from './finding.ts';
import type { Condition, FindingPolicy, ReadField, Route } from './messages.ts';

const placeholder = /\{([^{}]+)\}/g;
/** Findings without the field share a ticket of their own. */
const noValue = '(none)';

/** Stands for no route: of such findings only tickets that they have already are kept up to date. */
export const unrouted: Route = {
  ...{ name: 'unrouted', when: [], project: '', issueType: '', priority: null, components: [] },
  ...{ assignee: null, groupBy: null, sync: true },
};

/** The first route whose conditions all hold, or `unrouted`: never where the last one has no conditions. */
export function routeOf(policy: Pick<FindingPolicy, 'routes'>, read: ReadField): Route {
  return policy.routes.find(({ when }) => when.every((condition) => holds(condition, read))) ?? unrouted;
}

/** @param template such as `{issue_rule_key} in {asset_group_path}`; a value is taken as it is, braces in it mean nothing */
export function fillTemplate(template: string, read: ReadField): string {
  return template.replace(placeholder, (_, name: string) => printValue(read(name.trim())) || noValue);
}

/** The fields that a template names, each once. */
export function templateFields(template: string): string[] {
  return [...new Set(Array.from(template.matchAll(placeholder), ([, name = '']) => name.trim()))];
}

/** `True` and `False` are the source's own words for a boolean (H-40). */
export function printValue(value: FieldValue | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? value.join(', ') : String(value);
}

/** A field that the finding does not have meets no condition, not even `*`. */
export function holds({ field, oneOf }: Condition, read: ReadField): boolean {
  const value = read(field);
  if (value === null || value === undefined) return false;
  // YAML's true and the source's True are the same
  if (typeof value === 'boolean')
    return oneOf.some((pattern) => matchesWildcard(printValue(value).toLowerCase(), pattern.toLowerCase()));
  const texts = typeof value === 'object' ? value : [String(value)];
  return texts.some((text) => oneOf.some((pattern) => matchesWildcard(text, pattern)));
}
