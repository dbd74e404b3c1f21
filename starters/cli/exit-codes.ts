/** What the CLI's exit codes mean; they do not change between versions. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  unavailable: 4,
  promotionFailed: 10,
  infoNeeded: 11,
  stopped: 12,
  /** Of a decision. */
  refused: 10,
  pending: 11,
  /** Of a change gate. */
  gateRejected: 10,
  gateCancelled: 11,
  gateExpired: 12,
  gateMismatch: 13,
  gateStillWaiting: 14,
  /** Of a Terraform plan. */
  riskyPlan: 20,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeHelp = `
Exit codes:
  0   ok
  1   failed
  2   wrong usage or faulty configuration
  3   not found
  4   Temporal or a vendor is unavailable
  10  the promotion failed; of a decision: it was refused; of a gate: rejected
  11  the promotion needs information; of a decision: it is kept and not judged yet; of a gate: cancelled
  12  the promotion was stopped; of a gate: expired
  13  of a gate: it is not what was approved
  14  of a gate: still waiting when the time was over
  20  of a Terraform plan: it is risky`;
