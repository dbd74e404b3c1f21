import type { VendorRequest } from '../shared/front.ts';
import type { KeyRing, KnownKey } from './key-ring.ts';
import type { Membership } from './model.ts';
import type { Operation } from './operation.ts';
import { readClaim, verifySignature } from './signature.ts';
import { accessDenied, notActive, throttled, unsigned } from './sir-refusal.ts';

/** What controls have switched on. */
export interface Refusals {
  /** Operations that are refused, of one case or of all. */
  denied: readonly { readonly operation: string; readonly caseId?: string | undefined }[];
  /** Milliseconds since 1970. */
  throttledUntil: number;
  /** Calls that were answered 429 since it was switched on. */
  throttled: number;
}

export interface Caller extends KnownKey {
  readonly accessKeyId: string;
}

const serviceName = 'security-ir';
const withoutMembership = new Set(['ListMemberships']);

/** Who calls, and whether he may: a real signature, the emulator's policies, the membership, and what controls add. */
export function createCaller(options: {
  readonly account: string;
  readonly region: string;
  readonly keys: KeyRing;
  readonly now: () => Date;
  readonly membership: Membership;
  readonly refusals: Refusals;
}) {
  const { account, region, keys, now, membership, refusals } = options;
  const seen = new Map<string, string>();

  function resourceOf({ resource = 'case' }: Operation): string {
    if (resource === 'any') return '*';
    // The whole kind: so one answer of the emulator serves all cases.
    return `arn:aws:security-ir:${region}:${account}:${resource}/*`;
  }

  return {
    /** @throws 403 on a missing, unknown, ended or wrong credential */
    async authenticate(request: VendorRequest): Promise<Caller> {
      const claim = readClaim(request);
      const known = await keys.find(claim.accessKeyId);
      const token = request.headers['x-amz-security-token'];
      if (!known || (known.sessionToken ?? undefined) !== token)
        throw unsigned(
          'UnrecognizedClientException',
          'The security token included in the request is invalid.',
        );
      if (known.expiration !== null && known.expiration * 1000 <= now().getTime())
        throw unsigned('ExpiredTokenException', 'The security token included in the request is expired');
      const expected = { region, service: serviceName, now: now(), secret: known.secretAccessKey };
      await verifySignature(request, claim, expected);
      seen.set(claim.accessKeyId, known.principalArn);
      return { ...known, accessKeyId: claim.accessKeyId };
    },
    /** @throws 429, 403, or 400 where there is no membership */
    async authorize(caller: Caller, operation: Operation, caseId: string | undefined): Promise<void> {
      const left = refusals.throttledUntil - now().getTime();
      if (left > 0) {
        refusals.throttled += 1;
        throw throttled(Math.ceil(left / 1000));
      }
      const action = `${serviceName}:${operation.name}`;
      const resource = resourceOf(operation);
      const off = refusals.denied.some(
        (one) => one.operation === operation.name && (one.caseId ?? caseId) === caseId,
      );
      if (off || !(await keys.isAllowed(caller.accessKeyId, action, resource)))
        throw accessDenied(caller.principalArn, action, resource);
      const isMember = caller.accountId === account && membership.status === 'Active';
      if (!isMember && !withoutMembership.has(operation.name)) throw notActive();
    },
    /** For the request log; the first call of a session goes by its key. */
    actorOf(request: VendorRequest): string | undefined {
      const key = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1];
      return key && (seen.get(key) ?? key);
    },
  };
}
