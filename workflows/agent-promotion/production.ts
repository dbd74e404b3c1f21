import type { AccountState } from '../../activities/s3/port.ts';
import { judgeVersion, type ProductionVerdict } from './production-rules.ts';
import type { LastRun } from './retry.ts';
import type { Begun, Run } from './run.ts';
import { StepFailed } from './stop.ts';

/** What these accounts hold now, read side by side. */
export async function readAccounts(run: Run, accounts: readonly string[]): Promise<readonly AccountState[]> {
  return Promise.all(accounts.map((account) => run.call('aws', () => run.s3Reads.readAccount({ account }))));
}

/** Under the turn, so that nobody else publishes meanwhile; spared where the policy takes every version. */
export async function judgeProduction(
  run: Run,
  begun: Begun,
  last: LastRun | undefined,
): Promise<ProductionVerdict> {
  const { policy, state } = run;
  if (last || (policy.downgrade === 'allow' && policy.sameVersion === 'repair')) return { ok: true };
  const accounts = await readAccounts(
    run,
    state.accounts.map(({ account }) => account),
  );
  return judgeVersion(begun.version, accounts, policy);
}

/** While the turn was in other hands a newer version may have been published. @throws StepFailed */
export async function ensureNotOvertaken(run: Run, begun: Begun, accounts: readonly string[]): Promise<void> {
  if (run.policy.downgrade === 'allow' || accounts.length === 0) return;
  const rules = { downgrade: 'refuse', sameVersion: 'repair' } as const;
  const verdict = judgeVersion(begun.version, await readAccounts(run, accounts), rules);
  if (!verdict.ok) throw new StepFailed(verdict.reason);
}
