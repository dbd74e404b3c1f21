import { paragraph } from './jira-site.ts';

/** The field ids of a finding's ticket, see sandbox/jira/fields.ts. */
export const findingFields = {
  haloId: 'customfield_10080',
  ruleKey: 'customfield_10081',
  critical: 'customfield_10082',
  groupPath: 'customfield_10083',
  hostname: 'customfield_10084',
  ownerTeam: 'customfield_10085',
  firstSeen: 'customfield_10086',
} as const;

/** The fields of a complete finding; `more` replaces or adds. */
export function findingIssue(more: Record<string, unknown> = {}) {
  return {
    project: { key: 'SEC' },
    issuetype: { name: 'Security Finding' },
    summary: 'openssl 1.1.1 on web-1',
    description: paragraph('Vulnerable package.'),
    labels: ['lk-halo'],
    priority: { name: 'High' },
    components: [{ name: 'servers' }],
    duedate: '2026-12-01',
    [findingFields.haloId]: '8f14e45f-ceea-467a-9a36-dedd4bea2543',
    [findingFields.ruleKey]: 'sva::12::openssl',
    [findingFields.critical]: 'True',
    [findingFields.groupPath]: '/acme/production/web',
    [findingFields.hostname]: 'web-1.acme.example',
    [findingFields.firstSeen]: '2026-11-04T09:36:13.747+0000',
    ...more,
  };
}
