import type { SecretEvent, SecretRef, TicketFacts } from '../../../workflows/secret-audit/messages.ts';

/** Tickets that approve changes of secrets. Reads only; what was read is kept for a minute, so that a flood of events costs no more than one. */
export interface SecretTicketsPort {
  /**
   * Every ticket that names the secret, or once did, and the one that the session names; with all that ever changed of them.
   * Of its lines only those of this secret: a ticket may name hundreds, and change often.
   * @param fresh looks now, whatever was kept
   */
  findSecretTickets(input: { event: SecretEvent; fresh?: boolean }): Promise<{
    readonly tickets: readonly TicketFacts[];
    /** The changer by name in the configuration. */
    readonly changer: string | null;
    /** Key that the session carries. */
    readonly namedTicket: string | null;
    /** People by name who answer for the secret. */
    readonly owners: readonly string[];
  }>;
  /**
   * Reads it now and puts it into the ledger, as it stood after each of its changes.
   * @returns what it names and ever named; null: it is not there, or is no ticket of this kind any more
   */
  recordSecretTicket(input: { issueId: string }): Promise<NamedTicket | null>;
}

export interface NamedTicket {
  /** Numeric. */
  readonly issueId: string;
  readonly key: string;
  /** At most 1,000. */
  readonly secrets: readonly SecretRef[];
}
