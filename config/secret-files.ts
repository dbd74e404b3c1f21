import type { Environment } from './environment.ts';
import type { ConfigFault } from './fault.ts';
import { secretAliases, secretVariables } from './secrets.ts';

/**
 * Replaces each `<variable>_FILE` by what the file holds, without its last line break.
 * @param read reads a file, such as `readFileSync(path, 'utf8')`
 */
export function resolveSecretFiles(
  env: Environment,
  read: (path: string) => string,
): { env: Environment; faults: ConfigFault[] } {
  const resolved: Record<string, string | undefined> = { ...env };
  const faults: ConfigFault[] = [];
  for (const variable of [...Object.values(secretVariables), ...Object.values(secretAliases)]) {
    const path = env[`${variable}_FILE`];
    if (path === undefined) continue;
    if (env[variable] !== undefined)
      faults.push({
        path: variable,
        problem: 'is set twice, here and by a file',
        fix: `unset ${variable}_FILE`,
      });
    else resolved[variable] = readSecretFile(`${variable}_FILE`, path, read, faults);
  }
  return { env: resolved, faults };
}

function readSecretFile(
  variable: string,
  path: string,
  read: (path: string) => string,
  faults: ConfigFault[],
): string | undefined {
  try {
    return read(path).replace(/\r?\n$/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    faults.push({
      path: variable,
      problem: `names a file that cannot be read (${code})`,
      fix: 'correct the path',
    });
    return undefined;
  }
}
