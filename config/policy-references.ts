import { undefinedName, type ConfigFault } from './fault.ts';
import type { Outline, OutlinedAccount, OutlinedPolicy } from './outline.ts';
import { at, record } from './raw-values.ts';
import { LongWave } from './wave-schema.ts';
import { accountsOfWave } from './waves.ts';

/** Policies: waves that cover each production account once, channels and keys that are defined. */
export function findPolicyFaults(outline: Outline): ConfigFault[] {
  const names = outline.policies.map(({ name }) => name);
  const chosen = outline.promotionPolicy;
  const faults = outline.policies.flatMap((policy) => [
    ...findWaveFaults(policy, outline),
    ...findChannelFaults(policy, outline.channels),
    ...findSignatureFaults(policy, outline.trustedKeys),
  ]);
  if (chosen === undefined || names.includes(chosen)) return faults;
  return [...faults, undefinedName('processes.promotion.policy', chosen, 'policies', names)];
}

function findWaveFaults({ name, waves }: OutlinedPolicy, { accounts, probes }: Outline): ConfigFault[] {
  if (!waves) return [];
  const path = `policies.${name}.waves`;
  const seen = new Set<string>();
  const faults = waves.flatMap((wave, index) => {
    const found = accountsOfWave(wave, accounts);
    const repeated = found.filter((account) => seen.has(account));
    found.forEach((account) => seen.add(account));
    return [
      ...findLongWaveFaults(`${path}[${index}]`, wave, probes),
      ...findMemberFaults(
        `${path}[${index}]${Array.isArray(at(wave, 'accounts')) ? '.accounts' : ''}`,
        found,
        accounts,
      ),
      ...repeated.map((account) => repeatedAccount(`${path}[${index}]`, account)),
    ];
  });
  return [...faults, ...findForgotten(path, seen, accounts)];
}

/** The long form says which accounts in exactly one way. */
function findLongWaveFaults(path: string, wave: unknown, probes: readonly string[]): ConfigFault[] {
  const { accounts, tags, probe } = record(wave);
  const long = LongWave.safeParse(wave).success && Object.keys(record(wave)).length > 0;
  const faults: ConfigFault[] = [];
  if (long && accounts !== undefined && tags !== undefined)
    faults.push({ path, problem: 'names both accounts and tags', fix: 'keep one of them' });
  if (long && accounts === undefined && tags === undefined)
    faults.push({ path, problem: 'names no accounts', fix: 'set accounts: or tags: in it' });
  if (long && typeof probe === 'string' && !probes.includes(probe))
    faults.push(undefinedName(`${path}.probe`, probe, 'probes', probes));
  return faults;
}

function findMemberFaults(
  path: string,
  members: readonly string[],
  accounts: readonly OutlinedAccount[],
): ConfigFault[] {
  if (members.length === 0)
    return [
      { path, problem: 'no account has these tags', fix: 'set the tags of the accounts under aws.accounts' },
    ];
  return members.flatMap((member, index) => {
    const account = accounts.find((one) => one.name === member);
    const known = accounts.flatMap((one) => one.name ?? []);
    if (!account) return [undefinedName(`${path}[${index}]`, member, 'aws.accounts', known)];
    if (account.purpose === undefined || account.purpose === 'production') return [];
    const problem = `"${member}" has the purpose ${account.purpose}`;
    return [{ path: `${path}[${index}]`, problem, fix: 'name production accounts only' }];
  });
}

function repeatedAccount(path: string, account: string): ConfigFault {
  return { path, problem: `"${account}" stands in an earlier wave already`, fix: 'name each account once' };
}

/** An account that is left out in silence would keep its old agent for ever. */
function findForgotten(
  path: string,
  seen: ReadonlySet<string>,
  accounts: readonly OutlinedAccount[],
): ConfigFault[] {
  return accounts
    .flatMap((account) => (account.purpose === 'production' && account.name ? account.name : []))
    .filter((name) => !seen.has(name))
    .map((name) => ({ path, problem: `"${name}" is in no wave`, fix: 'add it to a wave' }));
}

function findChannelFaults({ name, notify }: OutlinedPolicy, channels: readonly string[]): ConfigFault[] {
  return notify.flatMap(([path, channel]) =>
    channel === undefined || channels.includes(channel)
      ? []
      : [undefinedName(`policies.${name}.${path}`, channel, 'slack.channels', channels)],
  );
}

function findSignatureFaults({ name, signature }: OutlinedPolicy, keys: readonly unknown[]): ConfigFault[] {
  if (signature === undefined || signature === 'off' || keys.length > 0) return [];
  const problem = `is "${signature}", and there is no key to check a signature with`;
  const fix = 'add a key under aws.trustedKeys, or set it to off';
  return [{ path: `policies.${name}.signature`, problem, fix }];
}
