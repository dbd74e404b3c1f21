import { createHash, timingSafeEqual } from 'node:crypto';
import type http from 'node:http';

/** Why a request is turned away before anything looks at it. */
export interface AccessRefusal {
  readonly status: 403 | 421;
  readonly reason: string;
}

/**
 * A web page in a developer's browser must not press a button here (design §7): the Host must be this very server, or a
 * foreign name could be pointed at 127.0.0.1; and no request may come from another page.
 */
export function foreignRequest(headers: http.IncomingHttpHeaders, port: number): AccessRefusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.host ?? ''))
    return { status: 421, reason: `This console is http://127.0.0.1:${port} and no other host.` };
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`)
    return { status: 403, reason: 'This request comes from another web page, so it was not carried out.' };
  return undefined;
}

/** Compared in constant time. */
export function isToken(given: string | string[] | null | undefined, token: string): boolean {
  if (typeof given !== 'string') return false;
  return timingSafeEqual(digest(given), digest(token));
}

const digest = (text: string) => createHash('sha256').update(text).digest();
