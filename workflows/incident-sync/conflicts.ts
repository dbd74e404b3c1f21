import { isCancellation, log } from '@temporalio/workflow';
import type { ApprovalRequest, Approvals, Question, Settlement } from '../approval/approvals.ts';
import { failureMessage } from '../shared/failures.ts';
import type { ConflictAnswer, IncidentPolicy } from './messages.ts';
import type { FieldConflict } from './steps.ts';

export interface ConflictFacts {
  readonly policy: IncidentPolicy;
  readonly caseId: string;
  readonly issueKey: string;
  readonly runId: string;
  readonly runLink: string;
}

export interface Conflicts {
  /** All that are open now: what is new is asked, what is not true any more is void. */
  see(open: readonly FieldConflict[], facts: ConflictFacts): void;
  isOpen(): boolean;
  voidAll(reason: string): void;
}

interface Asked {
  readonly conflict: FieldConflict;
  request: ApprovalRequest | undefined;
  isOver: boolean;
}

/** What people choose from; `evidence.choices` of the question. */
const choices = [
  { id: 'case', label: 'Keep the case’s' },
  { id: 'issue', label: 'Keep Jira’s' },
] as const;

const isSame = (one: FieldConflict, other: FieldConflict) =>
  one.key === other.key && one.case === other.case && one.issue === other.issue;

/** One question for each field that both sides changed and whose conflicts are asked about. */
export function createConflicts(options: {
  readonly approvals: Pick<Approvals, 'ask'>;
  readonly onAnswer: (conflict: FieldConflict, choice: ConflictAnswer['choice']) => void;
}): Conflicts {
  let open: readonly Asked[] = [];
  let count = 0;

  async function ask(asked: Asked, question: Question) {
    const request = await options.approvals.ask(question);
    asked.request = request;
    if (asked.isOver) request.void('the values have changed since');
    const settlement = await settle(request);
    forget(asked);
    if (settlement.outcome !== 'void') options.onAnswer(asked.conflict, choiceOf(settlement));
  }

  function forget(asked: Asked) {
    open = open.filter((one) => one !== asked);
  }

  function end(asked: Asked, reason: string) {
    asked.isOver = true;
    asked.request?.void(reason);
    forget(asked);
  }

  return {
    see(conflicts, facts) {
      for (const asked of open)
        if (!conflicts.some((one) => isSame(one, asked.conflict)))
          end(asked, 'the values have changed since');
      const { conflictApproval } = facts.policy;
      if (!conflictApproval) return;
      for (const conflict of conflicts) {
        if (open.some((asked) => isSame(asked.conflict, conflict))) continue;
        count += 1;
        const asked: Asked = { conflict, request: undefined, isOver: false };
        open = [...open, asked];
        ask(asked, toQuestion(`conflict-${count}`, conflict, facts, conflictApproval)).catch(
          (error: unknown) => {
            forget(asked);
            if (isCancellation(error)) return;
            // asked again by the next look at both sides
            log.error('no question about a conflict', { key: conflict.key, reason: failureMessage(error) });
          },
        );
      }
    },
    isOpen: () => open.length > 0,
    voidAll(reason) {
      for (const asked of open) end(asked, reason);
    },
  };
}

/** A revoke that was on its way comes first: then it is settled anew. */
async function settle(request: ApprovalRequest): Promise<Settlement> {
  for (;;) {
    const settlement = await request.settled();
    if (settlement.outcome !== 'approved' || (await request.commit())) return settlement;
  }
}

/** Who rejects the question, or lets it lie, leaves both as they are. An override approves without a choice: AWS is the source. */
function choiceOf(settlement: Settlement): ConflictAnswer['choice'] {
  if (settlement.outcome !== 'approved') return 'none';
  return choices.find(({ id }) => id === settlement.choice)?.id ?? 'case';
}

/** The values themselves are not shown: they would stay in a history, and in Slack. Both are a click away. */
function toQuestion(
  name: string,
  { key, ...hashes }: FieldConflict,
  facts: ConflictFacts,
  policy: Question['policy'],
): Question {
  const { caseId, issueKey, runId, runLink } = facts;
  const { connection, issueLinkBase } = facts.policy;
  return {
    name,
    policy,
    ticket: null,
    evidence: {
      kind: 'incident-conflict',
      title: `${issueKey} and AWS case ${caseId} differ in ${key.split('=')[0] ?? key}: which one counts?`,
      subject: { runId, connection, caseId, issueKey, field: key, ...hashes },
      facts: [
        { label: 'Field', value: key },
        { label: 'Why it is asked', value: 'both sides changed it since they last agreed' },
        { label: 'The value that loses', value: 'is kept in a comment on the issue' },
        { label: 'When it is rejected', value: 'both stay as they are until one of them changes' },
      ],
      links: [
        { label: issueKey, href: `${issueLinkBase}${issueKey}` },
        { label: 'Sync of this incident', href: runLink },
      ],
      requester: null,
      authors: [],
      changers: [],
      choices,
    },
  };
}
