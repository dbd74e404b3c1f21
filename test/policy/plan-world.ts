import type { PlanRule } from '../../config/change-schema.ts';
import { judgeResourceChange } from '../../workflows/change-approval/plan-rules.ts';

/** Elements of `resource_changes` as Terraform writes them. */

export type Members = Readonly<Record<string, unknown>>;

/** What of the change differs from the usual; everything else has Terraform's own default. */
export interface ChangeParts {
  readonly actions?: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly after_unknown?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  readonly replace_paths?: unknown;
  readonly importing?: unknown;
}

/** @param parts of the change · @param top of the element: `deposed`, `mode`, `address` … */
export function resourceChange(type: string, parts: ChangeParts = {}, top: Members = {}): Members {
  const { actions = ['update'], before = { name: 'a' }, after = { name: 'b' }, ...marks } = parts;
  return {
    address: `${type}.x`,
    mode: 'managed',
    type,
    name: 'x',
    provider_name: 'registry.terraform.io/hashicorp/aws',
    ...top,
    change: {
      actions,
      before,
      after,
      after_unknown: {},
      before_sensitive: {},
      after_sensitive: {},
      ...marks,
    },
  };
}

export const created = (type: string, after: unknown, after_unknown: unknown = { id: true }) =>
  resourceChange(type, {
    ...{ actions: ['create'], before: null, after, after_unknown, before_sensitive: false },
  });

export const deleted = (type: string, before: unknown = { name: 'a' }, top: Members = {}) =>
  resourceChange(
    type,
    { actions: ['delete'], before, after: null, after_unknown: false, after_sensitive: false },
    top,
  );

export const updated = (type: string, before: unknown, after: unknown, after_unknown: unknown = {}) =>
  resourceChange(type, { before, after, after_unknown });

/** A policy as jsonencode writes it. */
export const policy = (statement: unknown) => JSON.stringify({ Version: '2012-10-17', Statement: statement });
export const allow = (action: unknown, more: Members = {}) => ({
  ...{ Effect: 'Allow', Action: action, Resource: '*' },
  ...more,
});

/** `rule attribute`, or the rule alone for the resource as a whole. */
export const findRisks = (element: unknown, rules: readonly PlanRule[] = []): string[] =>
  judgeResourceChange(element, rules).reasons.map(({ rule, attribute }) =>
    attribute === null ? rule : `${rule} ${attribute}`,
  );

export const withActions = (type: string, ...actions: string[]) => resourceChange(type, { actions });
