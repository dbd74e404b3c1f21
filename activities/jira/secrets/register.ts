import { secretsEverNamed } from '../../../workflows/secret-audit/ticket-at.ts';
import type { SecretPolicy, SecretRef, TicketFacts } from '../../../workflows/secret-audit/messages.ts';
import { isSameSecret } from '../../../workflows/secret-audit/arn.ts';

/** The tickets of a site that approve changes of secrets, as this process last read them. */
export interface TicketRegister {
  /** Every ticket that names the secret, or once did, by its number. */
  naming(secret: SecretRef): readonly TicketFacts[];
  byKey(key: string): TicketFacts | undefined;
  put(ticket: TicketFacts): void;
  drop(issueId: string): void;
  /** @param newerThanMs what was read since then is new enough */
  refresh(newerThanMs: number): Promise<void>;
}

export interface RegisterOptions {
  readonly home: SecretPolicy['home'];
  readonly lookBackDays: number;
  /** ms since 1970 */
  readonly now: () => number;
  /** All tickets that changed within so many minutes. */
  readonly search: (minutes: number) => Promise<readonly TicketFacts[]>;
}

/** Jira's index is late, and so are clocks. */
const overlapMinutes = 5;
const dayMinutes = 24 * 60;

interface Entry {
  readonly ticket: TicketFacts;
  readonly secrets: readonly SecretRef[];
}

/** One search for all who ask meanwhile: a thousand events of one minute cost no more calls than one. */
export function createTicketRegister(options: RegisterOptions): TicketRegister {
  const { home, lookBackDays, now, search } = options;
  const entries = new Map<string, Entry>();
  let readAt: number | undefined;
  let reading: Promise<void> | undefined;

  function put(ticket: TicketFacts): void {
    entries.set(ticket.issueId, { ticket, secrets: secretsEverNamed(ticket, home) });
  }

  async function read(): Promise<void> {
    const startedAt = now();
    const minutes =
      readAt === undefined
        ? lookBackDays * dayMinutes
        : Math.ceil((startedAt - readAt) / 60_000) + overlapMinutes;
    for (const ticket of await search(minutes)) put(ticket);
    readAt = startedAt;
  }

  return {
    put,
    drop: (issueId) => void entries.delete(issueId),
    byKey: (key) => [...entries.values()].find(({ ticket }) => ticket.key === key)?.ticket,
    naming: (secret) =>
      [...entries.values()]
        .filter(({ secrets }) => secrets.some((line) => isSameSecret(line, secret)))
        .map(({ ticket }) => ticket)
        .sort((one, other) => Number(one.issueId) - Number(other.issueId)),
    async refresh(newerThanMs) {
      while (readAt === undefined || readAt < newerThanMs) {
        reading ??= read().finally(() => (reading = undefined));
        await reading;
      }
    },
  };
}
