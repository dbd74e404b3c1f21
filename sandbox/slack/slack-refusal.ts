/** Slack answers faults with HTTP 200, `ok: false` and a word for the fault. */
export class SlackRefusal extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}
