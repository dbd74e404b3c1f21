import type { ApprovalPolicy } from '../approval/messages.ts';
import { isPolicy } from '../freeze/policy-form.ts';
import { createFailure } from '../shared/failures.ts';
import { isRecord, text } from '../shared/guards.ts';
import type { AutoApprovalInput, AutoApprovalView, SwitchedOff } from './messages.ts';

/** All reasons together: they are shown to people, and evidence has a size limit. */
const longestReason = 2_000;

/** @returns undefined: malformed, nothing changes */
export function readSwitchOff(payload: unknown): Omit<SwitchedOff, 'since'> | undefined {
  const [by, reason] = [text(payload, 'by'), text(payload, 'reason')];
  const approval = isRecord(payload) ? payload['approval'] : undefined;
  return by && reason && isPolicy(approval) ? { by, reason: oneLine(reason), approval } : undefined;
}

/**
 * It can only become stricter: a further reason joins those that stand, one a line, and who switches it on again has to be
 * shown all of them. The rules are those that were said last: the worker checks by its own before it is switched on.
 * @returns the very same state when nothing is new
 */
export function switchedOff(
  off: SwitchedOff | null,
  said: Omit<SwitchedOff, 'since'>,
  nowMs: number,
): SwitchedOff {
  if (!off) return { ...said, since: new Date(nowMs).toISOString() };
  const known = off.reason.split('\n');
  const isNews = !known.includes(said.reason);
  const all = isNews ? [...known, said.reason].join('\n') : off.reason;
  // more than people can be shown: what stands is reason enough
  const reason = all.length <= longestReason ? all : off.reason;
  if (reason === off.reason && isSame(off.approval, said.approval)) return off;
  return { ...off, reason, approval: said.approval };
}

export function withApproval(off: SwitchedOff, approval: ApprovalPolicy): SwitchedOff {
  return isSame(off.approval, approval) ? off : { ...off, approval };
}

export function toView(off: SwitchedOff | null): AutoApprovalView {
  return { on: off === null, since: off?.since ?? null, reason: off?.reason ?? null };
}

/** @throws InvalidInput when it is nothing of our predecessor's: a run that fails is an answer too, and the careful one */
export function readCarried(carried: AutoApprovalInput['carried']): SwitchedOff | null {
  const off: unknown = carried?.off ?? null;
  if (off === null) return null;
  const isOurs =
    isRecord(off) &&
    ['by', 'reason', 'since'].every((field) => typeof off[field] === 'string') &&
    isPolicy(off['approval']);
  if (!isOurs) throw createFailure('InvalidInput', 'autoApproval: carried.off is malformed');
  return off as unknown as SwitchedOff;
}

/** All of it, since a digest is only what somebody says it is. */
function isSame(one: ApprovalPolicy, other: ApprovalPolicy): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function oneLine(reason: string): string {
  return reason.replace(/\s+/g, ' ').trim();
}
