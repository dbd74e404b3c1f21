import { condition } from '@temporalio/workflow';
import type { ApprovalRequest, Approvals, Settlement } from '../approval/approvals.ts';
import { peopleGroup } from '../approval/listed-people.ts';
import { peopleOf, toAfterwards, toQuestion, type Batch } from './finding-texts.ts';
import type { Explanation, SecretOrder } from './messages.ts';

export interface InquiryParts {
  readonly approvals: Approvals;
  readonly order: SecretOrder;
  readonly run: { readonly runId: string; readonly runLink: string };
  /** An approval was found for the change after all. */
  readonly isCleared: (eventId: string) => boolean;
}

/** One finding: its changes and its ticket. */
export interface FindingCase {
  readonly batch: Batch;
  readonly issueId: string;
  /** Key. */
  readonly ticket: string;
}

/** Asks people about a finding. Null: approvals were found meanwhile, and there is nothing to ask any more. */
export interface Inquiry {
  /** “Was this you?”, to whoever did it and whoever answers for the secrets. */
  wasThisYou(finding: FindingCase): Promise<Explanation | null>;
  /** People who did not do it approve afterwards, or do not. */
  approveAfterwards(finding: FindingCase, said: Explanation): Promise<Explanation | null>;
}

export function createInquiry({ approvals, order, run, isCleared }: InquiryParts): Inquiry {
  return {
    async wasThisYou({ batch, issueId, ticket }) {
      const people = peopleOf(batch);
      // nobody is known whom it could be
      if (people.length === 0) return explain('unanswered', ticket);
      const question = await approvals.ask({
        name: `was-this-you-${batch.nth}`,
        evidence: toQuestion(batch, run),
        // whoever is asked answers for himself: the quorum is these people
        policy: { ...order.question, exclude: [], quorum: [{ group: peopleGroup(people), count: 1 }] },
        ticket: { site: order.site, issueId },
      });
      return answerOf(question, { batch, ticket, yes: 'me', no: 'not-me' });
    },
    async approveAfterwards({ batch, issueId, ticket }, said) {
      const question = await approvals.ask({
        name: `afterwards-${batch.nth}`,
        evidence: toAfterwards(batch, said, run),
        policy: order.approval,
        ticket: { site: order.site, issueId },
      });
      return answerOf(question, { batch, ticket, yes: 'approved-afterwards', no: 'rejected-afterwards' });
    },
  };

  async function answerOf(
    question: ApprovalRequest,
    { batch, ticket, yes, no }: Answers,
  ): Promise<Explanation | null> {
    const settled = await settle(question, batch);
    if (!settled) return null;
    if (settled.outcome === 'rejected') return explain(no, ticket, settled.by, settled.reason);
    if (settled.outcome !== 'approved') return explain('unanswered', ticket);
    await question.commit();
    return explain(yes, ticket, settled.approvers.join(', '), question.reasons());
  }

  async function settle(question: ApprovalRequest, { changes }: Batch): Promise<Settlement | null> {
    const allCleared = () => changes.every(({ eventId }) => isCleared(eventId));
    const found = await Promise.race([question.settled(), condition(allCleared).then(() => undefined)]);
    if (found) return found;
    question.void('an approval was found');
    return null;
  }
}

interface Answers {
  readonly batch: Batch;
  readonly ticket: string;
  readonly yes: Explanation['kind'];
  readonly no: Explanation['kind'];
}

function explain(
  kind: Explanation['kind'],
  finding: string,
  by: string | null = null,
  said = '',
): Explanation {
  return { kind, by, at: new Date(Date.now()).toISOString(), text: said.slice(0, 500), finding };
}
