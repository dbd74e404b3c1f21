import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { cacheDir } from '../shared/cache-dir.ts';
import type { DevServer } from '../temporal/dev-server.ts';
import type { SandboxVendors } from './vendors.ts';

/** Built anew, so that nothing of the user's own AWS or Temporal settings reaches the sandbox. */
export function toEnvironment(
  vendors: SandboxVendors,
  temporal: DevServer,
  configFile: string,
): Record<string, string> {
  const { secrets, people, aws } = vendors;
  const bot = people.find((person) => person.name === 'jira-bot');
  if (!bot) throw new Error('the sandbox has no jira-bot');
  const { jiraBot } = aws.provisioned.credentials;
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    NODE_COMPILE_CACHE: path.join(cacheDir(), 'node-compile'),
    LOCKKEEPER_CONFIG: configFile,
    LOCKKEEPER_SANDBOX: '1',
    LOCKKEEPER_AWS_ENDPOINT: aws.url,
    LOCKKEEPER_SLACK_API_URL: `${vendors.slack.url}/api/`,
    LOCKKEEPER_HALO_BASE_URL: vendors.halo.url,
    LOCKKEEPER_SECURITY_IR_ENDPOINT: vendors.securityIr.url,
    LOCKKEEPER_JIRA_EMAIL: bot.email,
    LOCKKEEPER_JIRA_API_TOKEN: bot.jira.apiToken,
    LOCKKEEPER_JIRA_WEBHOOK_SECRET: secrets.jiraWebhook,
    LOCKKEEPER_JIRA_AUTOMATION_TOKEN: secrets.jiraAutomation,
    LOCKKEEPER_GITLAB_TOKEN: secrets.gitlabProjectToken,
    LOCKKEEPER_GITLAB_CHANGES_TOKEN: bot.gitlab.token,
    LOCKKEEPER_GITLAB_WEBHOOK_TOKEN: secrets.gitlabWebhook,
    LOCKKEEPER_GITLAB_SIGNING_TOKEN: secrets.gitlabSigning,
    LOCKKEEPER_GATE_TOKEN: randomBytes(24).toString('base64url'),
    LOCKKEEPER_SLACK_BOT_TOKEN: secrets.slackBot,
    LOCKKEEPER_SLACK_SIGNING_SECRET: secrets.slackSigning,
    HALO_API_KEY: secrets.haloKeyId,
    HALO_API_SECRET_KEY: secrets.haloSecret,
    AWS_ACCESS_KEY_ID: jiraBot.accessKeyId,
    AWS_SECRET_ACCESS_KEY: jiraBot.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: 'default',
  };
}
