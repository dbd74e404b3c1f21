/** The right to be the one promotion that writes (design §4). An activity that carries it confirms it with the queue first. */
export interface Turn {
  readonly queueId: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Fencing token: rises with every grant. Also the `fence` of the manifests. */
  readonly token: number;
}

/** Name, version and digest of the policy a run works under; a guarded activity compares it with its worker's own copy. */
export interface PolicyRef {
  readonly name: string;
  readonly version: number;
  /** SHA-256, hex, of the policy's canonical JSON. */
  readonly digest: string;
}
