/** One line of the report. */
export interface Check {
  readonly check: string;
  readonly state: 'ok' | 'WRONG';
  readonly expected: string;
  readonly found: string;
}

export interface Finding {
  readonly ok: boolean;
  readonly expected: string;
  readonly found: string;
}

/** The file is nobody's word: what cannot even be looked at is wrong, and the other checks go on. */
export async function runCheck(check: string, look: () => Finding | Promise<Finding>): Promise<Check> {
  try {
    const { ok, expected, found } = await look();
    return { check, state: ok ? 'ok' : 'WRONG', expected, found };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return { check, state: 'WRONG', expected: 'something that can be checked', found };
  }
}

export function compare(expected: string, found: string): Finding {
  return { ok: expected === found, expected, found };
}
