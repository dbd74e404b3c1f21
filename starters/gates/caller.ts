import { decodeJwt } from 'jose';
import type { Config } from '../../config/parse-config.ts';
import type { Secrets } from '../../config/secrets.ts';
import type { ChangeRequester } from '../../workflows/change-approval/messages.ts';
import type { LoginLimit } from '../decisions/login-limit.ts';
import { RequestRefusal } from '../decisions/request-refusal.ts';
import { areEqualSecrets } from '../webhooks/equal-secrets.ts';
import type { JobClaims, VerifyIdToken } from './id-token.ts';

/** Who calls: a GitLab job, of which all is proved, or somebody with the shared token, of whom nothing is. */
export type GateCaller =
  { readonly kind: 'gitlab'; readonly claims: JobClaims } | { readonly kind: 'shared-token' };

export interface CallerHeaders {
  /** `Authorization`, as it came. */
  readonly authorization: string | undefined;
  /** `X-Lockkeeper-Token`. */
  readonly sharedToken: string | undefined;
  readonly address: string;
}

export interface CallerRules {
  readonly config: Config;
  readonly secrets: Pick<Secrets, 'gateToken'>;
  readonly verifyIdToken: VerifyIdToken;
  readonly limit: LoginLimit;
}

/** Both are bearer values: used for this one call, in no log, no signal and no error. @throws RequestRefusal */
export async function identifyCaller(headers: CallerHeaders, rules: CallerRules): Promise<GateCaller> {
  const { authorization, sharedToken, address } = headers;
  if (authorization !== undefined) {
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(authorization)?.[1];
    if (token === undefined) throw unauthenticated();
    const login = `${address} ${claimedProject(token)}`;
    const claims = await braked(login, rules.limit, () => rules.verifyIdToken(token));
    requireProject(rules.config, claims.project);
    return { kind: 'gitlab', claims };
  }
  if (sharedToken === undefined) throw unauthenticated();
  return braked(`${address} shared-token`, rules.limit, async () => {
    const own = rules.secrets.gateToken?.reveal();
    if (own !== undefined && areEqualSecrets(own, sharedToken)) return { kind: 'shared-token' };
    throw new RequestRefusal(401, 'forged', 'X-Lockkeeper-Token is not the token of this gate');
  });
}

/** Only a name for the brake: runners share an address, and one project's expired tokens must not stop the others. */
function claimedProject(token: string): string {
  try {
    return String(decodeJwt(token)['project_path']).slice(0, 255);
  } catch {
    return 'no token';
  }
}

async function braked<T>(login: string, limit: LoginLimit, run: () => Promise<T>): Promise<T> {
  const wait = limit.waitSeconds(login);
  if (wait > 0) throw new RequestRefusal(429, 'too-many-logins', 'too many failed logins: wait', wait);
  try {
    const result = await run();
    limit.succeeded(login);
    return result;
  } catch (error) {
    if (error instanceof RequestRefusal && error.status === 401) limit.failed(login);
    throw error;
  }
}

/** Where anybody can have a project, anybody can have a token for this audience. */
function requireProject({ gitlab, processes }: Config, project: string): void {
  const allowed = processes.change?.gate.projects;
  if (allowed === undefined && new URL(gitlab.baseUrl).hostname !== 'gitlab.com') return;
  const isAllowed = (allowed ?? []).some((one) =>
    one.endsWith('/') ? project.startsWith(one) : project === one,
  );
  if (!isAllowed)
    throw new RequestRefusal(
      403,
      'other-project',
      `${project} may not use this gate: name it under processes: change: gate: projects`,
    );
}

function unauthenticated(): RequestRefusal {
  return new RequestRefusal(
    401,
    'unauthenticated',
    'Authorization: Bearer with a GitLab ID token is expected, or X-Lockkeeper-Token from another CI',
  );
}

/** @returns nobody for the shared token: it says nothing about who triggered the build */
export function requesterOf({ people }: Pick<Config, 'people'>, caller: GateCaller): ChangeRequester {
  if (caller.kind === 'shared-token') return { person: null, verified: false, triggeredBy: null };
  const { user } = caller.claims;
  // GitLab's user names are one name in any case
  const known = people.find(({ gitlab }) => gitlab?.toLowerCase() === user.toLowerCase());
  const person = known?.name ?? `gitlab:${user}`;
  return { person, verified: true, triggeredBy: person };
}
