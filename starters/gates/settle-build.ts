import { nearestName } from '../../config/nearest-name.ts';
import type { ChangeId } from '../../workflows/shared/names.ts';
import { RequestRefusal } from '../decisions/request-refusal.ts';
import { expected, malformed } from './bodies.ts';
import type { GateCaller } from './caller.ts';

/** What identifies a build besides its job. */
export interface Settled {
  readonly project: string;
  readonly build: string;
  readonly branch: string;
  readonly sha: string;
  /** The GitLab pipeline; null: another CI. */
  readonly pipelineId: number | null;
}

type Said = Readonly<{ [F in keyof Settled]?: Settled[F] | undefined }>;

const needed = ['project', 'build', 'branch', 'sha'] as const;

/**
 * The claims of a token decide, and what the caller says besides may only agree; without a token it is as he says.
 * @throws RequestRefusal 409 `claims-differ`, 400 naming what is missing
 */
export function settleBuild(caller: GateCaller, said: Said): Settled {
  if (caller.kind === 'gitlab') {
    const { project, branch, sha, pipelineId } = caller.claims;
    const claimed: Settled = { project, branch, sha, pipelineId, build: String(pipelineId) };
    requireAgreement(claimed, said);
    return claimed;
  }
  const { project, build, branch, sha, pipelineId = null } = said;
  if (project !== undefined && build !== undefined && branch !== undefined && sha !== undefined)
    return { project, build, branch, sha, pipelineId };
  const missing = needed.filter((field) => said[field] === undefined);
  throw malformed(missing.map(expected).join('; '));
}

/** @throws RequestRefusal 409 naming the fields */
export function requireAgreement(claimed: Said, said: Said): void {
  const differing = (['project', 'branch', 'sha', 'build', 'pipelineId'] as const).filter(
    (field) => said[field] !== undefined && said[field] !== claimed[field],
  );
  if (differing.length === 0) return;
  const text = differing.map((field) => `${field}: the ID token says ${claimed[field]}, not ${said[field]}`);
  throw new RequestRefusal(409, 'claims-differ', `${text.join('; ')}. Leave the field out`);
}

/** A token speaks for the build of its own pipeline only. @throws RequestRefusal 403 */
export function requireOwnBuild(caller: GateCaller, id: ChangeId): void {
  requireOwnProject(caller, id);
  if (caller.kind === 'gitlab' && String(caller.claims.pipelineId) !== id.build)
    throw new RequestRefusal(
      403,
      'other-build',
      `the ID token is of pipeline ${caller.claims.pipelineId}, not of build ${id.build}`,
    );
}

/** @throws RequestRefusal 403 */
export function requireOwnProject(caller: GateCaller, id: ChangeId): void {
  if (caller.kind === 'gitlab' && caller.claims.project !== id.project)
    throw new RequestRefusal(
      403,
      'other-project',
      `the ID token is of ${caller.claims.project}, not of ${id.project}`,
    );
}

/**
 * Whether the environment is controlled (C-3).
 * @throws RequestRefusal 400 for a controlled one in other letters: it must not pass because of a slip
 */
export function isControlled(environments: Readonly<Record<string, string>>, environment: string): boolean {
  if (Object.hasOwn(environments, environment)) return true;
  const plain = (name: string) => name.trim().toLowerCase();
  const meant = Object.keys(environments).find((name) => plain(name) === plain(environment));
  if (meant === undefined) return false;
  throw malformed(`environment: "${environment}" is written otherwise; "${meant}" is expected`);
}

/** For the log of a job that passes ungated: a name that is nearly a controlled one is worth a look. */
export function describeUngated(environments: Readonly<Record<string, string>>, environment: string): string {
  const near = nearestName(environment, Object.keys(environments));
  const controlled = Object.keys(environments).join(', ');
  const hint = near === undefined ? '' : ` Was ${near} meant?`;
  return `${environment} is no controlled environment: it passes ungated (controlled are ${controlled}).${hint}`;
}
