import type { SecretEvent } from '../../workflows/secret-audit/messages.ts';

/** What AWS itself says of the secrets of an account and a region: the safety net under the events. Reads only. */
export interface TrailPort {
  /**
   * The changes that CloudTrail knows (LookupEvents, 90 days back, some 15 minutes late; two calls a second).
   * @param from ISO 8601 UTC · @param cursor of the page before; null: the first page
   */
  lookUpChanges(input: {
    account: string;
    region: string;
    from: string;
    to: string;
    cursor: string | null;
  }): Promise<{ events: readonly SecretEvent[]; unreadable: number; cursor: string | null }>;
  /** Secrets whose metadata say that they changed, or are being deleted, since then, and when; never a value. */
  listChangedSecrets(input: {
    account: string;
    region: string;
    from: string;
  }): Promise<readonly { arn: string; at: string; what: 'changed' | 'deleted' }[]>;
}
