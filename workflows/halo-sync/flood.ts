import type { ApprovalRequest, Approvals, Question, Settlement } from '../approval/approvals.ts';
import { choiceOf, floodChoices } from './flood-choice.ts';
import type { FindingPolicy, FloodChoice, RunningPass } from './messages.ts';

export interface FloodFacts {
  readonly policy: FindingPolicy;
  readonly flood: NonNullable<FindingPolicy['flood']>;
  readonly running: RunningPass;
  /** New findings of the page that was not written. */
  readonly flooded: number;
  readonly runId: string;
  readonly runLink: string;
}

/** `again`: it was void, so that nobody has said anything; the page comes again, and with it the question. */
export type FloodAnswer = FloodChoice | 'again' | null;

export interface FloodQuestions {
  /** Waits until people have decided. @returns null: nobody has, in time */
  ask(facts: FloodFacts): Promise<FloodAnswer>;
  /** The open question is asked again elsewhere. */
  void(reason: string): void;
}

/** What is asked when a pass would create more tickets than its policy allows without a word. */
export function createFloodQuestions(approvals: Pick<Approvals, 'ask'>): FloodQuestions {
  let open: ApprovalRequest | undefined;
  let asked = 0;

  /** A revoke that was on its way comes first: then it is settled anew. */
  async function settle(request: ApprovalRequest): Promise<Settlement> {
    for (;;) {
      const settlement = await request.settled();
      if (settlement.outcome !== 'approved' || (await request.commit())) return settlement;
    }
  }

  return {
    async ask(facts) {
      asked += 1;
      const request = await approvals.ask(toFloodQuestion(`flood-${asked}`, facts));
      open = request;
      try {
        const settlement = await settle(request);
        return settlement.outcome === 'void' ? 'again' : choiceOf(settlement);
      } finally {
        open = undefined;
      }
    },
    void: (reason) => open?.void(reason),
  };
}

/** Numbers only: the findings themselves are in Halo, and their texts come from outside. */
export function toFloodQuestion(name: string, facts: FloodFacts): Question {
  const { policy, flood, running, flooded, runId, runLink } = facts;
  const { request, report, createdSoFar, since } = running;
  const { source, site } = policy;
  return {
    name,
    policy: flood.approval,
    ticket: null,
    evidence: {
      kind: 'finding-flood',
      title: `Create more than ${flood.limit} tickets for findings of ${source}?`,
      subject: {
        ...{ runId, source, site, requestId: request.requestId, kind: request.kind },
        ...{ limit: flood.limit, created: createdSoFar, flooded },
      },
      facts: [
        { label: 'Source', value: source },
        {
          label: 'Pass',
          value: `${request.kind}, ${since === null ? 'everything' : `changed since ${since}`}`,
        },
        { label: 'Limit of new tickets in a pass', value: String(flood.limit) },
        { label: 'Created so far', value: String(createdSoFar) },
        { label: 'New findings that wait', value: `at least ${flooded}` },
        { label: 'Read so far', value: String(report.counts.listed) },
        { label: 'Create all', value: 'each gets a ticket' },
        { label: 'Group them', value: `a ticket for each value of ${flood.groupBy}` },
        {
          label: 'Drop them',
          value:
            'those first seen until now get none, and so when it is rejected; a backfill takes them up again',
        },
      ],
      links: [{ label: 'Sync of findings', href: runLink }],
      requester: null,
      authors: [],
      changers: [],
      choices: floodChoices,
    },
  };
}
