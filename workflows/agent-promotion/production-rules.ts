import type { AccountState } from '../../activities/s3/port.ts';
import type { PromotionPolicy } from './messages.ts';

/** Whether production may get this version at all; the answer goes to whoever asked, in one comment. */
export type ProductionVerdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * @param version already checked for its form
 * @param accounts what every production account holds now
 */
export function judgeVersion(
  version: string,
  accounts: readonly AccountState[],
  { downgrade, sameVersion }: Pick<PromotionPolicy, 'downgrade' | 'sameVersion'>,
): ProductionVerdict {
  const newer = accounts.filter(
    (state) => state.version !== null && compareVersions(state.version, version) > 0,
  );
  if (downgrade === 'refuse' && newer.length > 0) {
    const found = newer.map((state) => `${state.account} has ${state.version ?? ''}`).join(', ');
    return {
      ok: false,
      reason: `Version ${version} is older than what production has (${found}). Ask for a newer one, or for a rollback: lockkeeper rollback.`,
    };
  }
  if (sameVersion === 'refuse' && accounts.length > 0 && accounts.every((state) => state.version === version))
    return { ok: false, reason: `Version ${version} is published to every production account already.` };
  return { ok: true };
}

/** Group by group; what is no version of ours counts as oldest. */
export function compareVersions(a: string, b: string): number {
  const groupsOf = (version: string) =>
    version.split('.').map((group) => (/^[0-9]+$/.test(group) ? BigInt(group) : -1n));
  const [left, right] = [groupsOf(a), groupsOf(b)];
  for (let index = 0; index < 3; index += 1) {
    const [x, y] = [left[index] ?? -1n, right[index] ?? -1n];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}
