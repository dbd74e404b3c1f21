import { canonicalJson } from './canonical-json.ts';
import type { Environment } from './environment.ts';
import type { ConfigFault } from './fault.ts';
import { at, record } from './raw-values.ts';

/** The four variables of the source document, by the key that each stands for. */
const auditVariables = {
  account: 'CDK_DEFAULT_ACCOUNT',
  region: 'CDK_DEFAULT_REGION',
  organization: 'AWS_PRINCIPAL_ORG_ID',
  table: 'DYNAMODB_TABLE_NAME',
} as const;
type Key = keyof typeof auditVariables;

export interface SecretEnvironment {
  /** The file's values with those of the variables in them. */
  readonly raw: object;
  readonly warnings: readonly ConfigFault[];
  /** Faults of what a variable said, or could have said, name it. */
  readonly rename: (fault: ConfigFault) => ConfigFault;
}

const path = 'processes.secrets';

/**
 * Pure. A variable wins over the file's key, with a warning where they differ. Without `processes.secrets` in the file the variables
 * are anybody's: CDK itself sets two of them.
 */
export function applySecretEnvironment(raw: object, env: Environment): SecretEnvironment {
  const secrets = at(raw, 'processes', 'secrets');
  if (typeof secrets !== 'object' || secrets === null || Array.isArray(secrets))
    return { raw, warnings: [], rename: (fault) => fault };
  const own = record(secrets);
  const said = Object.entries(auditVariables).flatMap(([key, variable]) => {
    const value = env[variable]?.trim();
    return value ? [{ key: key as Key, variable, value }] : [];
  });
  const values = Object.fromEntries(said.map(({ key, value }) => [key, value]));
  const won = said.filter(
    ({ key, value }) => own[key] !== undefined && canonicalJson(own[key]) !== canonicalJson(value),
  );
  return {
    raw: { ...raw, processes: { ...record(raw, 'processes'), secrets: { ...own, ...values } } },
    warnings: won.map(({ key, variable }) => ({
      ...{ path: variable, problem: `wins over ${path}.${key}`, fix: 'remove one of the two' },
    })),
    rename: (fault) => rename(fault, { ...own, ...values }, values),
  };
}

function rename(
  fault: ConfigFault,
  merged: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, string>>,
): ConfigFault {
  const [, key = ''] = /^processes\.secrets\.(\w+)$/.exec(fault.path) ?? [];
  if (!isKey(key)) return fault;
  const variable = auditVariables[key];
  const value = values[key];
  if (merged[key] === undefined) {
    const problem = `is not set, and ${path}.${key} is missing`;
    return { path: variable, problem, fix: `set one of the two to ${described[key]}` };
  }
  if (value === undefined) return fault;
  const problem =
    key === 'account' && /^[0-9]+$/.test(value)
      ? `has ${value.length} digits, and an account has 12`
      : fault.problem;
  return { path: variable, problem, fix: `set it to ${described[key]}` };
}

const described: Readonly<Record<Key, string>> = {
  account: 'the 12 digits of the account of the audit',
  region: 'its region, such as us-east-1',
  organization: 'the id of the organisation, such as o-a1b2c3d4e5',
  table: 'the name of the ledger’s table, such as aws-secrets-detection-table',
};

function isKey(key: string): key is Key {
  return Object.hasOwn(auditVariables, key);
}
