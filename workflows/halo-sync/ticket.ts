/** A finding's ticket as Jira's search gives it, equality of the id field re-checked. */
export interface FindingTicket {
  readonly issueId: string;
  readonly key: string;
  readonly project: string;
  readonly findingId: string;
  readonly statusName: string;
  /** Category of the status is done. */
  readonly isDone: boolean;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  /** When the status category changed last; null: unknown. */
  readonly movedAt: string | null;
  /** Our account created it and its entity property is ours. Others were made by hand or by the old tool: adopted. */
  readonly isOurs: boolean;
  /** Jira's due date, `yyyy-MM-dd`: ours, or what a person made of it; null or left out: none. */
  readonly dueDate?: string | null;
  /** What we left there at the last write; null: never written by us. */
  readonly mark: TicketMark | null;
}

/** The member `finding` of the entity property `lockkeeper` on a finding's ticket: what makes a quiet run quiet. */
export interface TicketMark {
  readonly source: string;
  readonly findingId: string;
  readonly contentHash: string;
  /** Hash of `Finding.latest`: a finding is commented once. */
  readonly latestHash: string | null;
  /** How we left it. Open by us and done now: a human closed it. */
  readonly left: 'open' | 'closed';
  /** How often it was reopened, for flap damping. */
  readonly reopened: number;
  /** ISO 8601 UTC of our last write. */
  readonly at: string;
  /** The due date that we wrote, `yyyy-MM-dd`: people's own stays until ours changes. */
  readonly due?: string;
  /** What was reminded of last. A due date that was moved begins anew. */
  readonly reminded?: { readonly due: string; readonly percent: number };
  /** Of a group: what its members have in common. */
  readonly title?: string;
  /** An accepted risk. Anybody who may edit the ticket can write this: it counts for as long as its grant verifies. */
  readonly accepted?: AcceptedRisk;
}

export interface AcceptedRisk {
  /** ISO 8601 UTC. */
  readonly until: string;
  /** Id of the workflow that asked people and keeps the time. */
  readonly acceptance: string;
  /** A `Grant` when we wrote it; as Jira gives it back. None: nobody accepted anything. */
  readonly grant?: unknown;
}

/** What is to be done for one finding: decided by `decide.ts`, done by the page activity. */
export type Action =
  | { readonly do: 'nothing'; readonly why: NothingReason }
  /** `after`: the hard-closed ticket that the new one is linked to. */
  | { readonly do: 'create'; readonly after: FindingTicket | null }
  /** Resolved and never recorded: created and closed at once, for tracking (H-20). */
  | { readonly do: 'create-closed' }
  | {
      readonly do: 'update';
      readonly ticket: FindingTicket;
      /** Its latest finding is news: a comment. */
      readonly comment: boolean;
      /** Mapped fields that we wrote are written anew. */
      readonly fields: boolean;
    }
  | { readonly do: 'close'; readonly ticket: FindingTicket; readonly reason: 'resolved' | 'missing' | 'twin' }
  | {
      readonly do: 'reopen';
      readonly ticket: FindingTicket;
      readonly reason: 'active-again' | 'closed-too-early' | 'acceptance-ended';
      /** False: it flaps, and is moved without a word. */
      readonly comment: boolean;
    };

export type NothingReason =
  | 'unchanged'
  | 'closed-already'
  | 'hard-closed'
  | 'accepted'
  | 'never-recorded'
  | 'damped'
  | 'grace'
  | 'closed-by-human'
  | 'unsupported-type'
  | 'not-critical'
  | 'excluded'
  | 'dropped'
  | 'unrouted';
