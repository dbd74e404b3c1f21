/** One line of the demo's summary: what was looked at in the vendors' own state, and whether it is as it should be. */
export interface DemoCheck {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly ok: boolean;
}

export function check(what: string, expected: string, found: string): DemoCheck {
  return { what, expected, found, ok: expected === found };
}
