import { sound as decisions } from './decisions-config.ts';

/** A source without routes that asks nobody; files of tests clone it. */
export const plainSource = {
  site: 'main',
  project: 'SEC',
  issueType: 'Security Finding',
  idField: 'Halo Issue ID',
  mapping: { issue_rule_key: 'Halo Rule Key', 'asset.os_type': ['OS', 'Platform'] },
  static: { Source: 'Halo', Weight: 3, Audited: false },
  close: 'Close',
  reopen: 'Reopen',
  closedStatuses: ['Done'],
  hardClosedStatuses: ["Won't Fix"],
  filters: { group_name: 'Web servers', max_cvss_gte: 7 },
  dueDays: { critical: 7, high: 30 },
  dueRules: [{ when: { issue_critical: true }, days: { high: 14 } }],
  dueCalendar: { holidays: ['2026-12-25'] },
  remindAt: [50, 100],
};

/** One with something of everything. */
const source = {
  ...plainSource,
  routes: [
    { name: 'lab', when: { asset_group_path: 'Lab*' }, sync: false },
    {
      ...{ name: 'packages', when: { issue_type: ['sva', 'csm'], issue_critical: false } },
      ...{ project: 'VULN', issueType: 'Task', priority: 'Low', components: ['web'], assignee: 'dev' },
      groupBy: '{issue_rule_key} in {asset_group_path}',
    },
  ],
  flood: { limit: 500, approval: 'production' },
  acceptance: { approval: 'production' },
};

export const sound: Readonly<Record<string, unknown>> = {
  ...decisions,
  'processes.halo': { sources: [source] },
};

/** Its credentials (H-52, H-53). */
const keys = { HALO_API_KEY: 'halo-auditor', HALO_API_SECRET_KEY: 'halo-secret-canary' };

/** The least that the source document's variables have to say (H-52 to H-68). */
export const keyless = {
  JIRA_ISSUE_ID_FIELD: 'Halo Issue ID',
  JIRA_PROJECT_KEY: 'SEC',
  JIRA_ISSUE_TYPE: 'Bug',
  ISSUE_CLOSE_TRANSITION: 'Done',
  ISSUE_REOPEN_TRANSITION: 'To Do',
};
export const variables = { ...keys, ...keyless };
