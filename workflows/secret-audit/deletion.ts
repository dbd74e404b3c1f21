import type { LedgerChange, SecretEvent } from './messages.ts';

const dayMs = 86_400_000;
/** What AWS takes where the call names no window. */
const usualDays = 30;

/** @returns ISO 8601 UTC until when a deletion can be taken back; null: it is no deletion, or there is no way back */
export function restorableUntil({ action, kind, errorCode, eventTime, details }: SecretEvent): string | null {
  if (action !== 'delete' || kind !== 'call' || errorCode !== null) return null;
  if (details['forceDeleteWithoutRecovery'] === 'true') return null;
  const days = Number(details['recoveryWindowInDays'] ?? usualDays);
  if (!Number.isFinite(days) || days <= 0) return null;
  return new Date(Date.parse(eventTime) + days * dayMs).toISOString();
}

/** Whether somebody took the deletion back: a restore of the same secret, after it. */
export function isRestored(deleted: SecretEvent, later: readonly LedgerChange[]): boolean {
  return later.some(
    ({ event }) =>
      event.action === 'restore' &&
      event.kind === 'call' &&
      event.errorCode === null &&
      event.eventTime >= deleted.eventTime,
  );
}
