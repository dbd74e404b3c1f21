import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import type { GitlabUser } from './accounts.ts';
import { tierOf } from './deployment.ts';
import { runner } from './entities.ts';
import type { Job } from './pipeline.ts';
import { projectNamespace, type GitlabProject } from './project.ts';

export interface IdTokenInput {
  readonly job: Job;
  readonly project: GitlabProject;
  readonly aud: string | readonly string[];
  /** Who started the job unless another is named. */
  readonly user?: GitlabUser;
  /** Default: where the pipeline's links start. */
  readonly issuer?: string;
  /** Seconds; an hour as in GitLab, where it is the job's timeout. Negative: expired. */
  readonly expiresIn?: number;
  /** Claims to put in place of the right ones, for tests of a verifier. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** What GitLab is to an OpenID Connect client that verifies ID tokens of CI jobs. */
export interface IdTokens {
  issue(input: IdTokenInput): Promise<string>;
  /** `/.well-known/openid-configuration`. */
  configuration(issuer: string): object;
  /** `/oauth/discovery/keys`. */
  keys(): Promise<{ keys: JWK[] }>;
}

export function createIdTokens(now: () => Date): IdTokens {
  const kid = randomUUID();
  let pair: ReturnType<typeof generateKeyPair> | undefined;
  const keyPair = () => (pair ??= generateKeyPair('RS256', { extractable: true }));

  async function issue(input: IdTokenInput): Promise<string> {
    const { privateKey } = await keyPair();
    const iat = Math.floor(now().getTime() / 1000);
    const times = { iat, nbf: iat - 5, exp: iat + (input.expiresIn ?? 3600), jti: randomUUID() };
    return new SignJWT({ ...claimsOf(input), ...times, ...input.claims })
      .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
      .sign(privateKey);
  }

  async function keys() {
    const { publicKey } = await keyPair();
    return { keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' }] };
  }

  return { issue, configuration, keys };
}

/** GitLab docs, "Token payload": every id is a text but the runner's. */
function claimsOf({ job, project, aud, user = job.user, issuer = job.pipeline.baseUrl }: IdTokenInput) {
  const { pipeline, definition } = job;
  const ref = { ref: pipeline.ref, ref_type: 'branch', ref_path: `refs/heads/${pipeline.ref}` };
  return {
    iss: issuer,
    sub: `project_path:${project.path}:ref_type:branch:ref:${pipeline.ref}`,
    aud: typeof aud === 'string' ? aud : [...aud],
    namespace_id: String(project.namespaceId),
    namespace_path: projectNamespace(project),
    project_id: String(project.id),
    project_path: project.path,
    user_id: String(user.id),
    user_login: user.username,
    user_email: user.email,
    user_access_level: user.roles[project.id] ?? null,
    user_identities: [],
    pipeline_id: String(pipeline.id),
    pipeline_source: pipeline.source,
    job_id: String(job.id),
    ...ref,
    ref_protected: String(pipeline.ref === project.defaultBranch),
    groups_direct: [],
    ...environmentClaims(definition.environment, project),
    runner_id: runner.id,
    runner_environment: 'self-hosted',
    sha: pipeline.sha,
    project_visibility: 'private',
    ci_config_ref_uri: `${new URL(issuer).host}/${project.path}//.gitlab-ci.yml@${ref.ref_path}`,
    ci_config_sha: pipeline.sha,
  };
}

function environmentClaims(environment: string | undefined, project: GitlabProject) {
  if (environment === undefined) return {};
  const isProtected = String(Object.hasOwn(project.protectedEnvironments, environment));
  const tier = tierOf(environment);
  return {
    environment,
    environment_protected: isProtected,
    deployment_tier: tier,
    environment_action: 'start',
  };
}

function configuration(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    userinfo_endpoint: `${issuer}/oauth/userinfo`,
    jwks_uri: `${issuer}/oauth/discovery/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claim_types_supported: ['normal'],
    claims_supported: ['iss', 'sub', 'aud', 'exp', 'iat'],
  };
}
