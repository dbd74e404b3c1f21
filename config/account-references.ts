import { findDuplicates } from './duplicates.ts';
import type { ConfigFault } from './fault.ts';
import type { Outline, OutlinedAccount } from './outline.ts';

/** AWS accounts and trusted keys: one SOC account, one test account, at least one of production, nothing twice. */
export function findAccountFaults({ accounts, trustedKeys }: Outline): ConfigFault[] {
  const keys = trustedKeys.map((name) => ({ name }));
  return [
    ...(['name', 'id', 'bucket'] as const).flatMap((field) =>
      findDuplicates('aws.accounts', field, accounts),
    ),
    ...findDuplicates('aws.trustedKeys', 'name', keys),
    ...(['soc', 'test'] as const).flatMap((purpose) => findPurposeFaults(accounts, purpose)),
    ...findMissingProduction(accounts),
    ...accounts.flatMap(findRoleFaults),
  ];
}

function findPurposeFaults(accounts: readonly OutlinedAccount[], purpose: 'soc' | 'test'): ConfigFault[] {
  const found = accounts.filter((account) => account.purpose === purpose).length;
  if (found === 1) return [];
  const problem = `${found} accounts have the purpose ${purpose}, and exactly one must`;
  return [{ path: 'aws.accounts', problem, fix: `give one account the purpose ${purpose}` }];
}

function findMissingProduction(accounts: readonly OutlinedAccount[]): ConfigFault[] {
  if (accounts.some((account) => account.purpose === 'production')) return [];
  const problem = 'no account has the purpose production';
  return [{ path: 'aws.accounts', problem, fix: 'add the accounts that installers are published to' }];
}

function findRoleFaults({ publishRole, id }: OutlinedAccount, index: number): ConfigFault[] {
  if (publishRole === undefined || id === undefined || publishRole.split(':')[4] === id) return [];
  const problem = `is a role of another account than ${id}`;
  return [{ path: `aws.accounts[${index}].publishRole`, problem, fix: 'name a role of this account' }];
}
