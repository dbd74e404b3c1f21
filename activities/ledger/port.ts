import type {
  CoverageGap,
  Explanation,
  FoundBy,
  LedgerChange,
  LedgerVerdict,
  SecretEvent,
  SecretRef,
  TicketFacts,
  Verdict,
  VerdictName,
} from '../../workflows/secret-audit/messages.ts';

/**
 * The audit's ledger: a table of DynamoDB and its export. Every verb is safe to repeat: an item is put once, on the condition that it
 * is not there. Its items are described in docs/secret-ledger.md.
 */
export interface LedgerPort {
  /** Puts a change, once. @returns what the ledger had of it, with the newest version; null: it is new */
  recordChange(input: { event: SecretEvent; foundBy: FoundBy }): Promise<LedgerChange | null>;
  /** @returns null: there is no such change */
  readSecretChange(input: { eventId: string }): Promise<LedgerChange | null>;
  /**
   * Adds a version, if it says anything else than the newest one does; explanation and deletion are kept from there where they are
   * left out. A version that another writer added meanwhile is read and added to.
   */
  recordVerdict(input: {
    eventId: string;
    verdict: Verdict;
    isFinal: boolean;
    /** As far as the caller knows nothing was said before: it is put without reading; where something was, that is read after all. */
    isFirst?: boolean;
    explanation?: Explanation;
    deletion?: NonNullable<LedgerVerdict['deletion']>;
  }): Promise<{ version: number; added: boolean }>;
  /** Adds what people said to the newest version of each. */
  explainChanges(input: { eventIds: readonly string[]; explanation: Explanation }): Promise<void>;
  /** Changes of a secret by event time, both ends included, at most 1,000, the newest first. A ref without suffix means every ARN of that name. */
  changesOf(input: { secret: SecretRef; from: string; to: string }): Promise<readonly LedgerChange[]>;
  /** The same of many secrets, in brief: at most 5,000 changes. */
  briefsOf(input: {
    secrets: readonly SecretRef[];
    from: string;
    to: string;
  }): Promise<readonly ChangeBrief[]>;
  /** Puts the ticket as it stood after each of its changes, each once. No activity of its own: a ticket may be large. */
  recordTicket(input: { site: string; ticket: TicketFacts }): Promise<void>;
  /** @returns those that the ledger does not have */
  findMissing(input: { eventIds: readonly string[] }): Promise<readonly string[]>;
  /** Puts gaps of our own coverage, each once. @returns those that are new */
  recordGaps(input: { gaps: readonly CoverageGap[] }): Promise<readonly CoverageGap[]>;
  /** Writes the objects of these days (`2026-11-23`, UTC) for Athena, as the ledger is now. */
  exportDays(input: { days: readonly string[] }): Promise<{ objects: number; changes: number }>;
}

export interface ChangeBrief {
  readonly eventId: string;
  readonly eventTime: string;
  /** Of the newest version; null: none yet. */
  readonly verdict: VerdictName | null;
  readonly ticket: string | null;
}
