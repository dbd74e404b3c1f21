import type { AccountState } from '../../activities/s3/port.ts';

/** What a rollback would do, as people are shown it. */
export type RollbackPlan =
  | {
      readonly possible: true;
      readonly fromVersion: string;
      readonly toVersion: string;
      /** In the order of the rollback. */
      readonly accounts: readonly string[];
      readonly left: readonly { readonly account: string; readonly why: string }[];
    }
  | { readonly possible: false; readonly reason: string };

/**
 * Accounts in which this promotion's version is the current one go back to one common version, last wave first.
 * @param accounts in the order of the waves
 */
export function planRollback(
  accounts: readonly AccountState[],
  promotion: { readonly workflowId: string },
  wanted: string | undefined,
): RollbackPlan {
  const current = accounts.filter(
    (state) => state.entry?.workflow_id === promotion.workflowId && state.version !== null,
  );
  const [first] = current;
  if (!first?.version) return no('no account has the version of this promotion as its current one');
  const fromVersion = first.version;
  const toVersion = wanted ?? versionBefore(first, fromVersion);
  if (toVersion === undefined) return no(`${first.account} had no version before ${fromVersion}`);
  if (toVersion === fromVersion) return no(`${fromVersion} is what production has`);
  const possible = current.filter(
    (state) => state.version === fromVersion && state.versions.includes(toVersion),
  );
  if (possible.length === 0) return no(`no account ever had version ${toVersion}`);
  const left = accounts
    .filter((state) => !possible.includes(state))
    .map((state) => ({ account: state.account, why: whyLeft(state, toVersion) }));
  return {
    possible: true,
    fromVersion,
    toVersion,
    accounts: possible.map(({ account }) => account).reverse(),
    left,
  };
}

function versionBefore({ versions }: AccountState, current: string): string | undefined {
  return versions.slice(0, -1).findLast((version) => version !== current);
}

function whyLeft({ manifest, version, versions }: AccountState, toVersion: string): string {
  if (manifest !== 'present') return `its manifest is ${manifest}`;
  return versions.includes(toVersion) ? `it has ${version ?? 'no version'} now` : `it never had ${toVersion}`;
}

function no(reason: string): RollbackPlan {
  return { possible: false, reason };
}
