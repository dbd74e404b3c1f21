/** Slack answers faults with HTTP 200, `ok: false` and a word for the fault; where it can, it says more in `messages`. */
export class SlackRefusal extends Error {
  readonly code: string;
  readonly messages: readonly string[];

  constructor(code: string, messages: readonly string[] = []) {
    super([code, ...messages].join(' '));
    this.code = code;
    this.messages = messages;
  }
}
