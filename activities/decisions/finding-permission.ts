import type { ApprovalPolicy, Grant } from '../../workflows/approval/messages.ts';
import type { Ledger } from '../../workflows/approval/ledger.ts';
import { isWithin } from '../../workflows/finding-acceptance/request.ts';
import type { FindingTicket } from '../../workflows/halo-sync/ticket.ts';
import { failureType } from '../../workflows/shared/failures.ts';
import { findingAcceptanceId } from '../../workflows/shared/names.ts';
import { digestOf } from '../../config/canonical-json.ts';
import { idHash } from '../findings/hash.ts';
import { isGrant } from './grant-form.ts';
import { requireGrant, violation } from './grant.ts';
import type { KeySource } from './keys.ts';
import type { Execution } from './permission.ts';

const kind = 'finding-acceptance';
const name = 'the acceptance of the finding';

/** What is about to be written on a ticket, and what the comment that asked for it says. */
export interface AcceptanceWrite {
  readonly source: string;
  readonly findingId: string;
  readonly issueId: string;
  readonly commentId: string;
  /** ISO 8601 UTC. */
  readonly until: string;
  /** The comment's author, as this worker has read it. */
  readonly requester: string;
  /** ISO 8601 UTC. */
  readonly askedAt: string;
}

/** This worker's own rules about accepted risks. @returns undefined: nobody can accept there */
export type AcceptanceRules = (
  source: string,
) => { readonly approval: ApprovalPolicy; readonly maxDays: number } | undefined;

export interface FindingGuardOptions {
  readonly rulesOf: AcceptanceRules;
  readonly keys: KeySource;
  readonly namespace: string;
  /** ms since 1970 */
  readonly now: () => number;
}

/** @returns who approved · @throws PolicyViolation not allowed · Unavailable while that cannot be told */
export type CheckAcceptanceWrite = (
  write: AcceptanceWrite,
  grant: unknown,
  execution: Execution,
) => Promise<{ readonly approvers: readonly string[] }>;

const shown = ['source', 'findingId', 'issueId', 'commentId', 'until'] as const;

/** The guard of the one write that closes the ticket of a finding that is still there. */
export function createFindingGuard({
  rulesOf,
  keys,
  namespace,
  now,
}: FindingGuardOptions): CheckAcceptanceWrite {
  return async (write, grant, { workflowId, runId }) => {
    const { source, findingId, until, askedAt, requester } = write;
    if (workflowId !== findingAcceptanceId(source, idHash(findingId)))
      throw violation(`${workflowId} is not the workflow of this finding`);
    const rules = rulesOf(source);
    if (!rules) throw violation(`the risk of findings of ${source} cannot be accepted here`);
    const { ledger, subject } = await requireGrant(
      grant,
      { policy: rules.approval, kind, counts: 'approve', name },
      { keys, audience: `${namespace}/${workflowId}`, nowMs: now(), runId },
    );
    for (const field of shown)
      if (subject[field] !== write[field]) throw violation(`${name} is for another ${field}`);
    if (ledger.people.requester !== requester) throw violation(`${name} was asked for by somebody else`);
    if (!(Date.parse(until) > now())) throw violation(`${name} is over`);
    if (!isWithin(until, askedAt, rules.maxDays))
      throw violation(`${name} is for more than ${rules.maxDays} days`);
    return { approvers: approversOf(ledger) };
  };
}

function approversOf({ counted, overriddenBy }: Ledger): string[] {
  const decisions = overriddenBy ? [...counted, overriddenBy] : counted;
  return [
    ...new Set(
      decisions.flatMap(({ principal, actingFor }) => [principal, ...(actingFor ? [actingFor] : [])]),
    ),
  ];
}

export interface AcceptanceCheckOptions extends FindingGuardOptions {
  /** Whether this very run is still going on: it ends with what it guards. @throws Unavailable when nobody answers */
  readonly isRunning: (run: Execution) => Promise<boolean>;
}

/** Whether people really accepted the risk of this ticket's finding, and it has not ended. @throws Unavailable */
export type CheckAcceptance = (ticket: FindingTicket) => Promise<boolean>;

/** So long an answer is good, ms: a page asks about its tickets at once. */
const freshMs = 60_000;
const mostKnown = 10_000;

/**
 * The mark on a ticket is anybody's to write who may edit it, and a genuine grant may be put back after its end: so the signatures
 * are checked, and that the run which they were given to still keeps the time. Rules that have changed since do not end an
 * acceptance as long as those who approved would be enough today.
 */
export function createAcceptanceCheck(options: AcceptanceCheckOptions): CheckAcceptance {
  const known = new Map<string, { readonly at: number; readonly answer: Promise<boolean> }>();
  return (ticket) => {
    const { issueId, findingId, mark } = ticket;
    const key = digestOf({ issueId, findingId, source: mark?.source, accepted: mark?.accepted });
    const found = known.get(key);
    if (found && options.now() - found.at < freshMs) return found.answer;
    if (known.size >= mostKnown) known.clear();
    const answer = checkTicket(ticket, options);
    known.set(key, { at: options.now(), answer });
    answer.catch(() => known.delete(key));
    return answer;
  };
}

async function checkTicket(
  { issueId, findingId, mark }: FindingTicket,
  options: AcceptanceCheckOptions,
): Promise<boolean> {
  const { rulesOf, namespace, now, isRunning } = options;
  const { source = '', accepted } = mark ?? {};
  const rules = rulesOf(source);
  const workflowId = findingAcceptanceId(source, idHash(findingId));
  if (!accepted || !rules || accepted.acceptance !== workflowId || !isGrant(accepted.grant)) return false;
  const { subject } = accepted.grant.evidence;
  const isSame =
    subject['source'] === source && subject['findingId'] === findingId && subject['issueId'] === issueId;
  if (!isSame || !(Date.parse(accepted.until) <= Date.parse(String(subject['until'])))) return false;
  const { runId } = subject;
  const context = { audience: `${namespace}/${workflowId}`, nowMs: now(), runId };
  return (
    (await stands(accepted.grant, rules.approval, context, options.keys)) && isRunning({ workflowId, runId })
  );
}

async function stands(
  grant: Grant,
  own: ApprovalPolicy,
  context: { readonly audience: string; readonly nowMs: number; readonly runId: string },
  keys: KeySource,
): Promise<boolean> {
  if (grant.policy.name !== own.name) return false;
  const { digest: _, ...rules } = { ...own, version: grant.policy.version };
  const policy: ApprovalPolicy = { ...rules, digest: digestOf(rules) };
  // what this worker does not know now it never knew: the guard that let it be written did
  const unknown = { met: false };
  const find = async (kid: string) => {
    const key = await keys.find(kid);
    unknown.met ||= key === undefined;
    return key;
  };
  try {
    await requireGrant(
      { ...grant, policy },
      { policy, kind, counts: 'approve', name },
      { ...context, keys: { find } },
    );
    return true;
  } catch (error) {
    if (failureType(error) === 'PolicyViolation' || unknown.met) return false;
    throw error;
  }
}
