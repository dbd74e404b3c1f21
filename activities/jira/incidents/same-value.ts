import { isRecord } from '../../../workflows/shared/guards.ts';
import { isOwnLabel } from './labels.ts';
import { toPlain } from './plain-adf.ts';

/**
 * Whether a field has a value already, as people read it: of a list neither the order nor our own labels count, and rich text is the same
 * when its words are. @param wanted as it would be sent @param present as Jira shows it
 */
export function isSameValue(wanted: unknown, present: unknown): boolean {
  if (isNothing(wanted) || isNothing(present)) return isNothing(wanted) && isNothing(present);
  if (Array.isArray(wanted)) return Array.isArray(present) && isSameList(wanted, present);
  if (!isRecord(wanted)) return wanted === present || isSameMoment(wanted, present);
  if (!isRecord(present)) return false;
  if (wanted['type'] === 'doc') return toPlain(wanted) === toPlain(present);
  // what we send names a choice or a person by one member
  return Object.entries(wanted).every(([name, value]) => present[name] === value);
}

function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return withoutOwn(value).length === 0;
  return value === undefined || value === null || value === '';
}

function isSameList(wanted: readonly unknown[], present: readonly unknown[]): boolean {
  const [ours, theirs] = [withoutOwn(wanted), withoutOwn(present)];
  return (
    new Set(ours.map((one) => JSON.stringify(one))).size === theirs.length &&
    ours.every((one) => theirs.some((other) => isSameValue(one, other)))
  );
}

const withoutOwn = (list: readonly unknown[]) =>
  list.filter((one) => typeof one !== 'string' || !isOwnLabel(one));

/** Jira may show another offset than it was sent. */
function isSameMoment(wanted: unknown, present: unknown): boolean {
  if (typeof wanted !== 'string' || typeof present !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(wanted))
    return false;
  return Date.parse(wanted) === Date.parse(present);
}
