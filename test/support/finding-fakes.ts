import type { FindingSource, ListQuery } from '../../activities/findings/source.ts';
import type {
  CreateOutcome,
  FindingTicketOrder,
  FindingTickets,
  GroupMember,
  TicketRemark,
} from '../../activities/jira/findings/port.ts';
import type { Finding, FindingDetails } from '../../workflows/halo-sync/finding.ts';
import type { FindingPolicy, Route } from '../../workflows/halo-sync/messages.ts';
import type { FindingTicket, TicketMark } from '../../workflows/halo-sync/ticket.ts';
import { createFailure } from '../../workflows/shared/failures.ts';

export function findingOf(id: string, own: Partial<Finding> = {}): Finding {
  return {
    ...{ id, type: 'sva', status: 'active', name: `Finding ${id}`, critical: true, severity: 'high' },
    ...{ createdAt: '2026-01-01T00:00:00.000Z', firstSeenAt: '2026-01-01T00:00:00.000Z' },
    ...{ changedAt: '2026-01-02T00:00:00.000Z', resolvedAt: null, resolvedBy: null, resolutionComment: null },
    ...{ url: null, latest: `/v1/scans/1/findings/${id}`, asset: null, cves: [] },
    contentHash: `content-${id}`,
    fields: { issue_type: 'sva', issue_rule_key: `rule-${id.at(-1)}` },
    ...own,
  };
}

export const routeOfTests: Route = {
  ...{ name: 'default', when: [], project: 'SEC', issueType: 'Security Finding', priority: null },
  ...{ components: [], assignee: null, groupBy: null, sync: true },
};

export function policyOf(own: Partial<FindingPolicy> = {}): FindingPolicy {
  return {
    ...{ name: 'halo', version: 1, digest: 'd', source: 'halo', site: 'main', criticalOnly: false },
    ...{ types: ['sva', 'csm', 'fim', 'lids'], filters: {}, idField: 'Halo Issue ID' },
    ...{ routes: [routeOfTests], mapping: [], static: [], close: 'Close', reopen: 'Reopen', newStatus: null },
    ...{ closedStatuses: [], hardClosedStatuses: ["Won't Fix"], recordResolved: true },
    ...{ comments: 'each-finding', updateFields: true, dueDays: {}, closeAfterMinutes: 0 },
    ...{ reopenAfterMinutes: 0, flapLimit: 3, missing: 'close', flood: null, acceptance: null },
    ...{ overlapMinutes: 10, indexLagSeconds: 60, concurrency: 4, pageSize: 100, heartbeatSeconds: 10 },
    runLinkBase: 'http://ui/',
    ...own,
  };
}

/** A source in memory; what it was asked is counted. */
export class FakeSource implements FindingSource {
  readonly kind = 'fake';
  readonly types = ['sva', 'csm', 'fim', 'lids'];
  readonly queries: ListQuery[] = [];
  readonly broken = new Map<string, Error>();
  findings: Finding[];
  pageLength = 100;
  detailCalls = 0;
  describeCalls = 0;
  brokenPage: { readonly cursor: string; readonly error: Error } | undefined;

  constructor(findings: readonly Finding[]) {
    this.findings = [...findings];
  }

  list(query: ListQuery, cursor: string | null) {
    this.queries.push(query);
    if (this.brokenPage && this.brokenPage.cursor === cursor) return Promise.reject(this.brokenPage.error);
    const all = this.findings.filter(
      ({ status, changedAt, resolvedAt }) =>
        status === query.status && (query.since === null || (resolvedAt ?? changedAt) >= query.since),
    );
    const from = Number(cursor ?? 0);
    const end = from + this.pageLength;
    const next = end < all.length ? String(end) : null;
    return Promise.resolve({ findings: all.slice(from, end), next, faults: [] });
  }

  describe(findingId: string) {
    this.describeCalls += 1;
    return Promise.resolve(this.findings.find(({ id }) => id === findingId) ?? null);
  }

  details(finding: Finding): Promise<FindingDetails> {
    this.detailCalls += 1;
    const error = this.broken.get(finding.id);
    if (error) return Promise.reject(error);
    return Promise.resolve({ asset: null, latest: null, cves: [], raw: '{}' });
  }
}

interface Stored {
  ticket: FindingTicket;
  visibleAt: number;
  members: readonly GroupMember[];
  comments: number;
}

/** Jira in memory: search knows of a ticket only after its delay, and answers can be lost. */
export class FakeTickets implements FindingTickets {
  readonly stored = new Map<string, Stored>();
  readonly links: { from: string; to: string; type: string }[] = [];
  readonly refused = new Map<string, string>();
  /** How many of the next create calls are applied, and their answers lost. */
  loseAnswers = 0;
  searchDelayMs = 0;
  now: () => number;
  lookUps = 0;
  writes = 0;
  private lastId = 10_000;

  constructor(now: () => number) {
    this.now = now;
  }

  of(findingId: string): Stored[] {
    return [...this.stored.values()].filter(({ ticket }) => ticket.findingId === findingId);
  }

  /** As a person or another tool leaves it there. */
  put(findingId: string, own: Partial<FindingTicket> = {}): FindingTicket {
    const issueId = own.issueId ?? String((this.lastId += 1));
    const ticket: FindingTicket = {
      ...{ issueId, key: `SEC-${issueId}`, project: 'SEC', findingId, statusName: 'To Do', isDone: false },
      ...{ createdAt: new Date(this.now()).toISOString(), movedAt: null, isOurs: true, mark: null },
      ...own,
    };
    this.stored.set(issueId, { ticket, visibleAt: 0, members: [], comments: 0 });
    return ticket;
  }

  private visible(): FindingTicket[] {
    return [...this.stored.values()]
      .filter(({ visibleAt }) => visibleAt <= this.now())
      .map(({ ticket }) => ticket);
  }

  private answer(ids: readonly string[], tickets: readonly FindingTicket[]) {
    return new Map(
      ids.map((id) => [id, tickets.filter((ticket) => ticket.findingId === id).toReversed()] as const),
    );
  }

  lookUp(ids: readonly string[]) {
    this.lookUps += 1;
    return Promise.resolve(this.answer(ids, this.visible()));
  }

  readMany(issueIds: readonly string[]) {
    return Promise.resolve(issueIds.flatMap((id) => this.stored.get(id)?.ticket ?? []));
  }

  findLabelled(ids: readonly string[]) {
    return Promise.resolve(
      this.answer(
        ids,
        this.visible().filter(({ isOurs }) => isOurs),
      ),
    );
  }

  createMany(orders: readonly FindingTicketOrder[]): Promise<CreateOutcome[]> {
    this.writes += 1;
    const outcomes = orders.map((order): CreateOutcome => {
      const reason = this.refused.get(order.mark.findingId);
      if (reason !== undefined) return { state: 'refused', reason };
      const { issueId, key } = this.put(order.mark.findingId, { mark: order.mark, project: order.project });
      const stored = this.stored.get(issueId);
      if (stored) stored.visibleAt = this.now() + this.searchDelayMs;
      return { state: 'created', issueId, key };
    });
    if (this.loseAnswers === 0) return Promise.resolve(outcomes);
    this.loseAnswers -= 1;
    return Promise.reject(createFailure('Unavailable', 'jira: the connection was cut'));
  }

  private change(issueId: string, own: Partial<FindingTicket>, comment: boolean) {
    this.writes += 1;
    const stored = this.stored.get(issueId);
    if (!stored) throw createFailure('NotFound', `jira: no issue ${issueId}`);
    stored.ticket = { ...stored.ticket, ...own };
    if (comment) stored.comments += 1;
  }

  edit({ issueId, comment, mark }: { issueId: string; comment: unknown; mark: TicketMark }) {
    this.change(issueId, { mark }, comment !== null);
    return Promise.resolve();
  }

  move(input: { issueId: string; to: string; comment: unknown; mark: TicketMark }) {
    const isDone = input.to === 'Close';
    const statusName = isDone ? 'Done' : 'To Do';
    this.change(input.issueId, { mark: input.mark, isDone, statusName }, input.comment !== null);
    return Promise.resolve({ moved: true });
  }

  readonly remarks = new Map<string, TicketRemark>();
  readComment({ commentId }: { issueId: string; commentId: string }) {
    return Promise.resolve(this.remarks.get(commentId) ?? null);
  }

  link(link: { from: string; to: string; type: string }) {
    this.writes += 1;
    this.links.push(link);
    return Promise.resolve();
  }

  attach() {
    this.writes += 1;
    return Promise.resolve();
  }

  listOpen(_cursor: string | null, known?: ReadonlySet<string>) {
    const open = this.visible().filter(({ isDone, issueId }) => !isDone && known?.has(issueId) !== true);
    return Promise.resolve({ tickets: open, next: null });
  }

  listDue() {
    const due = this.visible().filter(({ isDone, dueDate }) => !isDone && dueDate);
    return Promise.resolve({ tickets: due, next: null });
  }

  readMembers(issueId: string) {
    return Promise.resolve(this.stored.get(issueId)?.members ?? []);
  }

  writeMembers(input: { issueId: string; members: readonly GroupMember[]; mark: TicketMark }) {
    this.change(input.issueId, { mark: input.mark }, false);
    const stored = this.stored.get(input.issueId);
    if (stored) stored.members = input.members;
    return Promise.resolve();
  }

  findFormFaults() {
    return Promise.resolve([]);
  }
}
