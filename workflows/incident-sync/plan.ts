import { planAttachments } from './attachments.ts';
import { planComments } from './comments.ts';
import { planFields } from './merge.ts';
import { isClosed, otherSide, travelsFrom, type PlanInput } from './plan-input.ts';
import { isSameStatus, isStatusAgreed, planStatus, type StatusPlan } from './status.ts';
import type { Note, Plan, Step } from './steps.ts';

/** Add-only: what a side has gained goes to the other. Compared with what of that side was delivered last. */
function planWatchers(input: PlanInput): Step[] {
  const { link, policy } = input;
  if (input.case.watchers === input.issue.watchers) return [];
  return (['case', 'issue'] as const)
    .filter((origin) => travelsFrom(origin, policy.watchers, input))
    .filter((origin) => input[origin].watchers !== link.watchers?.[origin])
    .map((origin) => ({ kind: 'watchers', to: otherSide(origin) }));
}

const nameOf = (...parts: readonly string[]) =>
  parts
    .join('-')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.:]+/gu, '-');

/** The case moved on, and its card stands still because both statuses share one in Jira. */
function findShared({ link, policy, case: one, issue }: PlanInput): { name: string; note: Note } | null {
  const base = link.status;
  if (!base || base.case === one.status || one.status === 'Closed') return null;
  if (!isSameStatus(base.issue, issue.status) || !isStatusAgreed(policy, one, issue)) return null;
  // the same move may come again later, and is told again
  return {
    name: nameOf('status-shared', one.status, one.updatedAt),
    note: { about: 'status-shared', status: one.status },
  };
}

function planNotes(input: PlanInput, { hold, reopened }: StatusPlan): Step[] {
  const { case: one, policy } = input;
  if (!one.found) return once(input, [{ name: 'case-gone', note: { about: 'case-gone' } }]);
  const { closureCode, closedAt } = one;
  const shared = findShared(input);
  return once(input, [
    ...(shared ? [shared] : []),
    ...(hold
      ? [
          {
            name: nameOf('status-held', hold.side, hold.status, hold.reason),
            note: { about: 'status-held', ...hold } as const,
          },
        ]
      : []),
    // says, too, that nothing written here reaches the case from now on
    ...(isClosed(input)
      ? [{ name: 'closed', note: { about: 'closed', closureCode, closedAt } as const }]
      : []),
    ...(reopened
      ? [
          {
            name: 'reopened-after-close',
            note: { about: 'reopened-after-close', policy: policy.reopened } as const,
          },
        ]
      : []),
  ]);
}

const once = ({ notes }: PlanInput, all: readonly { name: string; note: Note }[]): Step[] =>
  all.filter(({ name }) => !notes.includes(name)).map((one) => ({ kind: 'note', ...one }));

/**
 * The writes that bring both sides to the same, from what they are now and the state in which they last agreed. Fields, status,
 * comments, attachments, watchers, notes, in this order, but for one: a case is closed after all that must still be written to it.
 * A plan of two sides that agree is empty.
 */
export function planSync(input: PlanInput): Plan {
  if (!input.issue.found) return { steps: [], conflicts: [], hold: null, reopened: false };
  const status = planStatus(input);
  const { step, hold, reopened } = status;
  const notes = planNotes(input, status);
  if (!input.case.found) return { steps: [...(step ? [step] : []), ...notes], conflicts: [], hold, reopened };
  const { steps: fields, conflicts } = planFields(input);
  const moves = step ? [step] : [];
  const closesCase = step?.kind === 'case-status' && step.path.includes('Closed');
  const rest = [...planComments(input), ...planAttachments(input), ...planWatchers(input)];
  const steps = closesCase ? [...fields, ...rest, ...moves] : [...fields, ...moves, ...rest];
  return { steps: [...steps, ...notes], conflicts, hold, reopened };
}
