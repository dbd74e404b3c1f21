import { isCancellation, log, sleep } from '@temporalio/workflow';
import type { ApprovalRequest, Approvals, Question } from '../approval/approvals.ts';
import type { ApprovalPolicy, Grant } from '../approval/messages.ts';
import { failureMessage } from '../shared/failures.ts';
import type { Hold } from './messages.ts';

const askAgainMs = 10 * 60 * 1000;

export interface LiftOptions {
  readonly approvals: Pick<Approvals, 'ask'>;
  readonly policy: () => ApprovalPolicy;
  readonly runId: string;
  readonly runLink: string;
  readonly stands: (id: string) => boolean;
  /** This worker's own check of the policy and of every envelope. @returns why it may not be lifted; null: it may */
  readonly findObjection: (hold: Hold, grant: Grant) => Promise<string | null>;
  readonly onLifted: (hold: Hold) => void;
  /** Why a request could not be asked; `` when it could. */
  readonly onTrouble: (text: string) => void;
}

export interface Lifts {
  /** One request for as long as the hold stands: asked again when it was rejected or has expired, or its rules have changed. */
  begin(hold: Hold): void;
  /** The hold has ended by itself, or its request is to be asked anew. */
  void(id: string, reason: string): void;
  voidAll(reason: string): void;
}

/** The requests that lift the holds. */
export function createLifts(options: LiftOptions): Lifts {
  const { approvals, stands } = options;
  const open = new Map<string, ApprovalRequest>();
  let asked = 0;

  async function keepAsking(hold: Hold) {
    let silent = false;
    while (stands(hold.id))
      try {
        silent = await askOnce(hold, silent);
        options.onTrouble('');
      } catch (error) {
        if (isCancellation(error)) return;
        log.error('no request to lift a hold', { hold: hold.id, reason: failureMessage(error) });
        options.onTrouble(failureMessage(error));
        await sleep(askAgainMs, { summary: 'ask again' });
      }
  }

  /** @returns whether the next request is silent: who has said no is not asked again, but may think again */
  async function askOnce(hold: Hold, silent: boolean): Promise<boolean> {
    const request = await approvals.ask(toQuestion(hold, silent));
    open.set(hold.id, request);
    if (!stands(hold.id)) request.void('the freeze had ended before this was asked');
    try {
      const settlement = await request.settled();
      if (settlement.outcome === 'approved') await lift(hold, request);
      return settlement.outcome === 'rejected';
    } finally {
      if (open.get(hold.id) === request) open.delete(hold.id);
    }
  }

  async function lift(hold: Hold, request: ApprovalRequest) {
    // a revoke that was on its way comes first: then it is settled anew
    const committed = await request.commit();
    if (!committed) return;
    const objection = await options.findObjection(hold, committed.grant);
    if (objection !== null) return request.note(`not lifted: ${objection}`);
    request.note('the freeze is lifted');
    options.onLifted(hold);
  }

  function toQuestion(hold: Hold, silent: boolean): Question {
    asked += 1;
    const { id, kind, source, reason, since, until } = hold;
    return {
      name: `lift-${asked}`,
      policy: options.policy(),
      ticket: null,
      silent,
      evidence: {
        kind: 'freeze-hold',
        title: `Lift the freeze by ${source}?`,
        subject: { runId: options.runId, holdId: id },
        facts: [
          { label: 'Reason', value: reason },
          { label: 'Since', value: since },
          { label: 'Ends by itself', value: until ?? 'never' },
        ],
        links: [{ label: 'Freeze', href: options.runLink }],
        // an incident asks nobody for anything: whoever the policy names may lift its hold
        requester: kind === 'person' ? source : null,
        authors: [],
        changers: [],
      },
    };
  }

  return {
    begin(hold) {
      // everything else was shown, and is tried again
      keepAsking(hold).catch(() => undefined);
    },
    void(id, reason) {
      open.get(id)?.void(reason);
      open.delete(id);
    },
    voidAll(reason) {
      for (const request of open.values()) request.void(reason);
    },
  };
}
