import type { DevServer } from '../temporal/dev-server.ts';
import type { SandboxVendors } from './vendors.ts';

/** `.run/endpoints.json` (design §9), mode 0600: it holds the sandbox's credentials. */
export type Endpoints = ReturnType<typeof toEndpoints>;

export function toEndpoints(parts: {
  temporal: DevServer;
  vendors: SandboxVendors;
  startersUrl: string;
  consoleUrl: string;
}) {
  const { temporal, vendors } = parts;
  const { secrets, people, aws } = vendors;
  const { incidents, secrets: audit } = aws.provisioned;
  return {
    temporal: temporal.address,
    ui: temporal.uiUrl,
    starters: parts.startersUrl,
    jira: vendors.jira.url,
    gitlab: vendors.gitlab.url,
    slack: vendors.slack.url,
    aws: vendors.aws.url,
    halo: vendors.halo.url,
    securityIncidentResponse: vendors.securityIr.url,
    console: parts.consoleUrl,
    people: Object.fromEntries(
      people.map(({ name, email, groups, jira, gitlab, slack }) => [
        name,
        { email, groups, jira, gitlab, slack },
      ]),
    ),
    accounts: vendors.aws.provisioned.accounts,
    awsCredentials: vendors.aws.provisioned.credentials,
    incidents: {
      role: incidents.roleArn,
      queueUrl: `${aws.url}${incidents.queuePath}`,
      deadLetterUrl: `${aws.url}${incidents.deadLetterPath}`,
      topicArn: incidents.topicArn,
    },
    secretAudit: {
      role: audit.roleArn,
      queueUrl: `${aws.url}${audit.queuePath}`,
      deadLetterUrl: `${aws.url}${audit.deadLetterPath}`,
      topicArn: audit.ticketTopicArn,
      table: audit.table,
      bucket: audit.bucket,
    },
    secrets: {
      jiraWebhook: secrets.jiraWebhook,
      jiraAutomation: secrets.jiraAutomation,
      gitlabWebhook: secrets.gitlabWebhook,
      gitlabSigning: secrets.gitlabSigning,
      haloKey: secrets.haloKeyId,
      haloSecret: secrets.haloSecret,
    },
    control: secrets.control,
    pid: process.pid,
  };
}
