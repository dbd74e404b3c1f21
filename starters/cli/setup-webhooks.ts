import { z } from 'zod';
import type { Config } from '../../config/parse-config.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import type { SetupStep } from './setup-temporal.ts';
import { gitlabProjectPath, openGitlab, openJira, type JiraSite } from './vendors.ts';

/** @param baseUrl where the vendors reach the starters */
export function webhookSteps(config: Config, baseUrl: string): SetupStep[] {
  const jira = config.jira.sites.map((site) => ({
    name: `Jira webhook of ${site.name}`,
    run: () => ensureJiraWebhook(config, site, `${baseUrl}/webhooks/jira/${site.name}`),
  }));
  return [
    ...jira,
    { name: 'GitLab webhook', run: () => ensureGitlabHook(config, `${baseUrl}/webhooks/gitlab`) },
  ];
}

/** Admin webhooks are not in Atlassian's OpenAPI document; they are the only ones with a secret (contracts §2.1). */
const adminWebhooks = '/rest/webhooks/1.0/webhook';
const JiraWebhooks = z.array(z.object({ url: z.string(), self: z.string() }));

async function ensureJiraWebhook(config: Config, site: JiraSite, url: string): Promise<string> {
  const secret = config.secrets.jiraWebhookSecret;
  if (!secret) throw new CliError(exitCodes.usage, 'LOCKKEEPER_JIRA_WEBHOOK_SECRET is not set', 'Set it.');
  const jira = openJira(config, site);
  const known = await jira.get('list webhooks', adminWebhooks, JiraWebhooks);
  const existing = known.find((webhook) => webhook.url === url);
  const id = existing && /[0-9]+$/.exec(existing.self)?.[0];
  const body = {
    name: `Lockkeeper (${config.deployment})`,
    url,
    events: [
      ...['jira:issue_created', 'jira:issue_updated', 'jira:issue_deleted'],
      ...['comment_created', 'comment_updated'],
    ],
    // by project only: a ticket that changes its type must still be heard of
    filters: { 'issue-related-events-section': `project = ${site.project}` },
    excludeBody: false,
    secret: secret.reveal(),
  };
  if (id === undefined) await jira.send('register the webhook', 'POST', adminWebhooks, body);
  else await jira.send('update the webhook', 'PUT', `${adminWebhooks}/${id}`, body);
  return `${id === undefined ? 'registered' : 'updated'}: ${url}`;
}

const GitlabHooks = z.array(z.object({ id: z.number(), url: z.string() }));

async function ensureGitlabHook(config: Config, url: string): Promise<string> {
  const { gitlabWebhookToken, gitlabSigningToken } = config.secrets;
  if (!gitlabWebhookToken && !gitlabSigningToken)
    throw new CliError(
      exitCodes.usage,
      'no GitLab webhook secret is set',
      'Set LOCKKEEPER_GITLAB_SIGNING_TOKEN.',
    );
  const gitlab = openGitlab(config);
  const hooks = `${gitlabProjectPath(config)}/hooks`;
  const known = await gitlab.get('list hooks', `${hooks}?per_page=100`, GitlabHooks);
  const existing = known.find((hook) => hook.url === url);
  const body = {
    url,
    pipeline_events: true,
    push_events: false,
    enable_ssl_verification: true,
    ...(gitlabWebhookToken ? { token: gitlabWebhookToken.reveal() } : {}),
    ...(gitlabSigningToken ? { signing_token: gitlabSigningToken.reveal() } : {}),
  };
  if (existing) await gitlab.send('update the hook', 'PUT', `${hooks}/${existing.id}`, body);
  else await gitlab.send('add the hook', 'POST', hooks, body);
  return `${existing ? 'updated' : 'registered'}: ${url}`;
}
