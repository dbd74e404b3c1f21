import type { LedgerPort } from '../../activities/ledger/port.ts';
import { isSameSecret } from '../../workflows/secret-audit/arn.ts';
import type {
  CoverageGap,
  LedgerChange,
  LedgerVerdict,
  TicketFacts,
} from '../../workflows/secret-audit/messages.ts';

/** The ledger in memory, with every version. */
export interface MemoryLedger extends LedgerPort {
  readonly changes: Map<string, Omit<LedgerChange, 'verdict'> & { readonly versions: LedgerVerdict[] }>;
  readonly tickets: TicketFacts[];
  readonly gaps: CoverageGap[];
  readonly exported: string[];
}

export function createMemoryLedger(): MemoryLedger {
  const changes: MemoryLedger['changes'] = new Map();
  const tickets: TicketFacts[] = [];
  const gaps: CoverageGap[] = [];
  const exported: string[] = [];
  const read = (eventId: string): LedgerChange | null => {
    const found = changes.get(eventId);
    if (!found) return null;
    const { versions, ...change } = found;
    return { ...change, verdict: versions.at(-1) ?? null };
  };
  const told = ({ verdict, ticket, reasons, explanation, deletion, isFinal }: LedgerVerdict) =>
    JSON.stringify({ verdict, ticket, reasons, explanation, deletion, isFinal });
  async function changesOf({ secret, from, to }: Parameters<LedgerPort['changesOf']>[0]) {
    const all = [...changes.keys()].flatMap((eventId) => read(eventId) ?? []);
    return all
      .filter(({ event }) => event.secret !== null && isSameSecret(secret, event.secret))
      .filter(
        ({ event }) =>
          Date.parse(event.eventTime) >= Date.parse(from) && Date.parse(event.eventTime) <= Date.parse(to),
      );
  }
  return {
    ...{ changes, tickets, gaps, exported },
    async recordChange({ event, foundBy }) {
      const { eventId } = event;
      const before = read(eventId);
      if (!before) changes.set(eventId, { event, foundBy, recordedAt: event.eventTime, versions: [] });
      return before;
    },
    readSecretChange: async ({ eventId }) => read(eventId),
    async recordVerdict({ eventId, verdict, isFinal, explanation, deletion }) {
      const versions = changes.get(eventId)?.versions ?? [];
      const last = versions.at(-1);
      const { ticket, approver, approvedAt, reasons } = verdict;
      const next: LedgerVerdict = {
        ...{ verdict: verdict.verdict, ticket, approver, approvedAt, reasons, isFinal },
        ...{ version: versions.length + 1, decidedAt: '2026-11-04T12:00:00.000Z' },
        explanation: explanation ?? last?.explanation ?? null,
        deletion: deletion ?? last?.deletion ?? null,
      };
      if (last && told(last) === told(next)) return { version: last.version, added: false };
      versions.push(next);
      return { version: next.version, added: true };
    },
    async explainChanges({ eventIds, explanation }) {
      for (const eventId of eventIds) {
        const versions = changes.get(eventId)?.versions ?? [];
        const last = versions.at(-1);
        if (last) versions.push({ ...last, version: last.version + 1, explanation });
      }
    },
    changesOf,
    async briefsOf({ secrets, ...window }) {
      const found = await Promise.all(secrets.map((secret) => changesOf({ secret, ...window })));
      return found.flat().map(({ event, verdict }) => ({
        ...{ eventId: event.eventId, eventTime: event.eventTime },
        ...{ verdict: verdict?.verdict ?? null, ticket: verdict?.ticket ?? null },
      }));
    },
    async recordTicket({ ticket }) {
      const known = tickets.findIndex(({ issueId }) => issueId === ticket.issueId);
      tickets.splice(known < 0 ? tickets.length : known, known < 0 ? 0 : 1, ticket);
    },
    findMissing: async ({ eventIds }) => eventIds.filter((eventId) => !changes.has(eventId)),
    async recordGaps(input) {
      gaps.push(...input.gaps);
      return input.gaps;
    },
    async exportDays({ days }) {
      exported.push(...days);
      return { objects: days.length, changes: changes.size };
    },
  };
}
