import { isIn } from './listed-people.ts';
import type { ApprovalPolicy, DecisionClaims, Evidence, Quorum, RefusalRule, Verb } from './messages.ts';

/**
 * One request's decisions as pure functions over a plain state: used by the workflow, which steers, and again by every
 * guarded activity, which enforces (design §3).
 */
export interface Ledger {
  readonly requestId: string;
  readonly evidenceDigest: string;
  readonly policy: ApprovalPolicy;
  readonly people: Pick<Evidence, 'requester' | 'authors' | 'changers'>;
  /** The verb that counts: `approve`, or `override` where a request asks for an exception from a freeze. */
  readonly counts: 'approve' | 'override';
  /** Ids of the ways to approve; empty: there is one. */
  readonly choices: readonly string[];
  readonly status: 'open' | 'info-requested' | 'approved' | 'committed' | 'rejected' | 'expired' | 'void';
  readonly overriddenBy: DecisionClaims | null;
  /** Those that count, in the order of their arrival. */
  readonly counted: readonly DecisionClaims[];
  /** Every jti that was taken, revoked ones included. */
  readonly seen: readonly string[];
}

export type Judgement =
  | { readonly accepted: true; readonly ledger: Ledger; readonly text: string }
  | { readonly accepted: false; readonly rule: RefusalRule; readonly text: string };

export function openLedger(
  request: Pick<Ledger, 'requestId' | 'evidenceDigest' | 'policy' | 'people'> &
    Partial<Pick<Ledger, 'counts' | 'choices'>>,
): Ledger {
  const defaults = { counts: 'approve', choices: [] } as const;
  return { ...defaults, ...request, status: 'open', overriddenBy: null, counted: [], seen: [] };
}

/** The person behind a decision: a delegate counts as the one who delegated. */
export function personOf({ principal, actingFor }: Pick<DecisionClaims, 'principal' | 'actingFor'>): string {
  return actingFor ?? principal;
}

/** Nothing counts any more. */
export function isClosed({ status }: Pick<Ledger, 'status'>): boolean {
  return status === 'committed' || status === 'rejected' || status === 'expired' || status === 'void';
}

/** The information that was asked for is there. */
export function withAnswer(ledger: Ledger): Ledger {
  return ledger.status === 'info-requested' ? { ...ledger, status: 'open' } : ledger;
}

/** @param claims already verified: signature, key, audience, form */
export function judge(ledger: Ledger, claims: DecisionClaims): Judgement {
  const refusal = findRefusal(ledger, claims);
  if (refusal) return { accepted: false, ...refusal };
  const taken = { ...ledger, seen: [...ledger.seen, claims.jti] };
  return applyVerb[claims.verb](taken, claims);
}

const applyVerb: Readonly<Record<Verb, (ledger: Ledger, claims: DecisionClaims) => Judgement>> = {
  approve: (ledger, claims) => count(ledger, claims),
  override: (ledger, claims) =>
    ledger.counts === 'override' ? count(ledger, claims) : breakGlass(ledger, claims),
  reject: (ledger) => accept({ ...ledger, status: 'rejected' }, 'rejected'),
  'request-info': (ledger) =>
    accept({ ...ledger, status: 'info-requested' }, 'asked for information; the clock stands still'),
  revoke,
  hold: () => refuse('closed', 'a hold is no answer to this request'),
  steal: () => refuse('closed', 'the turn is freed at the promotion queue, not here'),
};

/** One human has one voice, whether in his own name or for somebody who delegated to him: the last one counts. */
function count(ledger: Ledger, claims: DecisionClaims): Judgement {
  const others = ledger.counted.filter((one) => !isOwn(one, claims));
  const taken = restate({ ...ledger, counted: [...others, claims] });
  if (taken.status === 'approved') return accept(taken, 'approved');
  return accept(taken, `counted; still missing: ${describeSeats(standing(taken).missing)}`);
}

/** Approved for as long as it stands on a break-glass decision or on a full quorum, else open. */
function restate(ledger: Ledger): Ledger {
  const stands = ledger.overriddenBy !== null || standing(ledger).missing.length === 0;
  return { ...ledger, status: stands ? 'approved' : 'open' };
}

/** Where there are choices: the one that most people stand behind, and whom it still lacks. */
export function standing({ policy, counted, choices }: Pick<Ledger, 'policy' | 'counted' | 'choices'>): {
  readonly choice: string | null;
  readonly missing: readonly Quorum[];
} {
  const ways = choices.map((choice) => ({
    choice,
    missing: missingSeats(
      policy.quorum,
      counted.filter((one) => one.choice === choice),
    ),
  }));
  const seats = (missing: readonly Quorum[]) => missing.reduce((sum, { count: n }) => sum + n, 0);
  const [best] = ways.toSorted((one, other) => seats(one.missing) - seats(other.missing));
  return best ?? { choice: null, missing: missingSeats(policy.quorum, counted) };
}

function isOwn(one: DecisionClaims, claims: DecisionClaims): boolean {
  return personOf(one) === personOf(claims) || one.principal === claims.principal;
}

function breakGlass(ledger: Ledger, claims: DecisionClaims): Judgement {
  return accept({ ...ledger, status: 'approved', overriddenBy: claims }, 'overridden; a review must follow');
}

/** Of whoever revokes: his own decision goes, nobody else's. */
function revoke(ledger: Ledger, claims: DecisionClaims): Judgement {
  const overriddenBy = ledger.overriddenBy && isOwn(ledger.overriddenBy, claims) ? null : ledger.overriddenBy;
  const counted = ledger.counted.filter((one) => !isOwn(one, claims));
  if (counted.length === ledger.counted.length && overriddenBy === ledger.overriddenBy)
    return refuse('nothing-to-revoke', 'you have no decision here that could be revoked');
  return accept(restate({ ...ledger, counted, overriddenBy }), 'revoked');
}

type Refusal = { readonly rule: RefusalRule; readonly text: string };

function findRefusal(ledger: Ledger, claims: DecisionClaims): Refusal | undefined {
  const { policy, people } = ledger;
  const { verb } = claims;
  if (ledger.seen.includes(claims.jti)) return no('replayed', 'this decision was counted before');
  if (claims.requestId !== ledger.requestId) return no('other-request', 'it answers another request');
  if (claims.evidenceDigest !== ledger.evidenceDigest)
    return no('stale-evidence', 'what you saw has changed since: look at the request again');
  if (claims.policy !== `${policy.name}@${policy.version}`)
    return no('other-policy', `the request stands under ${policy.name}@${policy.version}`);
  if (ledger.status === 'committed')
    return no('point-of-no-return', 'the point of no return has passed: it is being carried out');
  if (ledger.status === 'expired') return no('expired', 'nobody decided in time: the request has expired');
  if (isClosed(ledger)) return no('closed', `the request is closed: ${ledger.status}`);
  if (ledger.status === 'approved' && verb === 'request-info')
    return no('closed', 'it is approved already: revoke or reject it');
  if (needsReason(policy, verb) && !claims.reason?.trim())
    return no('reason-missing', `${verb} needs a reason`);
  if (verb === 'approve' && ledger.choices.length > 0 && !ledger.choices.includes(claims.choice ?? ''))
    return no('choice-missing', `choose one of ${ledger.choices.join(', ')}`);
  if (verb === 'revoke') return undefined;
  if (verb === 'override' && ledger.counts !== 'override') return findOverrideRefusal(policy, claims);
  const excluded = findExclusion(policy, people, claims);
  if (excluded && verb !== 'reject' && verb !== 'request-info') return excluded;
  if (!policy.quorum.some(({ group }) => isIn(group, claims)))
    return no('not-a-member', `only members of ${describeGroups(policy)} may decide here`);
  if (verb === 'approve' && ledger.counts === 'override')
    return no('closed', 'this asks for an exception from a freeze: use override');
  return undefined;
}

/** Revoking needs none; a rejection, a question, an override and an approval of high risk do. */
export function needsReason(policy: Pick<ApprovalPolicy, 'risk'>, verb: Verb): boolean {
  return (
    verb === 'reject' ||
    verb === 'override' ||
    verb === 'request-info' ||
    (verb === 'approve' && policy.risk === 'high')
  );
}

function findOverrideRefusal({ override }: ApprovalPolicy, claims: DecisionClaims): Refusal | undefined {
  if (override && claims.groups.includes(override.group)) return undefined;
  return no(
    'override-not-allowed',
    override ? `only members of ${override.group} may override` : 'this policy allows no override',
  );
}

function findExclusion(
  { exclude }: ApprovalPolicy,
  people: Ledger['people'],
  { principal, actingFor }: DecisionClaims,
): Refusal | undefined {
  if (exclude.includes('requester') && people.requester !== null) {
    if (principal === people.requester)
      return no('self-approval', 'you asked for it: somebody else must decide');
    if (actingFor === people.requester)
      return no('delegate-of-requester', 'a delegate of the requester may not decide about the request');
  }
  const among = (names: readonly string[]) =>
    names.includes(principal) || (actingFor !== null && names.includes(actingFor));
  if (exclude.includes('author') && among(people.authors))
    return no('author', 'you are an author of the change');
  if (exclude.includes('changer') && among(people.changers)) return no('changer', 'you changed the request');
  return undefined;
}

/** The seats that the counted people do not fill. Each person fills one seat at most, in the way that fills most. */
export function missingSeats(
  quorum: readonly Quorum[],
  counted: readonly Pick<DecisionClaims, 'groups' | 'principal' | 'actingFor'>[],
): readonly Quorum[] {
  const seats = quorum.flatMap(({ group, count: n }) => Array.from({ length: n }, () => group));
  const holder: (number | undefined)[] = seats.map(() => undefined);
  const place = (person: number, tried: Set<number>): boolean =>
    seats.some((group, seat) => {
      const one = counted[person];
      if (tried.has(seat) || !one || !isIn(group, one)) return false;
      tried.add(seat);
      const sitting = holder[seat];
      if (sitting !== undefined && !place(sitting, tried)) return false;
      holder[seat] = person;
      return true;
    });
  counted.forEach((_, person) => place(person, new Set()));
  const open = seats.filter((_, seat) => holder[seat] === undefined);
  return [...new Set(open)].map((group) => ({ group, count: open.filter((one) => one === group).length }));
}

/** The groups whose membership an envelope attests: those that the policy names. */
export function attestedGroups({
  quorum,
  override,
}: Pick<ApprovalPolicy, 'quorum' | 'override'>): readonly string[] {
  const named = [
    ...quorum.map(({ group }) => group),
    ...(override ? [override.group, override.reviewers] : []),
  ];
  return [...new Set(named)];
}

/** `1 of security, 2 of release`. */
export function describeSeats(missing: readonly Quorum[]): string {
  return missing.map(({ group, count: n }) => `${n} of ${group}`).join(', ');
}

function describeGroups(policy: ApprovalPolicy): string {
  return policy.quorum.map(({ group }) => group).join(', ');
}

function accept(ledger: Ledger, text: string): Judgement {
  return { accepted: true, ledger, text };
}

function refuse(rule: RefusalRule, text: string): Judgement {
  return { accepted: false, rule, text };
}

function no(rule: RefusalRule, text: string): Refusal {
  return { rule, text };
}
