import assert from 'node:assert/strict';
import { webhookSteps } from '../../starters/cli/setup-webhooks.ts';
import { configOf, exampleWith } from '../config/example-config.ts';
import { startVendorDouble } from './vendor-double.ts';

const starters = 'https://lockkeeper.example.com';
const jiraPath = '/rest/webhooks/1.0/webhook';
const gitlabPath = '/api/v4/projects/example%2Fagent-promotion/hooks';
const jiraUrl = `${starters}/webhooks/jira/main`;
const gitlabUrl = `${starters}/webhooks/gitlab`;

async function register(known: { jira: unknown[]; gitlab: unknown[] }, status = 200) {
  const vendor = await startVendorDouble({
    [`GET ${jiraPath}`]: [status, known.jira],
    [`POST ${jiraPath}`]: [201, {}],
    [`PUT ${jiraPath}/72`]: [200, {}],
    [`GET ${gitlabPath}`]: [200, known.gitlab],
    [`POST ${gitlabPath}`]: [201, {}],
    [`PUT ${gitlabPath}/5`]: [200, {}],
  });
  const { baseUrl } = vendor;
  const yaml = exampleWith({
    'temporal.uiUrl': baseUrl,
    'jira.sites.0.baseUrl': baseUrl,
    'gitlab.baseUrl': baseUrl,
  });
  const config = configOf(yaml, {
    ...{ LOCKKEEPER_SANDBOX: '1', LOCKKEEPER_AWS_ENDPOINT: baseUrl, LOCKKEEPER_SLACK_API_URL: baseUrl },
    ...{
      LOCKKEEPER_JIRA_EMAIL: 'a@b.c',
      LOCKKEEPER_JIRA_API_TOKEN: 't',
      LOCKKEEPER_JIRA_WEBHOOK_SECRET: 'js',
    },
    ...{ LOCKKEEPER_GITLAB_TOKEN: 'g', LOCKKEEPER_GITLAB_WEBHOOK_TOKEN: 'gs' },
  });
  try {
    for (const { run } of webhookSteps(config, starters)) await run();
    return vendor.seen.filter(({ route }) => !route.startsWith('GET'));
  } finally {
    await vendor.close();
  }
}

describe('setup --webhooks', () => {
  it('registers what is not there, with the secrets', async () => {
    const [jira, gitlab, ...rest] = await register({ jira: [], gitlab: [] });
    assert.equal(jira?.route, `POST ${jiraPath}`);
    assert.partialDeepStrictEqual(jira.body, {
      url: jiraUrl,
      secret: 'js',
      filters: { 'issue-related-events-section': 'project = DEVOPS' },
    });
    assert.equal(gitlab?.route, `POST ${gitlabPath}`);
    assert.partialDeepStrictEqual(gitlab.body, { url: gitlabUrl, token: 'gs', pipeline_events: true });
    assert.deepEqual(rest, []);
  });

  it('brings up to date what is there', async () => {
    const jira = [{ url: jiraUrl, self: `https://x${jiraPath}/72` }];
    const sent = await register({ jira, gitlab: [{ id: 5, url: gitlabUrl }] });
    assert.deepEqual(
      sent.map(({ route }) => route),
      [`PUT ${jiraPath}/72`, `PUT ${gitlabPath}/5`],
    );
  });

  it('says when the account may not', async () => {
    await assert.rejects(register({ jira: [], gitlab: [] }, 403), { type: 'PermissionDenied' });
  });
});
