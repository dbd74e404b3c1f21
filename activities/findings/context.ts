import type { PageInput } from '../../workflows/halo-sync/messages.ts';
import type { FindingTicket, TicketMark } from '../../workflows/halo-sync/ticket.ts';
import type { Finding } from '../../workflows/halo-sync/finding.ts';
import { failureType, type FailureType } from '../../workflows/shared/failures.ts';
import { CancelledFailure } from '@temporalio/activity';
import type { FindingTickets } from '../jira/findings/port.ts';
import { latestHashOf } from './hash.ts';
import type { Seen } from './seen.ts';
import type { FindingSource } from './source.ts';
import type { Tally } from './tally.ts';

/** Everything that the parts of one page share. */
export interface PageContext {
  readonly input: PageInput;
  readonly source: FindingSource;
  readonly tickets: FindingTickets;
  readonly tally: Tally;
  /** Whether people accepted the risk that this ticket's mark speaks of. @throws Unavailable while nobody can tell */
  readonly checkAcceptance: (ticket: FindingTicket) => Promise<boolean>;
  /** A person's Jira account by the name in the configuration. */
  readonly accountOf: (person: string) => string | undefined;
  /** ms since 1970 */
  readonly now: () => number;
  /** This attempt, ms since 1970: what one before it has created is older. */
  readonly startedAt: number;
  readonly pause: (ms: number) => Promise<void>;
  readonly seen: Seen;
  /** Issue ids of tickets that were written lately, by the hash of the finding's id. */
  readonly recent: ReadonlyMap<string, string>;
  /** An earlier attempt may have begun this very page: what search says of its tickets may be old. */
  isRepeat: boolean;
  /** It may have died while it created: look by label before anything is created. */
  mustSettle: boolean;
  /** Create calls that are out, or whose answer is not known. */
  unsettled: number;
}

/** They hold for every finding alike: the page ends, and Temporal repeats it when it makes sense. */
const systemic: readonly FailureType[] = ['RateLimited', 'Unavailable', 'CredentialRejected'];

/** Whether one finding's failure is that finding's alone (B5, B6): it is parked and the others go on. */
export function isOwnFailure(error: unknown): boolean {
  return !(error instanceof CancelledFailure) && !systemic.includes(failureType(error));
}

/** @param before what the ticket says now: what was commented stays known, and what is accepted for as long as that lasts */
export function markOf(
  { input, now }: PageContext,
  finding: Finding,
  before: TicketMark | null,
  own: Partial<TicketMark> = {},
): TicketMark {
  return {
    source: input.policy.source,
    findingId: finding.id,
    contentHash: finding.contentHash,
    latestHash: latestHashOf(finding.latest) ?? before?.latestHash ?? null,
    left: 'open',
    reopened: before?.reopened ?? 0,
    at: new Date(now()).toISOString(),
    ...(before?.due === undefined ? {} : { due: before.due }),
    ...(before?.reminded ? { reminded: before.reminded } : {}),
    ...(before?.accepted && Date.parse(before.accepted.until) > now() ? { accepted: before.accepted } : {}),
    ...own,
  };
}
