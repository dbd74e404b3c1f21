/** Who may be asked. */
export const people = ['jira-bot', 'dev', 'dana', 'lee', 'sue'].map((name) => ({ name, jira: `j-${name}` }));
export const approval = (...quorum: readonly { group: string; count?: number }[]) => ({
  version: 1,
  quorum,
  channel: 'devops',
});
/** A configuration in which people decide about everything. */
export const sound: Readonly<Record<string, unknown>> = {
  people,
  groups: { devops: ['dana', 'lee'], security: ['sue'], oncall: { slackUserGroup: 'S0ONCALL' }, empty: [] },
  delegations: [
    { from: 'dana', to: 'lee', start: '2026-12-01T00:00:00+01:00', end: '2026-12-24T00:00:00+01:00' },
  ],
  approvals: {
    production: approval({ group: 'devops', count: 2 }),
    exception: approval({ group: 'devops' }, { group: 'security' }),
    single: approval({ group: 'oncall', count: 9 }),
  },
  decisions: { gatewayUrl: 'https://lockkeeper.example.com', publicKeys: 'keys.json' },
  probes: { up: { url: 'https://status.example.com/{account}' } },
  freeze: {
    approval: 'single',
    exception: 'exception',
    windows: [
      { name: 'weekend', cron: '0 16 * * 5', minutes: 3000, timeZone: 'Europe/Berlin', reason: 'weekend' },
      { name: 'holidays', from: '2026-12-23T18:00', to: '2027-01-04T08:00', timeZone: 'UTC', reason: 'rest' },
    ],
  },
  'slack.teamId': 'T0TEAM',
  'policies.standard.approval': 'production',
  'processes.promotion.rollback': 'production',
  'processes.promotion.steal': 'single',
};
