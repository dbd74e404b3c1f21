/** Why a run does not go on; thrown by a stage, turned into an outcome in one place. */

/** A check failed: comment, Failed, on-call. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  readonly facts: { readonly expected?: string | undefined; readonly found?: string | undefined };

  constructor(message: string, facts: { expected?: string | undefined; found?: string | undefined } = {}) {
    super(message);
    this.facts = facts;
  }
}

/** A person took the ticket away: one comment, no transition. */
export class TicketTaken extends Error {
  override readonly name = 'TicketTaken';
}

/** A newer request took this one's place while it waited. */
export class Superseded extends StepFailed {
  readonly by: string;

  constructor(by: string) {
    super(`superseded by ${by}`);
    this.by = by;
  }
}
