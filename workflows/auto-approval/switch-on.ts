import { isCancellation, log, sleep } from '@temporalio/workflow';
import type { ApprovalRequest, Approvals, Question } from '../approval/approvals.ts';
import type { ApprovalPolicy, Grant } from '../approval/messages.ts';
import { failureMessage } from '../shared/failures.ts';
import type { SwitchedOff } from './messages.ts';

const askAgainMs = 10 * 60 * 1000;

export interface SwitchOnOptions {
  readonly approvals: Pick<Approvals, 'ask'>;
  readonly runId: string;
  readonly runLink: string;
  /** What is asked about now; null: it is on, or this run ends. */
  readonly current: () => SwitchedOff | null;
  /** By this worker's own policy and keys. */
  readonly judge: (off: SwitchedOff, grant: Grant) => Promise<Judgement>;
  readonly onSwitchedOn: (by: readonly string[]) => void;
  /** The rules that hold now, when they are others than those it was asked under. */
  readonly onOtherRules: (approval: ApprovalPolicy) => void;
  /** Why nobody could be asked; `` when they could. */
  readonly onTrouble: (text: string) => void;
}

export interface Judgement {
  /** Null: it may be switched on. */
  readonly objection: string | null;
  readonly approval: ApprovalPolicy | null;
}

export interface SwitchOn {
  /** One request for as long as it is off: asked again when it was rejected or has expired. */
  begin(): void;
  /** What people were shown is not all of it any more. */
  void(reason: string): void;
}

/** The question whether auto-approval may be switched on again. */
export function createSwitchOn(options: SwitchOnOptions): SwitchOn {
  const { approvals, current } = options;
  let open: ApprovalRequest | undefined;
  let asking = false;
  let asked = 0;

  async function keepAsking() {
    let silent = false;
    for (let off = current(); off; off = current())
      try {
        silent = await askOnce(off, silent);
        options.onTrouble('');
      } catch (error) {
        if (isCancellation(error)) throw error;
        log.error('no request to switch auto-approval on', { reason: failureMessage(error) });
        options.onTrouble(failureMessage(error));
        await sleep(askAgainMs, { summary: 'ask again' });
      }
    asking = false;
  }

  /** @returns whether the next request is silent: who has said no is not asked again, but may think again */
  async function askOnce(off: SwitchedOff, silent: boolean): Promise<boolean> {
    const request = await approvals.ask(toQuestion(off, silent));
    open = request;
    if (current() !== off) request.void('it had changed before this was asked');
    try {
      return await follow(request, off);
    } finally {
      if (open === request) open = undefined;
    }
  }

  async function follow(request: ApprovalRequest, off: SwitchedOff): Promise<boolean> {
    for (;;) {
      const settlement = await request.settled();
      if (settlement.outcome !== 'approved') return settlement.outcome === 'rejected';
      // a revoke that was on its way comes first: then it is settled anew
      const committed = await request.commit();
      if (!committed) continue;
      const { objection, approval } = await options.judge(off, committed.grant);
      if (objection === null && current() === off) {
        request.note('automatic approval is on again');
        options.onSwitchedOn(committed.approvers);
      } else {
        request.note(`not switched on: ${objection ?? 'it has changed meanwhile'}`);
        if (approval) options.onOtherRules(approval);
      }
      return false;
    }
  }

  function toQuestion({ by, reason, since, approval }: SwitchedOff, silent: boolean): Question {
    asked += 1;
    const reasons = reason.split('\n');
    return {
      name: `switch-on-${asked}`,
      policy: approval,
      ticket: null,
      silent,
      evidence: {
        kind: 'auto-approval',
        title: 'Switch automatic approval of changes on again?',
        subject: { runId: options.runId, since, reasons },
        facts: [
          { label: 'Switched off by', value: by },
          { label: 'Since', value: since },
          ...reasons.map((value) => ({ label: 'Reason', value })),
        ],
        links: [{ label: 'Automatic approval', href: options.runLink }],
        // switching off is free: whoever did so may help to switch it on
        requester: null,
        authors: [],
        changers: [],
      },
    };
  }

  return {
    begin() {
      if (asking) return;
      asking = true;
      // everything but the end of the run was shown, and is tried again
      keepAsking().catch(() => undefined);
    },
    void: (reason) => open?.void(reason),
  };
}
