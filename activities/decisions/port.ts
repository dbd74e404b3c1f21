import type { Evidence, VerifiedDecision, WorkingHours } from '../../workflows/approval/messages.ts';

/** Activities of the workflows' own queue: public keys only, no call to a vendor, no credential. */
export interface DecisionsPort {
  /** SHA-256, hex, of the evidence's RFC 8785 form. @throws InvalidInput when it is larger than 64 KB */
  digestEvidence(input: { evidence: Evidence }): Promise<{ digest: string }>;
  /** SHA-256, hex, of each text's UTF-8 form, in their order: workflow code has no cryptography. */
  digestTexts(input: { texts: readonly string[] }): Promise<{ digests: readonly string[] }>;
  /**
   * Signature, key (and what it may assert), audience (namespace and the calling workflow's own id), form and size of each.
   * Never throws for what an envelope holds. The public keys are read again when their file has changed.
   */
  verifyDecisions(input: { envelopes: readonly string[] }): Promise<readonly VerifiedDecision[]>;
  /** When so many working minutes after `from` have passed, one answer per number. ISO 8601 UTC. */
  planReminders(input: {
    from: string;
    afterMinutes: readonly number[];
    workingHours: WorkingHours | null;
  }): Promise<readonly string[]>;
}
