import type { PromotionPolicy } from '../agent-promotion/messages.ts';

/** Takes a finished promotion back: the manifests name the former version again; no object is touched. */
export interface RollbackInput {
  readonly site: string;
  /** Of the ticket whose promotion is taken back. */
  readonly issueId: string;
  readonly policy: PromotionPolicy;
  readonly reason: string;
  /** Who asked, by name in the configuration; he cannot approve it. */
  readonly requester: string;
  /** ISO 8601 UTC: a later rollback of the same ticket is another one. */
  readonly requestedAt: string;
  /** Left out: the version that the first account had before. */
  readonly toVersion?: string;
}

export interface RolledBackAccount {
  readonly account: string;
  readonly state: 'rolled-back' | 'already-rolled-back' | 'left' | 'failed';
  readonly detail: string;
}

export type RollbackOutcome =
  | {
      readonly outcome: 'rolled-back' | 'partly-rolled-back';
      readonly fromVersion: string;
      readonly toVersion: string;
      readonly accounts: readonly RolledBackAccount[];
    }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'rejected' | 'expired' | 'void'; readonly reason: string };
