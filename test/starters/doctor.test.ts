import assert from 'node:assert/strict';
import { runChecks, type CheckGroup } from '../../starters/cli/doctor/check.ts';
import { toGitlabChecks } from '../../starters/cli/doctor/gitlab-checks.ts';
import { toJiraChecks } from '../../starters/cli/doctor/jira-checks.ts';
import { toSlackChecks } from '../../starters/cli/doctor/slack-checks.ts';
import { configOf, exampleWith } from '../config/example-config.ts';
import { startVendorDouble } from './vendor-double.ts';

type Answers = Parameters<typeof startVendorDouble>[0];
type Config = ReturnType<typeof configOf>;

const named = (names: readonly string[]) => names.map((name) => ({ name }));
const six = ['ToDo', 'In Progress', 'Done', 'Info Needed', 'Failed', 'Canceled'];
const bot = '712020:00000000-0000-4000-8000-000000000001';
const type = { id: '7', name: 'Security Agent Deploy Request', statuses: named(six) };
const jira: Answers = {
  'GET /rest/api/3/myself': [200, { accountId: bot }],
  'GET /rest/api/3/project/DEVOPS/statuses': [200, [type]],
  'GET /rest/api/3/field': [200, [{ id: 'customfield_10050', name: 'Agent-Version' }]],
  'GET /rest/api/3/issue/createmeta/DEVOPS/issuetypes/7': [
    200,
    { fields: [{ fieldId: 'customfield_10050', required: true }] },
  ],
};
const gitlab: Answers = {
  'GET /api/v4/user': [200, { username: 'project_41_bot_ab', bot: true }],
  'GET /api/v4/personal_access_tokens/self': [200, { scopes: ['api'], expires_at: '2027-01-01' }],
  'GET /api/v4/projects/example%2Fagent-promotion': [200, { path_with_namespace: 'example/agent-promotion' }],
};
const slack: Answers = {
  'GET /auth.test': [200, { ok: true, user: 'lockkeeper' }],
  'GET /conversations.history': [200, { ok: true }],
};
const checks = {
  jira: (config: Config) => toJiraChecks(config, config.jira.sites[0] ?? assert.fail(), 0),
  gitlab: toGitlabChecks,
  slack: toSlackChecks,
} satisfies Record<string, (config: Config) => CheckGroup>;

async function examine(system: keyof typeof checks, answers: Answers) {
  const vendor = await startVendorDouble(answers);
  const { baseUrl } = vendor;
  const yaml = exampleWith({
    'temporal.uiUrl': baseUrl,
    'jira.sites.0.baseUrl': baseUrl,
    'gitlab.baseUrl': baseUrl,
  });
  const config = configOf(yaml, {
    ...{ LOCKKEEPER_SANDBOX: '1', LOCKKEEPER_AWS_ENDPOINT: baseUrl, LOCKKEEPER_SLACK_API_URL: baseUrl },
    ...{ LOCKKEEPER_JIRA_EMAIL: 'a@b.c', LOCKKEEPER_JIRA_API_TOKEN: 't' },
    ...{ LOCKKEEPER_GITLAB_TOKEN: 'g', LOCKKEEPER_SLACK_BOT_TOKEN: 's' },
  });
  try {
    return await runChecks(checks[system](config));
  } finally {
    await vendor.close();
  }
}

describe('doctor', () => {
  for (const [system, answers] of [
    ['jira', jira],
    ['gitlab', gitlab],
    ['slack', slack],
  ] as const)
    it(`finds nothing wrong with a sound ${system}`, async () => {
      const results = await examine(system, answers);
      assert.deepEqual(
        results.filter(({ state }) => state !== 'ok'),
        [],
      );
      assert.ok(results.length >= 3);
    });

  const otherStatuses = {
    ...type,
    statuses: named(['To Do', 'In Progress', 'Done', 'Info Needed', 'Failed', 'Cancelled']),
  };
  for (const [what, system, answers, name, fix] of [
    [
      'another account',
      'jira',
      { 'GET /rest/api/3/myself': [200, { accountId: 'x' }] },
      'credentials',
      /token of jira-bot/,
    ],
    ['a bad token', 'jira', { 'GET /rest/api/3/myself': [401, {}] }, 'credentials', /Renew the credential/],
    ['a mute Jira', 'jira', { 'GET /rest/api/3/myself': [503, {}] }, 'credentials', /Try again/],
    [
      'To Do and Cancelled',
      'jira',
      { 'GET /rest/api/3/project/DEVOPS/statuses': [200, [otherStatuses]] },
      'statuses',
      /statuses\.toDo to "To Do"; set .*statuses\.canceled to "Cancelled"/,
    ],
    [
      'another issue type',
      'jira',
      { 'GET /rest/api/3/project/DEVOPS/statuses': [200, [{ ...type, name: 'Security Agent Deploy' }]] },
      `issue type ${type.name}`,
      /Security Agent Deploy\./,
    ],
    ['no field', 'jira', { 'GET /rest/api/3/field': [200, []] }, 'field Agent-Version', /exactly one field/],
    [
      'an optional field',
      'jira',
      { 'GET /rest/api/3/issue/createmeta/DEVOPS/issuetypes/7': [200, { fields: [] }] },
      'field Agent-Version',
      /make it required/,
    ],
    [
      'a personal token',
      'gitlab',
      { 'GET /api/v4/user': [200, { username: 'dev' }] },
      'project access token',
      /P-32/,
    ],
    [
      'a token that cannot start pipelines',
      'gitlab',
      { 'GET /api/v4/personal_access_tokens/self': [200, { scopes: ['read_api'], expires_at: null }] },
      'token scopes',
      /scope api/,
    ],
    [
      'a bad Slack token',
      'slack',
      { 'GET /auth.test': [200, { ok: false, error: 'invalid_auth' }] },
      'bot token',
      /xoxb/,
    ],
    [
      'a bot outside the channel',
      'slack',
      { 'GET /conversations.history': [200, { ok: false, error: 'not_in_channel' }] },
      'channel soc',
      /Invite/,
    ],
  ] as const)
    it(`names ${what}, with the fix`, async () => {
      const all = { ...jira, ...gitlab, ...slack, ...answers } as Answers;
      const found = (await examine(system, all)).find(({ state }) => state === 'failed');
      assert.equal(found?.name, name);
      assert.match(found.fix ?? '', fix);
    });

  it('does not repeat a failed credential for each check that needs it', async () => {
    const results = await examine('jira', { ...jira, 'GET /rest/api/3/myself': [401, {}] });
    assert.deepEqual(
      results.map(({ state }) => state),
      ['failed', 'skipped', 'skipped', 'skipped'],
    );
  });
});
