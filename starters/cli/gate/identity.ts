import type { Environment } from '../../../config/environment.ts';
import type { ChangeBuild } from '../../../workflows/change-approval/messages.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';

/** The flags that say which build for which environment; each may come from a variable of the CI job. */
export type IdentityOptions = Readonly<Partial<ChangeBuild>>;

type Field = keyof ChangeBuild;

/** The first variable that is set counts. `CI_*` are GitLab's own. */
const sources: Readonly<Record<Field, { readonly flag: string; readonly variables: readonly string[] }>> = {
  environment: { flag: '--environment', variables: ['LOCKKEEPER_ENVIRONMENT', 'CI_ENVIRONMENT_NAME'] },
  project: { flag: '--project', variables: ['CI_PROJECT_PATH'] },
  // the gate's own job is not the one that built it: name that, or ask from within it
  buildJob: { flag: '--build-job', variables: ['LOCKKEEPER_BUILD_JOB', 'CI_JOB_NAME'] },
  build: { flag: '--build', variables: ['CI_PIPELINE_ID'] },
  branch: { flag: '--branch', variables: ['CI_COMMIT_BRANCH'] },
  sha: { flag: '--sha', variables: ['CI_COMMIT_SHA'] },
  action: { flag: '--action', variables: ['LOCKKEEPER_ACTION'] },
};

/** @throws CliError naming every flag that is missing, with the variables that would do */
export function readIdentity<F extends Field>(
  options: IdentityOptions,
  env: Environment,
  fields: readonly F[],
): Readonly<Record<F, string>> {
  const found = fields.map((field) => [field, findValue(field, options, env)] as const);
  const missing = found.filter(([, value]) => value === undefined).map(([field]) => sources[field]);
  if (missing.length === 0) return Object.fromEntries(found) as Record<F, string>;
  throw new CliError(
    exitCodes.usage,
    `not known: ${missing.map(({ flag }) => flag).join(', ')}`,
    missing.map(({ flag, variables }) => `Give ${flag}, or set ${variables.join(' or ')}.`).join('\n'),
  );
}

function findValue(field: Field, options: IdentityOptions, env: Environment): string | undefined {
  const fallback = field === 'action' ? 'deploy' : undefined;
  const candidates = [options[field], ...sources[field].variables.map((name) => env[name]), fallback];
  return candidates.map((value) => value?.trim()).find((value) => value !== undefined && value !== '');
}

export const wholeIdentity = [
  'environment',
  'project',
  'buildJob',
  'build',
  'branch',
  'sha',
  'action',
] as const;

/** GitLab's pipeline; null in another CI. @throws CliError when it is no whole number */
export function readPipeline(given: string | undefined, env: Environment): number | null {
  const text = given ?? env['CI_PIPELINE_ID'];
  if (text === undefined || text === '') return null;
  return toId('--pipeline', text);
}

/** @throws CliError */
function toId(flag: string, text: string): number {
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  throw new CliError(exitCodes.usage, `${flag}: ${text} is no id`, 'Give the number that GitLab shows.');
}
