import type { Finding } from '../../workflows/halo-sync/finding.ts';
import type { FindingPolicy, Route } from '../../workflows/halo-sync/messages.ts';
import type { Action, FindingTicket, TicketMark } from '../../workflows/halo-sync/ticket.ts';

export const now = Date.parse('2026-11-22T12:00:00.000Z');

export const at = (minutesAgo: number): string => new Date(now - minutesAgo * 60_000).toISOString();

export function createFinding(over: Partial<Finding> = {}): Finding {
  return {
    id: '6a3b1c9e-0001-11ef-8c1a-0123456789ab',
    type: 'sva',
    status: 'active',
    name: 'openssl 1.0.1',
    critical: true,
    severity: 'high',
    createdAt: '2026-10-01T08:00:00.000001Z',
    firstSeenAt: '2026-10-01T08:00:00.000001Z',
    changedAt: at(10),
    resolvedAt: null,
    resolvedBy: null,
    resolutionComment: null,
    url: 'https://portal.example.com/issues/1',
    latest: '/v1/scans/1/findings/2',
    asset: { ref: '/v1/servers/1', name: 'web-1', type: 'server' },
    cves: ['CVE-2014-0160'],
    contentHash: 'now',
    fields: { issue_rule_key: 'sva::openssl', asset_group_path: 'Company/Shop' },
    ...over,
  };
}

export const createResolved = (minutesAgo = 30, over: Partial<Finding> = {}): Finding =>
  createFinding({ status: 'resolved', resolvedAt: at(minutesAgo), resolvedBy: 'system', ...over });

/** As this finding was left at the last write, with nothing new since. */
export function createMark(over: Partial<TicketMark> = {}): TicketMark {
  return {
    source: 'halo',
    findingId: createFinding().id,
    contentHash: 'now',
    latestHash: 'latest',
    left: 'open',
    reopened: 0,
    at: at(2_000),
    ...over,
  };
}

export function createTicket(over: Partial<FindingTicket> = {}): FindingTicket {
  const key = over.key ?? 'SEC-5';
  const number = key.slice(key.indexOf('-') + 1);
  return {
    issueId: `100${number}`,
    key,
    project: 'SEC',
    findingId: createFinding().id,
    statusName: 'To Do',
    isDone: false,
    createdAt: `2026-10-${number.padStart(2, '0')}T09:00:00.000Z`,
    movedAt: at(600),
    isOurs: true,
    mark: createMark(),
    ...over,
  };
}

export const anyRoute: Route = {
  name: 'rest',
  when: [],
  project: 'SEC',
  issueType: 'Security Finding',
  priority: null,
  components: [],
  assignee: null,
  groupBy: null,
  sync: true,
};

export function createPolicy(over: Partial<FindingPolicy> = {}): FindingPolicy {
  return {
    name: 'halo',
    version: 1,
    digest: 'd'.repeat(64),
    source: 'halo',
    site: 'jira',
    types: ['sva', 'csm', 'fim', 'lids'],
    criticalOnly: false,
    filters: {},
    idField: 'Halo Issue ID',
    routes: [anyRoute],
    mapping: [],
    static: [],
    close: 'Close',
    reopen: 'Reopen',
    newStatus: null,
    closedStatuses: [],
    hardClosedStatuses: ["Won't Fix"],
    recordResolved: true,
    comments: 'each-finding',
    updateFields: true,
    dueDays: {},
    closeAfterMinutes: 0,
    reopenAfterMinutes: 60,
    flapLimit: 3,
    missing: 'close',
    flood: null,
    acceptance: null,
    overlapMinutes: 10,
    indexLagSeconds: 60,
    concurrency: 8,
    pageSize: 1_000,
    heartbeatSeconds: 30,
    runLinkBase: 'http://ui/',
    ...over,
  };
}

/** An action as one line: `update SEC-5 comment fields`, `nothing: unchanged`. */
export function lineOf(action: Action): string {
  switch (action.do) {
    case 'nothing':
      return `nothing: ${action.why}`;
    case 'create':
      return action.after ? `create after ${action.after.key}` : 'create';
    case 'create-closed':
      return 'create-closed';
    case 'update':
      return ['update', action.ticket.key, action.comment && 'comment', action.fields && 'fields']
        .filter(Boolean)
        .join(' ');
    case 'close':
      return `close ${action.ticket.key} ${action.reason}`;
    case 'reopen':
      return `reopen ${action.ticket.key} ${action.reason}${action.comment ? '' : ' silently'}`;
  }
}
