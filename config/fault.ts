import { nearestName } from './nearest-name.ts';

/** One thing that is wrong with the configuration, and what to do about it. */
export interface ConfigFault {
  /** Where: `jira.sites[0].bot` in the file, or the name of an environment variable. */
  readonly path: string;
  readonly problem: string;
  readonly fix: string;
}

/** Names what is not defined and offers the nearest name that is. */
export function undefinedName(
  path: string,
  name: string,
  where: string,
  known: readonly string[],
): ConfigFault {
  const near = nearestName(name, known);
  const fix = near === undefined ? `define it under ${where}, or remove it here` : `did you mean "${near}"?`;
  return { path, problem: `"${name}" is not defined under ${where}`, fix };
}

/** `['jira', 'sites', 0, 'bot']` → `jira.sites[0].bot` */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index ? '.' : ''}${String(part)}`))
    .join('');
}

/** What a main file prints before it ends with exit code 2. */
export function reportFaults(faults: readonly ConfigFault[]): string {
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  return `The configuration has ${count}:\n${formatFaults(faults)}`;
}

/** What a main file says once and goes on. */
export function reportWarning({ path, problem, fix }: ConfigFault): string {
  return `${path}: ${problem}. Fix: ${closed(fix)}`;
}

/** All faults as people read them, one line each. */
export function formatFaults(faults: readonly ConfigFault[]): string {
  return faults.map((fault) => `  ${reportWarning(fault)}`).join('\n');
}

function closed(sentence: string): string {
  return /[.?!]$/.test(sentence) ? sentence : `${sentence}.`;
}
