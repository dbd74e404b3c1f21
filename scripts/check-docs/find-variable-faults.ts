import { readFileSync } from 'node:fs';
import path from 'node:path';
import { secretAliases, secretVariables } from '../../config/secrets.ts';
import type { Document, DocumentFault } from './document.ts';

const variable = /(?<![\w{])(?:LOCKKEEPER|TEMPORAL|AWS|SPECS|HALO|JIRA)_[A-Z][A-Z0-9_]*\b/g;

/** Read by Temporal's own client for us. */
const envconfig = 'node_modules/@temporalio/envconfig/lib/envconfig-toml.js';

/** @param files of our own that read or set variables, relative to the root */
export function readKnownVariables(root: string, files: readonly string[]): ReadonlySet<string> {
  const own = [...Object.values(secretVariables), ...Object.values(secretAliases)];
  const secrets = own.flatMap((name) => [name, `${name}_FILE`, `${name}_SSM`]);
  const read = [...files, envconfig].flatMap(
    (file) => readFileSync(path.join(root, file), 'utf8').match(variable) ?? [],
  );
  return new Set([...secrets, ...read]);
}

/** Variables that nothing reads. */
export function findVariableFaults(
  known: ReadonlySet<string>,
  { path: file, code }: Document,
): DocumentFault[] {
  return code.flatMap(({ text, line }) =>
    (text.match(variable) ?? [])
      .filter((name) => !known.has(name))
      .map((name) => ({ path: file, line, problem: `nothing reads the variable ${name}` })),
  );
}

/** Secrets that the README leaves out. */
export function findUndocumentedSecrets(readme: Document): DocumentFault[] {
  const documented = new Set(readme.code.flatMap(({ text }) => text.match(variable) ?? []));
  return Object.values(secretVariables)
    .filter((name) => !documented.has(name))
    .map((name) => ({ path: readme.path, line: 1, problem: `the variable ${name} is not documented` }));
}
