import { isStatus } from '../rounds.ts';
import type { JiraTransition } from '../schema.ts';
import {
  listTransitions,
  mayHaveMoved,
  noWay,
  readStatus,
  takeTransition,
  type Move,
} from '../transitions.ts';
import type { ChangeStatus } from './port.ts';
import { statusOf, type OpenChanges } from './scheme.ts';

/** The ways of the default scheme: only which way to go; whether it may be gone is what Jira lists. Into Approved goes `approveChange` alone. */
const ways: Readonly<Record<ChangeStatus, readonly ChangeStatus[]>> = {
  draft: ['waiting'],
  waiting: ['declined', 'canceled'],
  approved: ['manualReview', 'deploying'],
  manualReview: ['declined'],
  deploying: ['resolved', 'deployFailed'],
  resolved: ['closed'],
  deployFailed: ['waiting', 'canceled'],
  declined: [],
  canceled: [],
  closed: [],
};

/** A ticket that passes through Deploying says that a deploy was made: only towards the end of one. */
const endsOfDeploy: readonly ChangeStatus[] = ['resolved', 'closed', 'deployFailed'];
const mostHops = 6;

type Target = Exclude<ChangeStatus, 'approved'>;

/**
 * Being there already is success; each hop is a transition that Jira lists. A repeat after a lost answer goes on from where
 * the ticket is. Somebody who moves it meanwhile wins: from where he put it, the way is searched anew, or there is none.
 */
export async function moveChange(open: OpenChanges, issueId: string, to: Target): Promise<Move> {
  const target = open.scheme.statuses[to];
  const before = await readStatus(open, issueId);
  const { key } = before;
  let { status } = before;
  let changed = false;
  for (let hop = 0; hop < mostHops; hop += 1) {
    if (isStatus(target, status)) break;
    const listed = await listTransitions(open, issueId);
    const transition = chooseHop(open, listed, statusOf(open.scheme, status), to);
    if (!transition) throw noWay(key, status, target, listed);
    try {
      await takeTransition(open, { issueId, key, transition });
      changed = true;
      status = transition.to;
    } catch (error) {
      const now = mayHaveMoved(error) ? (await readStatus(open, issueId)).status : status;
      if (now.id === status.id) throw error;
      status = now;
    }
  }
  if (!isStatus(target, status)) throw noWay(key, status, target, []);
  return { changed, fromName: before.status.name, toName: status.name };
}

/** The listed transition that leads there, else the one that begins the shortest way. */
function chooseHop(
  { scheme }: OpenChanges,
  listed: readonly JiraTransition[],
  from: ChangeStatus | 'other',
  to: Target,
): JiraTransition | undefined {
  const leadsTo = (status: ChangeStatus) => listed.find((one) => isStatus(scheme.statuses[status], one.to));
  const direct = leadsTo(to);
  if (direct || from === 'other') return direct;
  const steps = ways[from]
    .filter((next) => mayPass(next, to) && leadsTo(next))
    .map((next) => ({ next, length: lengthOf(next, to) }))
    .filter(({ length }) => Number.isFinite(length))
    .toSorted((a, b) => a.length - b.length);
  return steps[0] && leadsTo(steps[0].next);
}

function mayPass(status: ChangeStatus, to: Target): boolean {
  return status !== 'approved' && (status !== 'deploying' || endsOfDeploy.includes(to));
}

/** Hops from one status to another by the default scheme; Infinity: no way. */
function lengthOf(from: ChangeStatus, to: Target): number {
  let reached: ChangeStatus[] = [from];
  for (let length = 0; length < mostHops && reached.length > 0; length += 1) {
    if (reached.includes(to)) return length;
    reached = reached.flatMap((status) => ways[status]).filter((next) => next === to || mayPass(next, to));
  }
  return Infinity;
}
