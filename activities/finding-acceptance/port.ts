import type { AcceptanceReading } from '../../workflows/finding-acceptance/messages.ts';

/** A finding and its ticket. */
export interface AcceptanceRef {
  /** Name of the source in the configuration. */
  readonly source: string;
  readonly findingId: string;
  /** Jira's numeric issue id. */
  readonly issueId: string;
}

/** What `findingAcceptance` needs: on the queue that holds the credentials of the sources and of Jira. Every verb is safe to repeat. */
export interface FindingAcceptancePort {
  /** Who asks for what, by the comment itself; and why it cannot be. Only reads. */
  readAcceptanceRequest(input: AcceptanceRef & { commentId: string }): Promise<AcceptanceReading>;
  /**
   * Writes that the risk is accepted: mark, label and comment in one call, then the move of the ticket. Guarded: the grant is
   * checked by this worker's own rules and keys, and against the comment.
   * @param input.until ISO 8601 UTC
   * @param input.isConfirmation what stands is left alone, even a ticket that a person has reopened since
   * @returns `problem`: why the ticket could not be closed, in words
   * @throws PolicyViolation people did not allow this
   */
  acceptFinding(
    input: AcceptanceRef & {
      commentId: string;
      until: string;
      grant: unknown;
      runLink: string;
      isConfirmation?: boolean;
    },
  ): Promise<{ readonly written: boolean; readonly problem: string | null }>;
  /** The calling workflow's own acceptance, and no other's, is over on the ticket from now on. */
  endAcceptance(input: AcceptanceRef): Promise<{ readonly ended: boolean }>;
}
