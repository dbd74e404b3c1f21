import type { Expected } from './link.ts';
import type { CaseSide, IssueSide } from './sides.ts';
import type { Plan, Step } from './steps.ts';

/** What a step asks for, to be noted before its call. */
export function expectedBy(step: Step, one: CaseSide, issue: IssueSide): readonly Expected[] {
  if (step.kind === 'issue-status') return [{ side: 'issue', what: 'status', value: step.status }];
  // each hop: a walk that breaks off half-way must not look like a person's move
  if (step.kind === 'case-status')
    return step.path.map((value) => ({ side: 'case', what: 'status', value }) as const);
  if (step.kind !== 'fields') return [];
  const source = step.to === 'issue' ? one.fields : issue.fields;
  return step.keys.flatMap((key) => {
    const hash = source[key];
    return hash === undefined ? [] : [{ side: step.to, what: 'field', key, hash } as const];
  });
}

/** After a step's answer: what it asked for, and any unanswered one before it, is in the link now. */
export function dropAnswered(expected: readonly Expected[], step: Step): readonly Expected[] {
  if (step.kind === 'fields')
    return expected.filter((one) => one.what !== 'field' || !step.keys.includes(one.key));
  if (step.kind === 'issue-status' || step.kind === 'case-status')
    return expected.filter(({ what }) => what !== 'status');
  return expected;
}

/**
 * After each plan: what it has nothing to do about is no longer waited for. Else a person who later writes the very value of a write
 * that never arrived would be taken for its echo.
 */
export function dropSettled(expected: readonly Expected[], plan: Plan): readonly Expected[] {
  const keys = new Set(plan.steps.flatMap((step) => (step.kind === 'fields' ? step.keys : [])));
  const moves =
    plan.hold !== null ||
    plan.reopened ||
    plan.steps.some(({ kind }) => kind === 'issue-status' || kind === 'case-status');
  return expected.filter((one) => (one.what === 'field' ? keys.has(one.key) : moves));
}
