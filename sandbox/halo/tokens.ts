import { randomBytes } from 'node:crypto';
import type { VendorRequest, VendorResponse } from '../shared/front.ts';
import { HaloRefusal, unauthorized } from './halo-refusal.ts';

/** Of Halo's sessions. */
const usualSeconds = 900;

/** OAuth client credentials: tokens of the one key, which really end. */
export function createTokens(key: { readonly id: string; readonly secret: string }, now: () => Date) {
  const expected = `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString('base64')}`;
  const ends = new Map<string, number>();
  let seconds = usualSeconds;

  const bearerOf = (request: VendorRequest) =>
    /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const isLive = (token: string) => (ends.get(token) ?? 0) > now().getTime();

  return {
    /** `POST /oauth/access_token?grant_type=client_credentials` */
    issue(request: VendorRequest): VendorResponse {
      if (request.headers.authorization !== expected) throw unauthorized('Basic', 'Invalid credentials');
      if (request.query.get('grant_type') !== 'client_credentials')
        throw new HaloRefusal(400, { error: 'unsupported_grant_type' });
      for (const token of ends.keys()) if (!isLive(token)) ends.delete(token);
      const token = randomBytes(16).toString('hex');
      ends.set(token, now().getTime() + seconds * 1000);
      const expiresIn = Math.floor(seconds);
      const body = { access_token: token, token_type: 'bearer', expires_in: expiresIn, scope: 'read' };
      return { status: 200, headers: { 'cache-control': 'no-store' }, body };
    },
    /** @throws 401 */
    check(request: VendorRequest): void {
      if (!isLive(bearerOf(request))) throw unauthorized('Bearer');
    },
    ownerOf(request: VendorRequest): string | undefined {
      return request.headers.authorization === expected || isLive(bearerOf(request)) ? key.id : undefined;
    },
    /** Of the tokens to come. */
    setLifetime: (next: number) => void (seconds = next),
    /** @returns how many were live */
    expireAll(): number {
      const live = [...ends.keys()].filter(isLive).length;
      ends.clear();
      return live;
    },
    reset() {
      ends.clear();
      seconds = usualSeconds;
    },
  };
}
