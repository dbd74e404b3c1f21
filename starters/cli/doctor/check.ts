import { toCliError } from '../cli-error.ts';

export interface Check {
  readonly name: string;
  /** When it fails, the later checks of its system would only repeat that. */
  readonly gate?: boolean;
  /** @returns what was found, in words · @throws CheckFailed, or any failure of the call */
  readonly run: () => Promise<string>;
}

export interface CheckGroup {
  readonly system: string;
  readonly checks: readonly Check[];
}

export interface CheckResult {
  readonly system: string;
  readonly name: string;
  readonly state: 'ok' | 'failed' | 'skipped';
  readonly detail: string;
  readonly fix?: string;
}

/** Found otherwise than configured. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

/** One after the other; never throws: what goes wrong is the finding. */
export async function runChecks({ system, checks }: CheckGroup): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  let blocked: string | undefined;
  for (const { name, gate, run } of checks) {
    if (blocked !== undefined) {
      results.push({ system, name, state: 'skipped', detail: `needs ${blocked}` });
      continue;
    }
    const result = await run().then(
      (detail): CheckResult => ({ system, name, state: 'ok', detail }),
      toFailed,
    );
    results.push({ ...result, system, name });
    if (gate === true && result.state === 'failed') blocked = name;
  }
  return results;
}

function toFailed(error: unknown): Omit<CheckResult, 'system' | 'name'> {
  if (error instanceof CheckFailed) return { state: 'failed', detail: error.message, fix: error.fix };
  const known = toCliError(error);
  const detail = known?.message ?? (error instanceof Error ? error.message : String(error));
  return { state: 'failed', detail: detail.replace(/\s+/g, ' '), fix: known?.fix ?? 'Read the cause.' };
}
