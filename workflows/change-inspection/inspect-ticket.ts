import type { Approvals, ApprovalRequest, Settlement } from '../approval/approvals.ts';
import type { AutoApproved, InspectedTicket, InspectionPolicy } from './messages.ts';
import {
  projectOf,
  toFinding,
  toInspectionEvidence,
  toOverdueComment,
  toResultComment,
  toSwitchOffReason,
  type Finding,
  type InspectionRun,
} from './texts.ts';

/** What one inspection does to the world. Each is repeated until it is done: a result must not get lost. */
export interface InspectionActs {
  /** Once per step. */
  comment(change: AutoApproved, step: string, body: ReturnType<typeof toOverdueComment>): Promise<void>;
  /** Once per change. @returns the key of the ticket */
  report(change: AutoApproved, finding: Finding & { readonly project: string }): Promise<string>;
  switchOff(reason: string, by: string): Promise<void>;
  escalate(change: AutoApproved, nth: number): Promise<void>;
  /** Shown to whoever asks from now on. */
  update(known: InspectedTicket): void;
}

export interface InspectOptions {
  readonly approvals: Pick<Approvals, 'ask'>;
  readonly policy: InspectionPolicy;
  readonly run: InspectionRun;
  readonly acts: InspectionActs;
  /** Repeats until it is done, and shows what it waits for. */
  readonly insist: <T>(system: string, act: () => Promise<T>) => Promise<T>;
  readonly now: () => number;
}

/** One sampled ticket: asked until somebody has inspected it; what he found is written down and acted on. */
export async function inspectTicket(change: AutoApproved, options: InspectOptions): Promise<InspectedTicket> {
  const { acts, run } = options;
  let known = openTicket(change.ticket);
  for (let nth = 1; ; nth += 1) {
    const { request, settlement } = await ask(change, nth, options);
    const at = new Date(options.now()).toISOString();
    if (settlement.outcome === 'approved') {
      known = { ...known, result: 'passed', inspector: settlement.approvers.join(', '), at };
      acts.update(known);
      await acts.comment(change, 'passed', toResultComment(run.month, known, false));
      request.note('recorded: in order');
      return known;
    }
    if (settlement.outcome === 'rejected') {
      const { by, reason } = settlement;
      known = await reportFailure({ ...known, result: 'failed', inspector: by, reason, at }, change, options);
      request.note(`recorded: finding ${known.finding ?? ''}`);
      return known;
    }
    known = { ...known, result: 'overdue', at: known.at ?? at };
    acts.update(known);
    if (settlement.outcome !== 'expired') continue;
    await acts.comment(change, `overdue-${nth}`, toOverdueComment(run.month));
    await acts.escalate(change, nth);
  }
}

/** First what keeps the next deploy from going on unseen, then the ticket, then the word of it. */
async function reportFailure(
  failed: InspectedTicket,
  change: AutoApproved,
  { acts, policy, run }: InspectOptions,
): Promise<InspectedTicket> {
  acts.update(failed);
  if (policy.switchOff)
    await acts.switchOff(toSwitchOffReason(run.month, failed), failed.inspector ?? 'nobody');
  const finding = await acts.report(change, {
    ...toFinding(change, failed, run),
    project: projectOf(change.ticket),
  });
  const reported = { ...failed, finding };
  acts.update(reported);
  await acts.comment(change, 'failed', toResultComment(run.month, reported, policy.switchOff));
  return reported;
}

export function openTicket(ticket: string): InspectedTicket {
  return { ticket, result: 'open', inspector: null, reason: null, finding: null, at: null };
}

async function ask(
  change: AutoApproved,
  nth: number,
  { approvals, policy, run, insist }: InspectOptions,
): Promise<{ readonly request: ApprovalRequest; readonly settlement: Settlement }> {
  const request = await insist('decisions', () =>
    approvals.ask({
      name: `inspect-${change.ticket}-${nth}`,
      evidence: toInspectionEvidence(change, run),
      policy: policy.approval,
      ticket: { site: policy.site, issueId: change.issueId },
      revocable: 'until it is recorded',
    }),
  );
  for (;;) {
    const settlement = await request.settled();
    if (settlement.outcome !== 'approved') return { request, settlement };
    const committed = await request.commit();
    if (committed) return { request, settlement: committed };
  }
}
