import { isClosed, otherSide, type PlanInput } from './plan-input.ts';
import { writableCaseFields, type FieldMap, type Side } from './sides.ts';
import type { FieldConflict, Step } from './steps.ts';

interface Values {
  readonly case: string;
  readonly issue: string;
}

/** What is done about one field; null: nothing, or nothing that may be done. */
interface Merged {
  readonly to: Side;
  readonly loses: boolean;
}

/**
 * What both sides were last known to agree on. A value that we asked for ourselves came from the other side, so both agreed on it,
 * though the answer never came (an echo).
 */
function baseOf(key: string, now: Values, { link, expected }: PlanInput): Values | undefined {
  const echo = expected.find((one) => one.what === 'field' && one.key === key && one.hash === now[one.side]);
  return echo?.what === 'field' ? { case: echo.hash, issue: echo.hash } : link.fields[key];
}

/** A side that the field may be written to, by its direction and by what UpdateCase takes. */
function isWritable(to: Side, { direction, caseField }: FieldMap, input: PlanInput): boolean {
  if (to === 'issue') return direction !== 'to-case';
  return direction !== 'to-issue' && writableCaseFields.includes(caseField) && !isClosed(input);
}

function newest({ case: one, issue }: PlanInput): Side {
  return Date.parse(issue.updatedAt) > Date.parse(one.updatedAt) ? 'issue' : 'case';
}

/** Who wins when both changed; null: a person has yet to say. */
function winnerOf(map: FieldMap, input: PlanInput): Side | null {
  if (map.direction === 'to-issue' || !writableCaseFields.includes(map.caseField)) return 'case';
  if (map.direction === 'to-case') return 'issue';
  if (map.conflict === 'newest') return newest(input);
  if (map.conflict !== 'ask') return map.conflict;
  // nobody to ask: as by default
  return input.answers[map.key] ?? (input.policy.conflictApproval ? null : 'case');
}

/** A question whose answer could not be written is not asked. */
const canBeAsked = (map: FieldMap, input: PlanInput) =>
  isWritable('case', map, input) && isWritable('issue', map, input);

function mergeField(map: FieldMap, now: Values, input: PlanInput): Merged | 'ask' | null {
  const base = baseOf(map.key, now, input);
  const changed = { case: now.case !== base?.case, issue: now.issue !== base?.issue };
  if (now.case === now.issue || (!changed.case && !changed.issue)) return null;
  const both = changed.case && changed.issue;
  const source = both ? winnerOf(map, input) : changed.case ? 'case' : 'issue';
  if (!source) return canBeAsked(map, input) ? 'ask' : null;
  const to = otherSide(source);
  return isWritable(to, map, input) ? { to, loses: both } : null;
}

/**
 * Three-way, side by side with its base: one changed, it travels; both alike, settled; both and different, the policy of the field
 * decides, and the loser is named, so that the activity keeps its value in a comment. Without a base both count as changed.
 * A field that one side does not show is left alone.
 */
export function planFields(input: PlanInput): { steps: Step[]; conflicts: FieldConflict[] } {
  const keys: Record<Side, string[]> = { case: [], issue: [] };
  const losers: Record<Side, string[]> = { case: [], issue: [] };
  const conflicts: FieldConflict[] = [];
  for (const map of input.policy.fields) {
    const values = { case: input.case.fields[map.key], issue: input.issue.fields[map.key] };
    if (values.case === undefined || values.issue === undefined) continue;
    const now = { case: values.case, issue: values.issue };
    const merged = mergeField(map, now, input);
    if (merged === 'ask') conflicts.push({ key: map.key, ...now });
    else if (merged) {
      keys[merged.to].push(map.key);
      if (merged.loses) losers[merged.to].push(map.key);
    }
  }
  const steps = (['issue', 'case'] as const)
    .filter((to) => keys[to].length > 0)
    .map((to): Step => ({ kind: 'fields', to, keys: keys[to], losers: losers[to] }));
  return { steps, conflicts };
}
