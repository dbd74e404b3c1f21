import type { Claim } from './messages.ts';

/** The earliest change has the approval: by when it happened, then by its id, so that every order of arrival ends alike. */
export function isEarlier(one: Claim, other: Claim): boolean {
  if (one.eventTime !== other.eventTime) return one.eventTime < other.eventTime;
  return one.eventId < other.eventId;
}

/** @returns the claims with one more, each change once; and who had the approval and has lost it by this */
export function addClaim(
  claims: readonly Claim[],
  claim: Claim,
): { readonly claims: readonly Claim[]; readonly loser: Claim | null } {
  if (claims.some(({ eventId }) => eventId === claim.eventId)) return { claims, loser: null };
  const before = holderOf(claims);
  const after = [...claims, claim];
  return { claims: after, loser: before && isEarlier(claim, before) ? before : null };
}

/** @returns null: nobody has it */
export function holderOf(claims: readonly Claim[]): Claim | null {
  const [first, ...others] = claims;
  if (!first) return null;
  return others.reduce((best, one) => (isEarlier(one, best) ? one : best), first);
}
