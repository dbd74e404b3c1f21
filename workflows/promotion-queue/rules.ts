import type { HoldsReport } from '../../activities/temporal/port.ts';
import { runIdOf, text } from '../shared/guards.ts';
import type { EnqueueRequest } from './messages.ts';

/** @throws Error that names the field; only the form is checked, so that nothing waits */
export function validateRequest(request: EnqueueRequest) {
  for (const field of ['workflowId', 'runId', 'round', 'ticket', 'enteredAt'])
    if (text(request, field) === undefined) throw new Error(`enqueue: ${field} is missing or too long`);
  if (runIdOf(request) === undefined) throw new Error('enqueue: runId is no id of a run');
  if (!isUtc(request.enteredAt)) throw new Error('enqueue: enteredAt is no ISO 8601 time in UTC');
  if (!Number.isSafeInteger(request.priority)) throw new Error('enqueue: priority is no whole number');
  const { version, ...flags } = optionalFields(request);
  if (version !== undefined && text(request, 'version') === undefined)
    throw new Error('enqueue: version is no text');
  for (const [field, value] of Object.entries(flags))
    if (value !== undefined && typeof value !== 'boolean')
      throw new Error(`enqueue: ${field} is neither true nor false`);
}

function optionalFields({ version, supersede, freezes }: EnqueueRequest): Record<string, unknown> {
  return { version, supersede, freezes };
}

/** Other forms are read in the worker's time zone, and so sorted differently on two workers. */
function isUtc(time: string): boolean {
  return /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$/.test(time) && !Number.isNaN(Date.parse(time));
}

const longestLookMs = 5 * 60 * 1000;

/** @returns ms until the first hold may have ended; at most five minutes, in case nobody tells */
export function untilNextLook(holds: HoldsReport['holds'], nowMs: number): number {
  const ends = holds.flatMap(({ until }) => (until === null ? [] : [Date.parse(until) - nowMs]));
  return Math.max(1_000, Math.min(longestLookMs, ...ends));
}
