import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { Environment } from './environment.ts';
import type { ConfigFault } from './fault.ts';
import { loadConfig } from './load-config.ts';
import type { ConfigResult } from './parse-config.ts';
import { text } from './raw-values.ts';
import { secretAliases, secretVariables } from './secrets.ts';

/** A parameter of SSM's Parameter Store as it was read; without a value there is none. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
  /** `SecureString`, `String` or `StringList`. */
  readonly type: string;
}

/** @param names at most ten, each once · @returns those that are there, decrypted */
export type ReadParameters = (names: readonly string[]) => Promise<readonly Parameter[]>;

export interface ResolvedParameters {
  readonly env: Environment;
  readonly faults: readonly ConfigFault[];
  readonly warnings: readonly ConfigFault[];
}

/** GetParameters takes no more. */
const mostNames = 10;
const suffix = '_SSM';
/** What may be read by anybody who may read the configuration; every other one is a credential. */
const harmless: readonly string[] = [secretVariables.jiraEmail, secretAliases.jiraEmail];

/**
 * Replaces each `<variable>_SSM` by the value of the parameter that it names (S-68 to S-71, S-85), before the configuration is read. All are
 * asked for together. A credential that lies there as plain text is refused: whoever may list parameters could read it.
 */
export async function resolveSsmSecrets(env: Environment, read: ReadParameters): Promise<ResolvedParameters> {
  const variables = [...Object.values(secretVariables), ...Object.values(secretAliases)];
  const wanted = variables.flatMap((variable) => {
    const name = env[`${variable}${suffix}`];
    return name === undefined ? [] : [{ variable, name: name.trim() }];
  });
  const faults = wanted.flatMap((one) => findNameFaults(one, env));
  if (wanted.length === 0 || faults.length > 0) return { env, faults, warnings: [] };
  const found = await readAll([...new Set(wanted.map(({ name }) => name))], read);
  if ('reason' in found)
    return { env, faults: wanted.map((one) => toOutage(one, found.reason)), warnings: [] };
  const known = wanted.map((one) => ({ ...one, parameter: found.parameters.get(one.name) }));
  const plain = known.filter(({ parameter }) => parameter && parameter.type !== 'SecureString');
  return {
    env: {
      ...env,
      ...Object.fromEntries(known.map(({ variable }) => [`${variable}${suffix}`, undefined])),
      ...Object.fromEntries(known.map(({ variable, parameter }) => [variable, parameter?.value])),
    },
    faults: [
      ...known.filter(({ parameter }) => !parameter).map(toMissing),
      ...plain.filter(({ variable }) => !harmless.includes(variable)).map(toPlain),
    ],
    warnings: plain.filter(({ variable }) => harmless.includes(variable)).map(toPlain),
  };
}

interface Wanted {
  readonly variable: string;
  readonly name: string;
}

function findNameFaults({ variable, name }: Wanted, env: Environment): ConfigFault[] {
  const path = `${variable}${suffix}`;
  const twice = [variable, `${variable}_FILE`].filter((other) => env[other] !== undefined);
  const isName =
    /^(?:\/[\w.-]+)+(?::[\w.-]+)?$|^[\w.-]+$|^arn:aws[a-z-]*:ssm:[\w-]+:[0-9]{12}:parameter\/[\w./-]+$/;
  return [
    ...twice.map((other) => ({
      path: other,
      problem: 'is set twice, here and by a parameter',
      fix: `unset ${path}`,
    })),
    ...(isName.test(name)
      ? []
      : [
          {
            path,
            problem: 'names no parameter',
            fix: 'set it to a name such as /SecurityIncidentResponse/jiraToken',
          },
        ]),
  ];
}

type Found = { readonly parameters: ReadonlyMap<string, Parameter> } | { readonly reason: string };

async function readAll(names: readonly string[], read: ReadParameters): Promise<Found> {
  const batches = Array.from({ length: Math.ceil(names.length / mostNames) }, (_, index) =>
    names.slice(index * mostNames, (index + 1) * mostNames),
  );
  try {
    const parameters = (await Promise.all(batches.map(read))).flat();
    return { parameters: new Map(parameters.map((one) => [one.name, one])) };
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
    return { reason: reason.replace(/\s+/g, ' ').slice(0, 200) };
  }
}

function toOutage({ variable, name }: Wanted, reason: string): ConfigFault {
  return {
    path: `${variable}${suffix}`,
    problem: `the parameter ${name} cannot be read (${reason})`,
    fix: 'check the region, and that this process may ssm:GetParameters and decrypt with the key',
  };
}

function toMissing({ variable, name }: Wanted): ConfigFault {
  return {
    path: `${variable}${suffix}`,
    problem: `there is no parameter ${name}, or it has no value`,
    fix: 'correct the name or the region, or store it: lockkeeper sync jira --store',
  };
}

function toPlain({ variable, name }: Wanted): ConfigFault {
  return {
    path: `${variable}${suffix}`,
    problem: `the parameter ${name} is no SecureString`,
    fix: 'store it anew as a SecureString: lockkeeper sync jira --store',
  };
}

/** Milliseconds, of the one call. */
const timeoutMs = 5_000;

/** With the SDK's own chain of credentials. The client is loaded only where it is asked. */
export function createParameterReader(options: { region: string; endpoint?: string }): ReadParameters {
  return async (names) => {
    const { GetParametersCommand, SSMClient } = await import('@aws-sdk/client-ssm');
    const ssm = new SSMClient({ ...options, maxAttempts: 2 });
    try {
      const abortSignal = AbortSignal.timeout(timeoutMs);
      const { Parameters = [] } = await ssm.send(
        new GetParametersCommand({ Names: [...names], WithDecryption: true }),
        { abortSignal },
      );
      return Parameters.flatMap(({ Name, ARN, Value, Type, Selector = '' }) =>
        Value === undefined
          ? []
          : // asked for by ARN or with a version, it is answered by its name
            [...new Set([Name, ARN, `${Name}${Selector}`])].flatMap((name) =>
              name === undefined ? [] : [{ name, value: Value, type: Type ?? '' }],
            ),
      );
    } finally {
      ssm.destroy();
    }
  };
}

/** `loadConfig` with the parameters resolved first. Only main files call it. @param read default: SSM itself */
export async function loadConfigWithParameters(
  path: string,
  env: Environment,
  read: ReadParameters = createParameterReader(placeOf(path, env)),
): Promise<ConfigResult> {
  const resolved = await resolveSsmSecrets(env, read);
  const loaded = loadConfig(path, resolved.env);
  const { faults, warnings } = resolved;
  if ('faults' in loaded) return { faults: [...faults, ...loaded.faults] };
  return faults.length > 0 ? { faults } : { ...loaded, warnings: [...warnings, ...loaded.warnings] };
}

/** The region by AWS's own variables, else of the file; the endpoint in the sandbox only. */
function placeOf(path: string, env: Environment): { region: string; endpoint?: string } {
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? readRegion(path) ?? 'us-east-1';
  const endpoint = env['LOCKKEEPER_SANDBOX'] === '1' ? env['LOCKKEEPER_AWS_ENDPOINT'] : undefined;
  return { region, ...(endpoint === undefined ? {} : { endpoint }) };
}

/** What is wrong with the file is said when it is read. */
function readRegion(path: string): string | undefined {
  try {
    return text(parseDocument(readFileSync(path, 'utf8')).toJS(), 'aws', 'region');
  } catch {
    return undefined;
  }
}
