import { createFailure, failureType } from '../../workflows/shared/failures.ts';
import type { OutsideCaller } from '../outside-call.ts';
import { runDetached } from './detached.ts';
import { request } from './request.ts';
import { HaloToken } from './schema.ts';

export interface HaloAccess {
  /** Such as `https://api.cloudpassage.com`; no slash at its end. */
  readonly baseUrl: string;
  readonly keyId: string;
  readonly secret: string;
  readonly userAgent: string;
  readonly call: OutsideCaller;
  /** ms since 1970 */
  readonly now: () => number;
}

/**
 * A read of Halo, `{path}?{query}`. Reads change nothing, so a repeat is safe.
 * @throws what failures.ts makes of its answer; a 404 is NotFound
 */
export type HaloGet = (action: string, pathAndQuery: string) => Promise<unknown>;

interface Session {
  readonly token: string;
  /** ms since 1970: no call is begun with it from then on. */
  readonly until: number;
}

/** Where Halo does not say how long a session is good for. */
const usualSeconds = 900;
/** Of its life: a call that is begun with it has to arrive before it ends. */
const usedShare = 0.9;

/**
 * Client credentials (H1 of halo.md): one session for all calls, however many begin at once; renewed before it ends, and once after
 * a 401, with which the call is made a second time. A second 401 is CredentialRejected. Token and secret stay in here.
 */
export function createGet({ baseUrl, keyId, secret, userAgent, call, now }: HaloAccess): HaloGet {
  let session: Promise<Session> | undefined;

  async function open(): Promise<Session> {
    const basic = Buffer.from(`${keyId}:${secret}`).toString('base64');
    const url = `${baseUrl}/oauth/access_token?grant_type=client_credentials`;
    const granted = await call('open a session', async () =>
      HaloToken.parse(await request(url, { method: 'POST', authorization: `Basic ${basic}`, userAgent })),
    ).catch(neverNotFound);
    const seconds = granted.expires_in ?? usualSeconds;
    return { token: granted.access_token, until: now() + seconds * 1000 * usedShare };
  }

  function share(): Promise<Session> {
    if (session) return session;
    const opened = runDetached(open);
    session = opened;
    opened.catch(() => forget(opened));
    return opened;
  }

  /** Only this one: another call may have renewed it already. */
  function forget(old: Promise<Session>) {
    if (session === old) session = undefined;
  }

  async function current(): Promise<{ readonly token: string; readonly shared: Promise<Session> }> {
    const shared = share();
    const { token, until } = await shared;
    if (until > now()) return { token, shared };
    forget(shared);
    const renewed = share();
    return { token: (await renewed).token, shared: renewed };
  }

  return async (action, pathAndQuery) => {
    const get = (token: string) =>
      call(action, () =>
        request(baseUrl + pathAndQuery, { method: 'GET', authorization: `Bearer ${token}`, userAgent }),
      );
    const { token, shared } = await current();
    try {
      return await get(token);
    } catch (error) {
      if (failureType(error) !== 'CredentialRejected') throw error;
      forget(shared);
      return get((await current()).token);
    }
  };
}

/** To the callers "not found" is an issue that is gone, whose ticket is closed: a host without sessions must not pass for that. */
function neverNotFound(error: unknown): never {
  if (failureType(error) !== 'NotFound') throw error;
  throw createFailure('Unavailable', 'halo: open a session: 404: this host has no sessions', {
    details: { system: 'halo', action: 'open a session', status: 404 },
    cause: error,
  });
}
