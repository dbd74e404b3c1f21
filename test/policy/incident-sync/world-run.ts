import assert from 'node:assert/strict';
import { dropAnswered, dropSettled, expectedBy } from '../../../workflows/incident-sync/expected.ts';
import { createLink, settle } from '../../../workflows/incident-sync/link-state.ts';
import type { Expected, Link } from '../../../workflows/incident-sync/link.ts';
import { planSync } from '../../../workflows/incident-sync/plan.ts';
import { writableCaseFields, type Side } from '../../../workflows/incident-sync/sides.ts';
import { isStatusAgreed } from '../../../workflows/incident-sync/status.ts';
import type { Plan, Step } from '../../../workflows/incident-sync/steps.ts';
import { runStep, type Outcome } from './world-steps.ts';
import { readCase, readIssue, setField, worldPolicy, type World } from './world.ts';

/** What `incidentSync` carries, as far as plans go. */
export interface Run {
  link: Link;
  expected: readonly Expected[];
  notes: readonly string[];
  answers: Readonly<Record<string, Side>>;
}

/** @param fresh null: nothing is known of a base, as after a history that is lost */
export const createRun = (world: World, fresh: Side | null = null): Run => ({
  link: createLink(
    worldPolicy,
    { issueId: '1', issueKey: 'INC-1' },
    readCase(world),
    readIssue(world),
    fresh,
  ),
  expected: [],
  notes: [],
  answers: {},
});

/** The counterpart, made from the fields of its origin that travel there. */
export function createCounterpart(world: World, origin: Side): Run {
  const to = origin === 'case' ? 'issue' : 'case';
  for (const { key, caseField, direction } of worldPolicy.fields)
    if (direction !== `to-${origin}` && (to === 'issue' || writableCaseFields.includes(caseField)))
      setField(world, to, key, world[origin].fields[key] ?? '');
  world.moved[origin] = true;
  return createRun(world, origin);
}

const writesTo = (step: Step): Side => {
  if (step.kind === 'fields' || step.kind === 'watchers') return step.to;
  if (step.kind === 'comment' || step.kind === 'attachment') return step.origin === 'case' ? 'issue' : 'case';
  return step.kind === 'case-status' ? 'case' : 'issue';
};

function answered(run: Run, step: Step, link: Link): void {
  run.link = link;
  run.expected = dropAnswered(run.expected, step);
  if (step.kind === 'note') run.notes = [...run.notes, step.name];
  if (step.kind !== 'fields') return;
  run.answers = Object.fromEntries(Object.entries(run.answers).filter(([key]) => !step.keys.includes(key)));
}

/** A person's move is never undone but for another's (B5): no side is moved when nobody moved the other. */
function assertCause(world: World, step: Step): void {
  if (step.kind === 'issue-status') assert.ok(world.moved.case, 'the card was moved back');
  if (step.kind === 'case-status') assert.ok(world.moved.issue, 'the case was moved back');
}

interface Chance {
  /** Of each step, in turn; then `ok`. */
  readonly outcomes?: readonly Outcome[];
  /** What people do between the reading and each step. */
  readonly meanwhile?: readonly (() => void)[];
}

/** One delivery: both sides are read, planned, and written to. */
export function deliver(world: World, run: Run, { outcomes = [], meanwhile = [] }: Chance = {}): Plan {
  const [one, issue] = [readCase(world), readIssue(world)];
  const plan = planSync({ policy: worldPolicy, case: one, issue, ...run });
  if (isStatusAgreed(worldPolicy, one, issue)) Object.assign(world.moved, { case: false, issue: false });
  for (const step of plan.steps) assertCause(world, step);
  run.link = settle(run.link, one, issue, worldPolicy);
  run.expected = dropSettled(run.expected, plan);
  plan.steps.forEach((step, index) => {
    assert.ok(one.status !== 'Closed' || writesTo(step) === 'issue', 'a write to a closed case');
    meanwhile[index]?.();
    run.expected = [...run.expected, ...expectedBy(step, one, issue)];
    const known = (writesTo(step) === 'case' ? one : issue).fields;
    const link = runStep(world, step, run.link, known, outcomes[index] ?? 'ok');
    if (link) answered(run, step, link);
  });
  return plan;
}

/** The sweep, until it finds nothing. @returns how many plans had steps */
export function sweep(world: World, run: Run, answer: Side): number {
  for (let plans = 0; plans < 20; plans += 1) {
    const plan = deliver(world, run);
    run.answers = Object.fromEntries(plan.conflicts.map(({ key }) => [key, answer]));
    if (plan.steps.length === 0 && plan.conflicts.length === 0) return plans;
  }
  assert.fail(`still busy: ${JSON.stringify(deliver(world, run).steps)}`);
}
