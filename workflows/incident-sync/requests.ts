import { isRecord, text } from '../shared/guards.ts';
import type { IncidentEvent, IncidentPolicy } from './messages.ts';

/** What signals say, read totally: anybody in the namespace can send them. */

const sides = ['case', 'issue', 'both'] as const;

/** @returns undefined: malformed */
export function readEvent(payload: unknown): IncidentEvent | undefined {
  const [deliveryId, event] = [text(payload, 'deliveryId'), text(payload, 'event')];
  const side = sides.find((one) => one === text(payload, 'side'));
  if (!isRecord(payload) || !deliveryId || deliveryId.length > 200 || !event || !side) return undefined;
  const { policy } = payload;
  if (policy !== undefined && !isIncidentPolicy(policy)) return undefined;
  const issueId = text(payload, 'issueId');
  if (issueId !== undefined && !/^[0-9]{1,19}$/.test(issueId)) return undefined;
  return {
    ...{ deliveryId, event: event.slice(0, 80), side },
    ...(policy === undefined ? {} : { policy }),
    ...(issueId === undefined ? {} : { issueId }),
  };
}

/** Whether this can be worked with at all. */
export function isIncidentPolicy(value: unknown): value is IncidentPolicy {
  if (!isRecord(value)) return false;
  const { fields, toIssue, toCase, pendingMinutes, channels } = value;
  return (
    ['name', 'digest', 'connection', 'site', 'onCall'].every((field) => text(value, field) !== undefined) &&
    ['runLinkBase', 'issueLinkBase'].every((field) => typeof value[field] === 'string') &&
    [fields, pendingMinutes, channels].every((one) => Array.isArray(one)) &&
    isRecord(toIssue) &&
    isRecord(toCase) &&
    ['tailDays', 'heartbeatSeconds'].every((field) => typeof value[field] === 'number')
  );
}

export function readPaused(payload: unknown): boolean | undefined {
  const paused = isRecord(payload) ? payload['paused'] : undefined;
  return typeof paused === 'boolean' ? paused : undefined;
}
