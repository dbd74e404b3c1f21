import { parseDocument } from 'yaml';
import { findAccountFaults } from './account-references.ts';
import { findApprovalFaults } from './approval-references.ts';
import { findChangeFaults } from './change-references.ts';
import { findEndpointFaults, readEndpoints, type Endpoints } from './endpoints.ts';
import type { Environment } from './environment.ts';
import type { ConfigFault } from './fault.ts';
import { findFormFaults } from './form-faults.ts';
import { findFreezeFaults } from './freeze-references.ts';
import { applyHaloEnvironment } from './halo-environment.ts';
import { findHaloFaults } from './halo-references.ts';
import { findIncidentFaults, findIncidentWarnings } from './incident-references.ts';
import { toOutline } from './outline.ts';
import { findPeopleFaults } from './people-references.ts';
import { findPolicyFaults } from './policy-references.ts';
import { ConfigFile } from './schema.ts';
import { applySecretEnvironment } from './secret-environment.ts';
import { findSecretFaults } from './secret-references.ts';
import { readSecrets, type Secrets } from './secrets.ts';

/** All that worker, starters and CLI need to know; credentials are `Secret`s. */
export interface Config extends ConfigFile {
  readonly temporal: ConfigFile['temporal'] & { readonly namespace: string };
  readonly endpoints: Endpoints;
  readonly secrets: Secrets;
}

/** Warnings stop nothing: what is set and has no effect, or is said twice. */
export type ConfigResult =
  | { readonly config: Config; readonly warnings: readonly ConfigFault[] }
  | { readonly faults: readonly ConfigFault[] };

/** Pure. @returns the configuration, or everything that is wrong with it at once */
export function parseConfig({ yamlText, env }: { yamlText: string; env: Environment }): ConfigResult {
  const document = parseDocument(yamlText, { prettyErrors: true });
  const secrets = readSecrets(env);
  if (document.errors.length > 0) return { faults: [...document.errors.map(toYamlFault), ...secrets.faults] };
  const file: unknown = document.toJS();
  if (typeof file !== 'object' || file === null || Array.isArray(file))
    return { faults: [noMapping, ...secrets.faults] };
  const halo = applyHaloEnvironment(file, env);
  const { raw, ...audit } = applySecretEnvironment(halo.raw, env);
  const outline = toOutline(raw);
  const found = [
    ...findFormFaults(raw),
    ...findPeopleFaults(outline),
    ...findAccountFaults(outline),
    ...findPolicyFaults(outline),
    ...findApprovalFaults(outline),
    ...findFreezeFaults(outline),
    ...findChangeFaults(outline),
    ...findHaloFaults(outline),
    ...findIncidentFaults(outline),
    ...findSecretFaults(outline),
    ...findEndpointFaults(outline, env),
  ].map((fault) => audit.rename(halo.rename(fault)));
  const faults = [...found, ...halo.faults, ...secrets.faults];
  if (faults.length > 0) return { faults };
  const warnings = [...halo.warnings, ...audit.warnings, ...findIncidentWarnings(outline)];
  return { config: toConfig(raw, env, secrets.secrets), warnings };
}

const noMapping: ConfigFault = {
  path: 'the file',
  problem: 'holds no keys and values',
  fix: 'start from lockkeeper.example.yaml',
};

function toConfig(raw: object, env: Environment, secrets: Secrets): Config {
  const file = ConfigFile.parse(raw);
  const namespace = env['TEMPORAL_NAMESPACE'] || 'default';
  return { ...file, temporal: { ...file.temporal, namespace }, endpoints: readEndpoints(env), secrets };
}

function toYamlFault(error: {
  message: string;
  linePos?: readonly { line: number }[] | undefined;
}): ConfigFault {
  const line = error.linePos?.[0]?.line;
  const [problem] = error.message.split(/ at line |\n/);
  return {
    path: line === undefined ? 'the file' : `line ${line}`,
    problem: `no valid YAML: ${problem ?? ''}`,
    fix: 'correct the line; indent with spaces, and name each key once',
  };
}
