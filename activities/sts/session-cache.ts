/** What STS hands out for a role. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** @param minLifeMs how long the session has to live from now; default five minutes */
export type SessionCache = (minLifeMs?: number) => Promise<SessionCredentials>;

const refreshBeforeMs = 5 * 60_000;

/** Keeps one session and renews it before it ends; callers of the same moment share one renewal. */
export function createSessionCache(
  assume: () => Promise<SessionCredentials>,
  now: () => number = Date.now,
): SessionCache {
  let session: SessionCredentials | undefined;
  let renewal: Promise<SessionCredentials> | undefined;

  async function renew(): Promise<SessionCredentials> {
    try {
      return (session = await assume());
    } finally {
      renewal = undefined;
    }
  }

  return async (minLifeMs = refreshBeforeMs) => {
    if (session && session.expiration.getTime() - now() >= minLifeMs) return session;
    return (renewal ??= renew());
  };
}
