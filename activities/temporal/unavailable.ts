import { createFailure } from '../../workflows/shared/failures.ts';

/** Temporal itself: always worth a repeat. */
export function unavailable(cause: unknown, action: string) {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return createFailure('Unavailable', `Temporal: ${reason}`, {
    cause,
    details: { system: 'temporal', action },
  });
}
