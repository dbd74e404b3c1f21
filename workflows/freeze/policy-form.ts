import type { ApprovalPolicy } from '../approval/messages.ts';
import { isRecord, text } from '../shared/guards.ts';

/** Whether this can be worked with at all: anybody in the namespace can send it, and what it allows is judged elsewhere. */
export function isPolicy(value: unknown): value is ApprovalPolicy {
  if (!isRecord(value)) return false;
  const { version, quorum, exclude, reminders, expiresAfterMinutes, override, workingHours } = value;
  return (
    ['name', 'digest', 'channel', 'risk'].every((field) => text(value, field) !== undefined) &&
    Number.isSafeInteger(version) &&
    isListOf(quorum, (seat) => text(seat, 'group') !== undefined && isCount(seat)) &&
    quorum.length > 0 &&
    isListOf(exclude, (one) => typeof one === 'string') &&
    isListOf(
      reminders,
      (one) => text(one, 'to') !== undefined && Number.isFinite(Number(fieldOf(one, 'afterMinutes'))),
    ) &&
    typeof expiresAfterMinutes === 'number' &&
    expiresAfterMinutes > 0 &&
    (override === null ||
      (text(override, 'group') !== undefined && text(override, 'reviewers') !== undefined)) &&
    (workingHours === null || isRecord(workingHours))
  );
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): value is readonly unknown[] {
  return Array.isArray(value) && value.length <= 100 && value.every(isOne);
}

function isCount(seat: unknown): boolean {
  const count = fieldOf(seat, 'count');
  return typeof count === 'number' && Number.isSafeInteger(count) && count > 0 && count <= 100;
}

function fieldOf(value: unknown, field: string): unknown {
  return isRecord(value) ? value[field] : undefined;
}
