/** One account and region is compared with the ledger. */
export interface SecretSweepInput {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  readonly site: string;
  readonly project: string;
  readonly issueType: string;
  /** Who hears of a gap. */
  readonly channels: readonly string[];
}

export interface SecretSweepReport {
  /** Changes that CloudTrail knows. */
  readonly looked: number;
  /** Of them, those that had not come by themselves; they are audited now. */
  readonly missed: number;
  /** Secrets that changed without a call that is known. */
  readonly unseen: number;
  /** Events that CloudTrail has and nobody can read. */
  readonly unreadable: number;
}

export interface SecretExportInput {
  /** So many days back, today included. */
  readonly days: number;
}
