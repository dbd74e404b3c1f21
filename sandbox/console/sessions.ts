import { randomBytes } from 'node:crypto';

/** One browser that brought the token; it remembers whom its reader acts as. */
export interface ConsoleSession {
  readonly id: string;
  actor: string;
}

export interface Sessions {
  open(): ConsoleSession;
  /** @param cookies the Cookie header */
  find(cookies: string | undefined): ConsoleSession | undefined;
  /** The Set-Cookie header that keeps the session in the browser. */
  cookie(session: ConsoleSession): string;
}

const most = 100;

/** @param port part of the cookie's name: browsers keep one cookie jar for all ports of 127.0.0.1 */
export function createSessions(port: () => number, firstActor: string): Sessions {
  const sessions = new Map<string, ConsoleSession>();
  const name = () => `sandbox-console-${port()}`;

  return {
    open() {
      const session = { id: randomBytes(24).toString('base64url'), actor: firstActor };
      sessions.set(session.id, session);
      const [oldest] = sessions.keys();
      if (sessions.size > most && oldest !== undefined) sessions.delete(oldest);
      return session;
    },
    find(cookies = '') {
      const pairs = cookies.split(';').map((pair) => pair.trim().split('='));
      const id = pairs.find(([key]) => key === name())?.[1];
      return id === undefined ? undefined : sessions.get(id);
    },
    cookie: ({ id }) => `${name()}=${id}; Path=/; HttpOnly; SameSite=Strict`,
  };
}
