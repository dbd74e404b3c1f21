import { noCounts } from '../../workflows/halo-sync/counts.ts';
import type { Counts, FindingPolicy, PageResult } from '../../workflows/halo-sync/messages.ts';
import { approvalPolicy } from './approval-answers.ts';

export const findingPolicy: FindingPolicy = {
  ...{ name: 'halo', version: 1, digest: 'f'.repeat(64), source: 'halo', site: 'main' },
  ...{ types: ['sva', 'csm', 'fim', 'lids'], criticalOnly: false, filters: {}, idField: 'Halo Issue ID' },
  routes: [
    {
      ...{ name: 'rest', when: [], project: 'SEC', issueType: 'Security Finding', priority: null },
      ...{ components: [], assignee: null, groupBy: null, sync: true },
    },
  ],
  ...{ mapping: [], static: [], close: 'Done', reopen: 'Reopen', newStatus: null },
  ...{ closedStatuses: [], hardClosedStatuses: ["Won't Fix"], recordResolved: false },
  ...{ comments: 'each-finding', updateFields: true, dueDays: {}, closeAfterMinutes: 60 },
  ...{ reopenAfterMinutes: null, flapLimit: 3, missing: 'close', flood: null, acceptance: null },
  ...{ overlapMinutes: 10, indexLagSeconds: 60, concurrency: 4, pageSize: 100, heartbeatSeconds: 10 },
  runLinkBase: 'http://ui.example/namespaces/default/workflows/',
};

/** More than so many new tickets are asked about. */
export const floodPolicy = (limit: number): FindingPolicy => ({
  ...findingPolicy,
  flood: { limit, approval: approvalPolicy, groupBy: '{issue_rule_key}' },
});

export function pageResult(part: Partial<Omit<PageResult, 'counts'>> & { counts?: Partial<Counts> } = {}) {
  const { counts, ...rest } = part;
  const result: PageResult = {
    ...{ cursor: null, created: [], parked: [], unparked: [], newestChange: null, flooded: 0 },
    ...rest,
    counts: { ...noCounts, ...counts },
  };
  return result;
}
