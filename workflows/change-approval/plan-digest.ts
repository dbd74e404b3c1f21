import { membersOf } from './plan-change.ts';
import { normalJson } from './plan-normal-form.ts';

/** Arrays of a plan whose items its digest is made of; all else (drift, outputs, state, configuration, versions) changes no object. */
export const digestedParts = [
  'resource_changes',
  'deferred_changes',
  'action_invocations',
  'deferred_action_invocations',
] as const;
export type DigestedPart = (typeof digestedParts)[number];

/**
 * What the digest of a plan remembers of one item: what a re-plan repeats word for word as long as it would do the same.
 * @returns null for what does nothing: what else is in state may be refreshed between two plans
 */
export function toDigestText(part: DigestedPart, item: unknown): string | null {
  if (part === 'deferred_changes') {
    const { resource_change, reason } = membersOf(item);
    return toText(part, { reason, resource_change: effectOf(resource_change) ?? item });
  }
  if (part !== 'resource_changes') return toText(part, item);
  if (isIdle(item)) return null;
  return toText(part, effectOf(item) ?? item);
}

function toText(part: DigestedPart, value: unknown): string {
  return `${part}\n${normalJson(value)}`;
}

/** Neither done, nor moved, nor taken over. What is read is read again at the next plan. */
function isIdle(item: unknown): boolean {
  const { change, previous_address } = membersOf(item);
  const { actions, importing } = membersOf(change);
  const isNothing =
    Array.isArray(actions) && actions.length === 1 && ['no-op', 'read'].includes(String(actions[0]));
  return isNothing && previous_address === undefined && (importing === undefined || importing === null);
}

/** Without what only explains (reasons, marks, generated text). @returns undefined for an unknown form */
function effectOf(item: unknown): unknown {
  const { address, previous_address, mode, type, deposed, provider_name, change } = membersOf(item);
  const { actions, before, after, after_unknown, replace_paths, importing } = membersOf(change);
  if (typeof address !== 'string' || !Array.isArray(actions)) return undefined;
  const isMovedOnly = String(actions) === 'no-op';
  return {
    ...{ actions, address, deposed, importing, mode, previous_address, provider_name, type },
    ...(isMovedOnly ? {} : { after, after_unknown, before, replace_paths }),
  };
}
