import { matchesWildcard } from '../shared/wildcard.ts';
import type { PlanRule } from '../../config/change-schema.ts';
import { listOf, oneLine } from './one-line.ts';
import { changedNames, findChanged, isOnlyRewritten, shownPart } from './plan-attributes.ts';
import {
  policyAttributes,
  policyAttributesOfType,
  typeRules,
  type PlanRuleId,
  type TypeRule,
} from './plan-built-in-rules.ts';
import { addressOf, membersOf, parsePlanChange, type PlanAction, type PlanChange } from './plan-change.ts';
import { isPolicyText } from './plan-policy-text.ts';
import type { PlanReason, PlanReport } from './plan-report.ts';

/** What the rules make of one element of `resource_changes`. */
export interface ChangeVerdict {
  readonly counted: keyof PlanReport['counts'];
  readonly reasons: readonly PlanReason[];
}

const countedAs: Readonly<Record<PlanAction, ChangeVerdict['counted']>> = {
  'no-op': 'unchanged',
  read: 'other',
  create: 'create',
  update: 'update',
  delete: 'delete',
  replace: 'replace',
  forget: 'other',
  'create-and-forget': 'create',
  unknown: 'other',
};

/** They touch nothing outside Terraform's own state. */
const harmless: readonly PlanAction[] = ['no-op', 'read', 'forget'];

/**
 * Pure. What cannot be understood is risky. No reason holds a value of an attribute.
 * @param element of `resource_changes`, not parsed any further
 * @param rules of the installation, beyond the built-in ones
 */
export function judgeResourceChange(element: unknown, rules: readonly PlanRule[]): ChangeVerdict {
  const change = parsePlanChange(element);
  if (change === undefined) {
    const reason = 'the plan does not say in a known form what happens to it';
    return {
      counted: 'other',
      reasons: [{ address: addressOf(element), attribute: null, rule: 'unknown-action', reason }],
    };
  }
  const counted = countedAs[change.action];
  if (harmless.includes(change.action)) return { counted, reasons: [] };
  return {
    counted,
    reasons: [
      ...judgeAction(change),
      ...typeRules.flatMap((rule) => judgeType(change, rule)),
      ...judgePolicies(change),
      ...rules.flatMap((rule) => judgeByRule(change, rule)),
    ],
  };
}

function toReason(change: PlanChange, rule: PlanRuleId, reason: string, attribute: string | null = null) {
  return { address: change.address, attribute, rule, reason };
}

function judgeAction(change: PlanChange): PlanReason[] {
  const { action, actions, deposed } = change;
  if (action === 'delete')
    return [toReason(change, 'delete', deposed ? 'a deposed object of it is deleted' : 'is deleted')];
  if (action === 'replace') return [judgeReplace(change)];
  if (action !== 'unknown') return [];
  const unknown = toReason(change, 'unknown-action', `an action that is not known: ${toWords(actions)}`);
  return actions.includes('delete') ? [toReason(change, 'delete', 'is deleted'), unknown] : [unknown];
}

function judgeReplace(change: PlanChange): PlanReason {
  const { actions, replacePaths } = change;
  const [first, ...more] = replacePaths;
  const order = actions[0] === 'delete' ? 'deleted, then created anew' : 'created anew, then deleted';
  const others = more.length === 0 ? '' : ` (${more.length} more attributes force it)`;
  return toReason(
    change,
    'delete',
    `is replaced: ${order}${others}`,
    first ? shownPart(change, first) : null,
  );
}

/** Actions are Terraform's words. What is none is not repeated. */
function toWords(actions: readonly string[]): string {
  const words = actions.map((action) => (/^[a-z-]{1,30}$/.test(action) ? action : '?'));
  return words.length === 0 ? 'none' : listOf(words, 5);
}

const verbs: Partial<Record<PlanAction, string>> = {
  create: 'is created',
  'create-and-forget': 'is created; the object before it stays where it is',
  update: 'is changed',
  delete: 'is deleted',
  replace: 'is replaced',
};

function judgeType(change: PlanChange, { id, types, what }: TypeRule): PlanReason[] {
  if (!types.some((pattern) => matchesWildcard(change.type, pattern))) return [];
  if (change.action === 'update' && isOnlyRewritten(change)) return [];
  const names = change.action === 'update' ? changedNames(change) : [];
  const which = names.length > 1 ? `: ${oneLine(listOf(names, 5), 200)}` : '';
  const [only = null] = names.length === 1 ? names : [];
  return [toReason(change, id, `${what} ${verbs[change.action] ?? 'may change'}${which}`, only)];
}

/** With a delete the policy goes too: the delete itself says so. */
function judgePolicies(change: PlanChange): PlanReason[] {
  if (change.action === 'delete') return [];
  const names = [...policyAttributes, ...(policyAttributesOfType[change.type] ?? [])];
  const isPolicy = isNamed(names);
  const changed = findChanged(change, (at, { before, after }) => {
    return isPolicy(at) || (before !== after && [before, after].some(holdsPolicy));
  });
  return changed.map(({ path, unknown }) => {
    const reason = unknown ? 'a policy that is known only after the apply' : 'a policy is set or changed';
    return toReason(change, 'policy-attribute', reason, path);
  });
}

function holdsPolicy(value: unknown): boolean {
  return typeof value === 'string' && isPolicyText(value);
}

/** By its own name at any depth, or by its whole path without indices: `logging`, `website.index_document`. */
function isNamed(names: readonly string[]): (at: readonly (string | number)[]) => boolean {
  const simple = new Set(names);
  const hasPaths = names.some((name) => name.includes('.'));
  return (at) => {
    const last = at.at(-1);
    if (typeof last !== 'string') return false;
    return (
      simple.has(last) || (hasPaths && simple.has(at.filter((step) => typeof step === 'string').join('.')))
    );
  };
}

function judgeByRule(change: PlanChange, { id, types, attributes, actions, reason }: PlanRule): PlanReason[] {
  if (!types.some((pattern) => matchesWildcard(change.type, pattern))) return [];
  const action = change.action === 'create-and-forget' ? 'create' : change.action;
  // an action that nobody knows may be any of them
  if (actions && action !== 'unknown' && !actions.some((one) => one === action)) return [];
  const told = { address: change.address, rule: id, reason: oneLine(reason, 200) };
  if (!attributes) return [{ ...told, attribute: null }];
  return findChanged(change, isNamed(attributes)).map(({ path }) => ({ ...told, attribute: path }));
}

/** Terraform 1.8 and later put off what they cannot plan yet: nobody can judge what it will do. */
export function judgeDeferred(element: unknown): PlanReason {
  const { resource_change, reason } = membersOf(element);
  const words = typeof reason === 'string' && /^[a-z_]{1,40}$/.test(reason) ? ` (${reason})` : '';
  return {
    address: addressOf(resource_change),
    attribute: null,
    rule: 'deferred',
    reason: `Terraform decides later what happens to it${words}`,
  };
}

/**
 * An action of a provider (Terraform 1.14: `action` blocks) changes no resource of the plan. Only rules of the installation that
 * name its type, and neither attributes nor actions, speak about it.
 */
export function judgeInvocation(element: unknown, rules: readonly PlanRule[]): PlanReason[] {
  const { type } = membersOf(element);
  if (typeof type !== 'string') return [];
  return rules
    .filter(({ attributes, actions }) => attributes === undefined && actions === undefined)
    .filter(({ types }) => types.some((pattern) => matchesWildcard(type, pattern)))
    .map(({ id, reason }) => ({
      ...{ address: addressOf(element), attribute: null, rule: id, reason: oneLine(reason, 200) },
    }));
}

/** What the plan says of itself. @param facts as the plan has them; undefined: not said */
export function judgePlan(facts: { readonly errored: unknown; readonly complete: unknown }): PlanReason[] {
  const address = '(the plan)';
  const { errored, complete } = facts;
  const reasons: PlanReason[] = [];
  if (errored !== undefined && errored !== false)
    reasons.push({
      ...{ address, attribute: null, rule: 'errored' },
      reason: 'planning ended with an error, so that the plan is not whole',
    });
  else if (complete !== undefined && complete !== true)
    reasons.push({
      ...{ address, attribute: null, rule: 'deferred' },
      reason: 'Terraform says that a further plan and apply will be needed',
    });
  return reasons;
}
