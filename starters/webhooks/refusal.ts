export type RefusalKind =
  | 'unsigned'
  | 'forged'
  | 'stale'
  | 'malformed'
  | 'foreign'
  | 'unknown-site'
  | 'not-configured'
  /** Not our sender's fault: he repeats it. */
  | 'unavailable';

const statusOf: Readonly<Record<RefusalKind, number>> = {
  unsigned: 401,
  forged: 401,
  stale: 401,
  malformed: 400,
  foreign: 403,
  'unknown-site': 404,
  'not-configured': 404,
  unavailable: 503,
};

/** A delivery that is not taken, with what to tell its sender: never a part of the expected signature or token. */
export class WebhookRefusal extends Error {
  override readonly name = 'WebhookRefusal';
  readonly kind: RefusalKind;
  readonly status: number;

  constructor(kind: RefusalKind, reason: string) {
    super(reason);
    this.kind = kind;
    this.status = statusOf[kind];
  }
}

/** The answer of an `isValidX` from its `verifyX`: a bug stays an error. */
export function isRefused(verify: () => void): boolean {
  try {
    verify();
    return false;
  } catch (error) {
    if (error instanceof WebhookRefusal) return true;
    throw error;
  }
}
