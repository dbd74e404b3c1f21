import type { VerifiedDecision } from '../../../workflows/approval/messages.ts';
import { claimedId } from '../../../workflows/approval/envelope-id.ts';
import { isRecord, text } from '../../../workflows/shared/guards.ts';
import type { BundleDecision } from './bundle.ts';
import type { RecordedRun } from './history.ts';

const longestEnvelope = 8 * 1024;

/** Every envelope in the order of its arrival, with what the run's worker made of it. */
export function collectDecisions(run: RecordedRun): BundleDecision[] {
  const arrived = [...signalled(run), ...attested(run)].sort((a, b) => a.event_id - b.event_id);
  const settled = new Map<BundleDecision, BundleDecision['verified']>();
  for (const verdict of readVerdicts(run)) {
    const { id, at, result } = verdict;
    const open = arrived.filter((one) => one.event_id < id && isOpen(settled.get(one)));
    const first = open.find((one) => fits(one, verdict, settled.has(one)));
    if (first) settled.set(first, { event_id: id, at, ...describe(result) });
  }
  return arrived.map((one) => ({ ...one, verified: settled.get(one) ?? null }));
}

function signalled({ signals }: RecordedRun): BundleDecision[] {
  return signals
    .filter(({ name }) => name === 'decide')
    .map(({ id, at, payload }) => {
      const found = isRecord(payload) ? payload['envelope'] : undefined;
      const envelope = typeof found === 'string' && found.length <= longestEnvelope ? found : null;
      return { event_id: id, at, source: 'signal', envelope, verified: null };
    });
}

/** Tickets are read again and again: as in the run, each answer counts where it came first. */
function attested({ activities }: RecordedRun): BundleDecision[] {
  const known = new Set<string>();
  const found: BundleDecision[] = [];
  const ended = activities.flatMap(({ type, end }) =>
    type === 'attestDecisions' && end?.state === 'done' ? [end] : [],
  );
  for (const { id, at, result } of ended.sort((a, b) => a.id - b.id))
    for (const envelope of listOf(result, 'envelopes')) {
      if (typeof envelope !== 'string' || known.has(claimedId(envelope) ?? envelope)) continue;
      known.add(claimedId(envelope) ?? envelope);
      found.push({ event_id: id, at, source: 'ticket', envelope, verified: null });
    }
  return found;
}

/** What Jira's queue saw on the ticket and did not attest; said once, as it was said first. */
export function collectIgnored({ activities }: RecordedRun) {
  const first = new Map<string, { event_id: number; at: string; comment_id: string; reason: string }>();
  for (const { type, end } of activities) {
    if (type !== 'attestDecisions' || end?.state !== 'done') continue;
    for (const one of listOf(end.result, 'ignored')) {
      const [comment_id, reason] = [text(one, 'commentId'), text(one, 'reason')];
      if (!comment_id || !reason || first.has(comment_id)) continue;
      first.set(comment_id, { event_id: end.id, at: end.at, comment_id, reason });
    }
  }
  return [...first.values()];
}

interface Verdict {
  readonly id: number;
  readonly at: string;
  readonly result: VerifiedDecision;
  /** Undefined: a steal's, whose answer has the envelope's id alone. */
  readonly envelope: unknown;
}

/** In the order in which the run heard them. */
function readVerdicts({ activities }: RecordedRun): Verdict[] {
  return activities
    .flatMap(({ type, input, end }) =>
      end?.state === 'done' ? toVerdicts(type, end, listOf(input, 'envelopes')) : [],
    )
    .sort((one, other) => one.id - other.id);
}

function toVerdicts(
  type: string,
  { id, at, result }: { readonly id: number; readonly at: string; readonly result: unknown },
  envelopes: readonly unknown[],
): Verdict[] {
  const answers =
    type === 'judgeSteal' && isRecord(result)
      ? [result['decision']]
      : type === 'verifyDecisions'
        ? result
        : [];
  if (!Array.isArray(answers)) return [];
  return (answers as readonly VerifiedDecision[]).map((one, index) => ({
    ...{ id, at, result: one, envelope: envelopes[index] },
  }));
}

/** A key that was not known is asked for again. */
function isOpen(verified: BundleDecision['verified'] | undefined): boolean {
  return !verified || verified.state === 'unknown-key';
}

/** Without its question, an answer names the decision by its id where it knows it, and else answers the first that has none yet. */
function fits(decision: BundleDecision, { result, envelope }: Verdict, asked: boolean): boolean {
  if (decision.envelope === null) return false;
  if (envelope !== undefined) return decision.envelope === envelope;
  const jti = result.state === 'valid' ? result.claims.jti : result.jti;
  return jti === null ? !asked : claimedId(decision.envelope) === jti;
}

function describe(result: VerifiedDecision) {
  return { state: result.state, rule: result.state === 'refused' ? result.rule : null };
}

function listOf(value: unknown, member: string): readonly unknown[] {
  const found = isRecord(value) ? value[member] : undefined;
  return Array.isArray(found) ? found : [];
}
