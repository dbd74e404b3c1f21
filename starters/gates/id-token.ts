import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { RequestRefusal } from '../decisions/request-refusal.ts';

/** What GitLab says of the job that holds the token. */
export interface JobClaims {
  readonly project: string;
  readonly branch: string;
  readonly sha: string;
  readonly pipelineId: number;
  readonly jobId: number;
  /** GitLab's user name of whoever runs the job. */
  readonly user: string;
}

export interface IdTokenRules {
  /** GitLab's base URL: the issuer, and where its keys are. */
  readonly baseUrl: string;
  readonly audience: string;
  /** Milliseconds. */
  readonly now: () => number;
  /** Of GitLab's answer, ms. Default 5,000. */
  readonly timeoutMs?: number;
}

/** @throws RequestRefusal 401 forged, 403 no branch pipeline, 503 while GitLab's keys cannot be read; the token is in none of them */
export type VerifyIdToken = (token: string) => Promise<JobClaims>;

const longestToken = 8 * 1024;
const toleranceSeconds = 10;
/** A key that is not known makes us ask GitLab again, but not more often. */
const cooldownMs = 30_000;

const WholeNumber = z
  .union([z.string().regex(/^[1-9][0-9]{0,15}$/), z.int().min(1)])
  .transform(Number)
  .pipe(z.int());
const Claims = z.object({
  project_path: z.string().min(1).max(255),
  ref: z.string().min(1).max(255),
  ref_type: z.string(),
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  pipeline_id: WholeNumber,
  pipeline_source: z.string().optional(),
  job_id: WholeNumber,
  user_login: z.string().min(1).max(255),
});

/** For GitLab's `id_tokens` (https://docs.gitlab.com/ci/secrets/id_token_authentication/). Reads the keys when they are needed first. */
export function createIdTokenVerifier(rules: IdTokenRules): VerifyIdToken {
  const { baseUrl, audience, now, timeoutMs = 5_000 } = rules;
  const keys = createRemoteJWKSet(new URL(`${baseUrl}/oauth/discovery/keys`), {
    timeoutDuration: timeoutMs,
    cooldownDuration: cooldownMs,
  });
  return async (token) => {
    if (token.length > longestToken) throw forged('it is too long');
    const { payload } = await jwtVerify(token, keys, {
      issuer: baseUrl,
      audience,
      // ours to choose, never the token's: `none`, or an HMAC keyed with the public key, are refused here
      algorithms: ['RS256'],
      clockTolerance: toleranceSeconds,
      currentDate: new Date(now()),
      requiredClaims: ['exp', 'iat'],
    }).catch((error: unknown) => {
      throw toRefusal(error);
    });
    const claims = Claims.safeParse(payload);
    if (claims.success) return toJobClaims(claims.data);
    const missing = claims.error.issues.map(({ path }) => String(path[0]));
    throw forged(`its claims are not those of a GitLab job: ${[...new Set(missing)].join(', ')}`);
  };
}

/** In a merge request’s pipeline `ref` is a name that the contributor chose, perhaps in a fork. */
function toJobClaims(claims: z.infer<typeof Claims>): JobClaims {
  const { ref_type, pipeline_source = 'push' } = claims;
  if (ref_type !== 'branch' || pipeline_source.endsWith('merge_request_event'))
    throw new RequestRefusal(
      403,
      'not-a-branch',
      `deploys are asked for by pipelines of branches: this one is of a ${ref_type}, by ${pipeline_source.slice(0, 40)}`,
    );
  return {
    project: claims.project_path,
    branch: claims.ref,
    sha: claims.sha,
    pipelineId: claims.pipeline_id,
    jobId: claims.job_id,
    user: claims.user_login,
  };
}

function toRefusal(error: unknown): RequestRefusal {
  if (error instanceof errors.JWTExpired) return forged('it has expired: the job ran longer than its token');
  if (error instanceof errors.JWTClaimValidationFailed)
    return forged(`its claim ${error.claim} does not fit`);
  if (isOurTrouble(error))
    return new RequestRefusal(503, 'unavailable', 'GitLab’s keys cannot be read now: try again', 5);
  return forged('it is not signed with a key of this GitLab');
}

/** The keys could not be had: that says nothing about the token. */
function isOurTrouble(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true;
  return !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC';
}

function forged(reason: string): RequestRefusal {
  return new RequestRefusal(401, 'forged', `the ID token is not valid: ${reason}`);
}
