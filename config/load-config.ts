import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Environment } from './environment.ts';
import type { ConfigFault } from './fault.ts';
import type { FindingSourceConfig } from './halo-schema.ts';
import { parseConfig, type Config, type ConfigResult } from './parse-config.ts';
import { resolveSecretFiles } from './secret-files.ts';
import { loadTemporalConnection } from './temporal-connection.ts';

/** Reads lockkeeper.yaml, the secret files and the Temporal profile. Only main files call it. */
export function loadConfig(path: string, env: Environment): ConfigResult {
  const files = resolveSecretFiles(env, (file) => readFileSync(file, 'utf8'));
  const temporal = readTemporal(env);
  const file = readConfigFile(path);
  const faults = [...files.faults, ...temporal.faults, ...file.faults];
  if (file.yamlText === undefined) return { faults };
  const parsed = parseConfig({ yamlText: file.yamlText, env: { ...files.env, ...temporal.env } });
  if (faults.length === 0)
    return 'config' in parsed
      ? { ...parsed, config: withAbsolutePaths(parsed.config, dirname(path)) }
      : parsed;
  return { faults: [...faults, ...('faults' in parsed ? parsed.faults : [])] };
}

/** Paths in the file are relative to it, wherever the process was started. */
function withAbsolutePaths(config: Config, folder: string): Config {
  const { decisions, processes } = config;
  const { halo } = processes;
  return {
    ...config,
    ...(decisions ? { decisions: { ...decisions, publicKeys: resolve(folder, decisions.publicKeys) } } : {}),
    ...(halo ? { processes: { ...processes, halo: { sources: halo.sources.map(toAbsolute(folder)) } } } : {}),
  };
}

function toAbsolute(folder: string) {
  return (source: FindingSourceConfig): FindingSourceConfig =>
    source.path === undefined ? source : { ...source, path: resolve(folder, source.path) };
}

function readConfigFile(path: string): { yamlText?: string; faults: ConfigFault[] } {
  try {
    return { yamlText: readFileSync(path, 'utf8'), faults: [] };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    const fix = 'name the file with --config; lockkeeper.example.yaml is one to start from';
    return { faults: [{ path, problem: `cannot be read (${code})`, fix }] };
  }
}

/** A TOML profile may name address and namespace instead of the variables. */
function readTemporal(env: Environment): { env: Environment; faults: ConfigFault[] } {
  try {
    const { namespace, address } = loadTemporalConnection(env);
    return { env: { TEMPORAL_NAMESPACE: namespace, TEMPORAL_ADDRESS: address }, faults: [] };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return {
      env: {},
      faults: [{ path: 'TEMPORAL_*', problem, fix: 'correct the variables or the profile' }],
    };
  }
}
