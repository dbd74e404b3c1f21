import { canonicalJson } from '../../../config/canonical-json.ts';
import { judge, openLedger, type Ledger } from '../../../workflows/approval/ledger.ts';
import type { DecisionClaims, RequestState, RequestView } from '../../../workflows/approval/messages.ts';
import { toRequestView } from '../../../workflows/approval/view.ts';
import type { BundleRequest } from './bundle.ts';
import type { JudgedDecision } from './check-decisions.ts';

/** What somebody was told of a request at one point of the history; a write tells that it was committed. */
export interface Told {
  readonly what: string;
  readonly eventId: number;
  readonly state: RequestState;
  readonly said: Said;
  /** Event until which an earlier message was on its way: so long this one may have waited to say what was true already. */
  readonly busyUntil: number;
  readonly deadline: string | null;
}

/** The part of a view that decisions alone make. */
export type Said = Pick<RequestView, 'decisions' | 'missing' | 'overridden'>;

export interface Place {
  /** Index of the next decision. */
  readonly next: number;
  readonly ledger: Ledger;
  readonly rejectedBy: DecisionClaims | null;
  /** Committed, expired or void, which no decision makes: nothing counts from here on. */
  readonly closed: boolean;
}

export interface Mismatch {
  readonly told: Told;
  /** How the request stands by its decisions. */
  readonly stands: string;
}

/**
 * Folds the decisions of a request again, by the very rules of the run, and finds for each thing that was told the decisions
 * that make it true. All that were verified before must be among them. Only three are left to the run: it may have refused what
 * was said after a deadline that was shown, and a break-glass (it looks for overdue reviews first, while others wait); and what
 * came after it had closed the request.
 * @returns the first that the decisions do not make true
 */
export function findMismatch(
  request: BundleRequest,
  judged: readonly JudgedDecision[],
  told: readonly Told[],
): Mismatch | undefined {
  let places: readonly Place[] = [start(request)];
  let deadline = Infinity;
  for (const one of told) {
    if (one.deadline !== null) deadline = Math.min(deadline, Date.parse(one.deadline));
    const due = judged.filter(({ eventId }) => eventId < one.eventId);
    const reached = advance(places, due, { told: one, deadline });
    const fitting = reached.filter((place) => isTold(place, one));
    if (fitting.length === 0) return { told: one, stands: describe(farthest(reached)) };
    places = fitting.map((place) => ({ ...place, closed: place.closed || isClosedByRun(one.state) }));
  }
  return undefined;
}

export function start({ request_id, evidence, evidence_digest, policy }: BundleRequest): Place {
  const { requester, authors, changers } = evidence;
  const ledger = openLedger({
    ...{ requestId: request_id, evidenceDigest: evidence_digest, policy },
    people: { requester, authors, changers },
    counts: evidence.kind === 'freeze-override' ? 'override' : 'approve',
    choices: (evidence.choices ?? []).map(({ id }) => id),
  });
  return { next: 0, ledger, rejectedBy: null, closed: false };
}

interface Circumstances {
  readonly told: Told;
  /** ms since 1970: the earliest that was shown so far. */
  readonly deadline: number;
}

/** Every place that the run may have come to; equal ones are one. */
function advance(from: readonly Place[], due: readonly JudgedDecision[], now: Circumstances): Place[] {
  const reached = new Map<string, Place>();
  const seen = new Set<string>();
  const open = [...from];
  for (let place = open.pop(); place; place = open.pop()) {
    const key = keyOf(place);
    if (seen.has(key)) continue;
    seen.add(key);
    const decision = due[place.next];
    if (!decision || place.closed || mayStop(place, decision, due, now.told)) reached.set(key, place);
    if (decision && !place.closed) open.push(...take(place, decision.claims, now.deadline));
  }
  return [...reached.values()];
}

export function take(place: Place, claims: DecisionClaims, deadline = Infinity): Place[] {
  const judgement = judge(place.ledger, claims);
  const next = place.next + 1;
  const refused = { ...place, next };
  if (!judgement.accepted) return [refused];
  const rejectedBy = claims.verb === 'reject' ? claims : place.rejectedBy;
  const accepted = { ...place, next, ledger: judgement.ledger, rejectedBy };
  const isLate = place.ledger.status === 'open' && claims.iat * 1000 > deadline;
  return isLate || breaksGlass(place, claims) ? [accepted, refused] : [accepted];
}

function mayStop(
  place: Place,
  decision: JudgedDecision,
  due: readonly JudgedDecision[],
  told: Told,
): boolean {
  if (isClosedByRun(told.state) && decision.eventId < told.busyUntil) return true;
  const before = due[place.next - 1];
  return breaksGlass(place, decision.claims) || (before !== undefined && breaksGlass(place, before.claims));
}

function breaksGlass({ ledger }: Place, { verb }: DecisionClaims): boolean {
  return verb === 'override' && ledger.counts === 'approve';
}

function isClosedByRun(state: RequestState): boolean {
  return state === 'committed' || state === 'expired' || state === 'void';
}

const standings: Readonly<Record<RequestState, readonly Ledger['status'][]>> = {
  // the answer to a question comes from the ticket, not from a decision
  open: ['open', 'info-requested'],
  'info-requested': ['info-requested'],
  approved: ['approved'],
  committed: ['approved'],
  rejected: ['rejected'],
  expired: ['open', 'info-requested'],
  void: ['open', 'info-requested', 'approved'],
};

function isTold(place: Place, { state, said }: Told): boolean {
  return (
    standings[state].includes(place.ledger.status) && canonicalJson(saidOf(place)) === canonicalJson(said)
  );
}

export function saidOf({ ledger, rejectedBy }: Pick<Place, 'ledger' | 'rejectedBy'>): Said {
  const { decisions, missing, overridden } = toRequestView(ledger, {
    ...{ workflowId: '', key: '', runLink: '', openedAt: '', deadlineMs: null, refusals: 0, note: null },
    // they are not part of what is compared
    evidence: undefined as never,
    ...{ revocable: null, rejectedBy },
  });
  return { decisions, missing, overridden };
}

function farthest(places: readonly Place[]): Place | undefined {
  return places.toSorted((one, other) => other.next - one.next)[0];
}

function keyOf({ next, ledger, closed }: Place): string {
  const { status, counted, overriddenBy } = ledger;
  return canonicalJson([next, closed, status, counted.map(({ jti }) => jti), overriddenBy?.jti ?? null]);
}

function describe(place: Place | undefined): string {
  return place ? describeSaid(place.ledger.status, saidOf(place)) : 'nothing of the kind';
}

/** `approved by sue, lee`. */
export function describeSaid(state: string, { decisions }: Pick<Said, 'decisions'>): string {
  const by = decisions.map(({ verb, principal }) =>
    verb === 'approve' ? principal : `${principal} (${verb})`,
  );
  return by.length === 0 ? `${state}, decided by nobody` : `${state}, decided by ${by.join(', ')}`;
}
