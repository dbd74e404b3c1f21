import type { AcceptanceRules, CheckAcceptanceWrite } from '../decisions/finding-permission.ts';
import type { FindingSource } from '../findings/source.ts';
import type { FindingTickets } from '../jira/findings/port.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import type { FindingTicket } from '../../workflows/halo-sync/ticket.ts';
import type { AcceptanceRef } from './port.ts';

/** What an acceptance of findings of one source needs to know of it. */
export interface AcceptanceSource {
  readonly findings: Pick<FindingSource, 'describe'>;
  readonly tickets: Pick<FindingTickets, 'readMany' | 'readComment' | 'edit' | 'move'>;
  /** Name of the Jira site. */
  readonly site: string;
  /** Transition name or target status that closes a ticket. */
  readonly close: string;
  /** H-66: such tickets are never touched. */
  readonly hardClosedStatuses: readonly string[];
}

export interface AcceptanceOptions {
  /** By the name of the source in the configuration. */
  readonly sources: Readonly<Record<string, AcceptanceSource>>;
  readonly rulesOf: AcceptanceRules;
  /** A person by name in the configuration, `jira:<account id>` for somebody it does not name. */
  readonly requesterOf: (accountId: string) => string;
  /** The people whose accounts are ours: what a bot writes is no request. */
  readonly bots: readonly string[];
  readonly check: CheckAcceptanceWrite;
  /** ms since 1970 */
  readonly now: () => number;
}

/** By it the register finds them; that it is there proves nothing. */
export const acceptedLabel = 'accepted-risk';

/** @throws InvalidInput when this worker has no such source */
export function openSource({ sources }: AcceptanceOptions, name: string): AcceptanceSource {
  const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
  if (source) return source;
  throw createFailure('InvalidInput', `source: this worker has none of the name ${name}`, {
    details: { expected: Object.keys(sources).join(', '), found: name },
  });
}

/** Read past the search index. @returns undefined: there is none, or it is another finding's or another source's */
export async function readTicket(
  { tickets }: AcceptanceSource,
  { findingId, issueId }: AcceptanceRef,
): Promise<FindingTicket | undefined> {
  const [ticket] = await tickets.readMany([issueId]);
  return ticket?.findingId === findingId ? ticket : undefined;
}
