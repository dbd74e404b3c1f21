import {
  allHandlersFinished,
  condition,
  defineQuery,
  defineSignal,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ApprovalRequest, Question, Settlement } from '../../workflows/approval/approvals.ts';
import { createApprovals } from '../../workflows/approval/create-approvals.ts';
import { stepKey } from '../../workflows/shared/names.ts';
import { createPatience } from '../../workflows/shared/patience.ts';

export { overrideReview } from '../../workflows/approval/override-review.ts';

export interface AskInput {
  readonly questions: readonly Question[];
  /** Goes on after it was settled, until the order `end`. */
  readonly stays?: boolean;
}

export type Order = 'commit' | 'void' | 'note' | 'answered' | 'ticket-changed' | 'end';
const order = defineSignal<[Order]>('order');

export interface AskState {
  /** What the run waited for, one line a change: code and deadline. */
  readonly waits: readonly string[];
  /** Each answer of `settled` and `commit` of the first question. */
  readonly outcomes: readonly string[];
}
const state = defineQuery<AskState>('state');

export interface AskResult extends AskState {
  readonly settlements: readonly (Settlement | undefined)[];
}

/** A run that does nothing but ask people: for tests of the decision piece. */
export async function askPeople({ questions, stays = false }: AskInput): Promise<AskResult> {
  const { workflowId } = workflowInfo();
  const waits: string[] = [];
  const outcomes: string[] = [];
  const asked: ApprovalRequest[] = [];
  let ended = !stays;
  const waitFor = (code: string, dueBy?: string) => void waits.push(`${code} ${dueBy ?? ''}`.trim());
  const approvals = createApprovals({
    patience: createPatience((code) => waitFor(code)),
    key: (step) => stepKey(workflowId, '0', step),
    runLink: `http://ui.example/${workflowId}`,
    waitFor,
  });
  setHandler(state, () => ({ waits, outcomes }));
  setHandler(order, async (what) => {
    const [first] = asked;
    if (what === 'ticket-changed') approvals.ticketChanged();
    if (what === 'void') first?.void('production has changed');
    if (what === 'note') first?.note('published to 3 accounts');
    if (what === 'answered') first?.answered();
    if (what === 'end') ended = true;
    if (what === 'commit') outcomes.push(`commit: ${(await first?.commit())?.outcome ?? 'no'}`);
  });

  for (const question of questions) asked.push(await approvals.ask(question));
  const all = Promise.all(asked.map((request) => request.settled()));
  watch(asked[0]).catch(() => undefined);
  await all;
  await condition(() => ended);
  await condition(allHandlersFinished);
  const settlements = asked.map((request) => request.settlement());
  await approvals.shown(60 * 60_000);
  return { waits, outcomes, settlements };

  async function watch(request: ApprovalRequest | undefined) {
    while (request) {
      const { outcome } = await request.settled();
      outcomes.push(outcome);
      await condition(() => request.settlement()?.outcome !== outcome);
    }
  }
}
