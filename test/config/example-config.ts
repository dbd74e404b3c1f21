import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import type { Environment } from '../../config/environment.ts';
import type { ConfigFault } from '../../config/fault.ts';
import { parseConfig, type Config } from '../../config/parse-config.ts';

export const exampleYaml = readFileSync(new URL('../../lockkeeper.example.yaml', import.meta.url), 'utf8');

/** The shipped example with some values set, by path such as `jira.sites.0.bot`; undefined removes a key. */
export function exampleWith(changes: Readonly<Record<string, unknown>>): string {
  const file: unknown = parse(exampleYaml);
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    const target = keys.reduce<unknown>((at, key) => Reflect.get(at as object, key), file) as object;
    if (value === undefined) Reflect.deleteProperty(target, last);
    else Reflect.set(target, last, value);
  }
  return stringify(file);
}

export function faultsOf(yamlText: string, env: Environment = {}): readonly ConfigFault[] {
  const result = parseConfig({ yamlText, env });
  return 'faults' in result ? result.faults : [];
}

export function configOf(yamlText = exampleYaml, env: Environment = {}): Config {
  const result = parseConfig({ yamlText, env });
  assert.ok('config' in result, JSON.stringify(result));
  return result.config;
}
