/** Why a call of `/decisions` is not taken, in the words of HTTP. */
export class RequestRefusal extends Error {
  override readonly name = 'RequestRefusal';
  readonly status: number;
  /** A word for machines, such as `unauthenticated`. */
  readonly kind: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, kind: string, reason: string, retryAfterSeconds?: number) {
    super(reason);
    this.status = status;
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
