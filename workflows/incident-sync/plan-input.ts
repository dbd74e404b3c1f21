import type { Expected, Link } from './link.ts';
import type { IncidentPolicy } from './messages.ts';
import type { CaseSide, IssueSide, Side } from './sides.ts';

/** All that a plan is made from. Both sides were read after the link took the answer of the last step. */
export interface PlanInput {
  readonly policy: IncidentPolicy;
  readonly link: Link;
  readonly case: CaseSide;
  readonly issue: IssueSide;
  /** Of people to conflicts, by key of the mapping. */
  readonly answers: Readonly<Record<string, Side>>;
  /** Writes without an answer only (`expected.ts`): one that was answered is in the link, and is taken out of here. */
  readonly expected: readonly Expected[];
  /** Names of notes that were written. */
  readonly notes: readonly string[];
}

type Way = 'both' | 'to-issue' | 'to-case' | 'off';

export const otherSide = (side: Side): Side => (side === 'case' ? 'issue' : 'case');

export const isClosed = ({ case: one }: PlanInput): boolean => one.status === 'Closed';

/** Whether anything of this side may be written to the other: a closed case answers every write with ConflictException. */
export function travelsFrom(origin: Side, way: Way, input: PlanInput): boolean {
  if (origin === 'case') return way === 'both' || way === 'to-issue';
  return (way === 'both' || way === 'to-case') && !isClosed(input);
}
