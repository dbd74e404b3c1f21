import { z } from 'zod';
import type { Config } from '../../config/parse-config.ts';
import { findPerson } from '../../config/people.ts';
import { failureType } from '../../workflows/shared/failures.ts';
import { createRest } from '../cli/rest.ts';
import { toBasic } from './group-sources.ts';
import type { LoginLimit } from './login-limit.ts';
import { RequestRefusal } from './request-refusal.ts';

export interface Caller {
  /** `Authorization`, as it came. */
  readonly authorization: string | undefined;
  /** `X-Lockkeeper-Site`. */
  readonly siteName: string | undefined;
  readonly address: string;
}

export interface Logins {
  readonly limit: LoginLimit;
  /** Of Jira's answer. */
  readonly timeoutMs: number;
}

const Myself = z.object({ accountId: z.string().min(1) });

/**
 * Who calls: Jira says whose e-mail and token these are. They are used for this one call, never kept and never logged; not
 * even Jira's words about them are.
 * @returns the person's name in the configuration · @throws RequestRefusal
 */
export async function identify(
  config: Pick<Config, 'jira' | 'people'>,
  caller: Caller,
  { limit, timeoutMs }: Logins,
): Promise<string> {
  const { email, token } = readBasic(caller.authorization);
  const site = findSite(config, caller.siteName);
  const login = `${caller.address} ${email.toLowerCase()}`;
  const wait = limit.waitSeconds(login);
  if (wait > 0) throw new RequestRefusal(429, 'too-many-logins', 'too many failed logins: wait', wait);
  const accountId = await askJira(site.baseUrl, toBasic(email, token), timeoutMs).catch((error: unknown) => {
    if (error instanceof RequestRefusal && error.status === 401) limit.failed(login);
    throw error;
  });
  limit.succeeded(login);
  const person = findPerson(config, { jira: accountId });
  if (!person)
    throw new RequestRefusal(
      403,
      'unmapped',
      `the Jira account ${accountId} is nobody's under people: an administrator sets people: jira`,
    );
  // its token is the worker's: who holds that must not be able to decide with it
  if (config.jira.sites.some(({ bot }) => bot === person.name))
    throw new RequestRefusal(
      403,
      'unmapped',
      'the bot decides nothing: use your own Jira e-mail and API token',
    );
  return person.name;
}

function readBasic(header: string | undefined): { email: string; token: string } {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '')?.[1] ?? '';
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  const [email, token] = [decoded.slice(0, colon), decoded.slice(colon + 1)];
  if (colon > 0 && token !== '' && decoded.length <= 1_000 && /^[\x21-\x7e]+$/.test(decoded))
    return { email, token };
  throw new RequestRefusal(
    401,
    'unauthenticated',
    'Authorization: Basic with your own Jira e-mail and API token is expected',
  );
}

function findSite({ jira: { sites } }: Pick<Config, 'jira'>, name: string | undefined) {
  const [first, second] = sites;
  const site = name === undefined && !second ? first : sites.find((one) => one.name === name);
  if (site) return site;
  const known = sites.map((one) => one.name).join(', ');
  throw new RequestRefusal(
    400,
    'unknown-site',
    `X-Lockkeeper-Site: the name of a Jira site is expected: ${known}`,
  );
}

/** A read, so it may be repeated freely; the person's CLI does, not this server. A redirect is refused: it would carry the token along. */
async function askJira(baseUrl: string, authorization: string, timeoutMs: number): Promise<string> {
  try {
    const jira = createRest('jira', baseUrl, { authorization }, timeoutMs);
    return (await jira.get('read own account', '/rest/api/3/myself', Myself)).accountId;
  } catch (error) {
    const type = failureType(error);
    if (type === 'CredentialRejected' || type === 'PermissionDenied')
      throw new RequestRefusal(401, 'unauthenticated', 'Jira does not know this e-mail and API token');
    throw new RequestRefusal(503, 'unavailable', `Jira cannot say who you are now (${type}): try again`, 5);
  }
}
