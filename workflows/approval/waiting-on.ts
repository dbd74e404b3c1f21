import { waitingOnPerson } from '../shared/names.ts';
import type { RequestView } from './messages.ts';

const longestCode = 80;

/** What a run waits for, over all its open requests. */
export interface WaitingOn {
  /** `person:<group>+<group>`, at most 80 characters; empty when nobody is waited for. */
  readonly code: string;
  readonly dueBy: string | undefined;
}

/** @param open every request that people were shown and have not settled */
export function toWaitingOn(open: readonly Pick<RequestView, 'missing' | 'deadline'>[]): WaitingOn {
  const groups = [...new Set(open.flatMap(({ missing }) => missing.map(({ group }) => group)))];
  const [dueBy] = open.flatMap(({ deadline }) => deadline ?? []).sort();
  return { code: open.length === 0 ? '' : toCode(groups), dueBy };
}

/** Whole names only. */
function toCode(groups: readonly string[]): string {
  let code = waitingOnPerson;
  for (const group of groups) {
    const next = code === waitingOnPerson ? `${code}${group}` : `${code}+${group}`;
    if (next.length > longestCode) break;
    code = next;
  }
  return code;
}

/** A deadline that moved by seconds is no news. */
export function isSameWait(one: WaitingOn, other: WaitingOn): boolean {
  if (one.code !== other.code) return false;
  if (one.dueBy === undefined || other.dueBy === undefined) return one.dueBy === other.dueBy;
  return Math.abs(Date.parse(one.dueBy) - Date.parse(other.dueBy)) <= 60_000;
}
