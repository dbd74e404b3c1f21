import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { toClientOptions } from '../aws/aws-clients.ts';
import type { Endpoints } from '../stack/endpoints.ts';

/** Jira Automation's action "Send message to Amazon SNS topic" (S-29, S-32). In the sandbox SOC's administrator stands for its account. */
export function jiraAutomation(endpoints: {
  readonly aws: string;
  readonly awsCredentials: Pick<Endpoints['awsCredentials'], 'admin'>;
  readonly incidents: Pick<Endpoints['incidents'], 'topicArn'>;
}) {
  const sns = new SNSClient(toClientOptions(endpoints.aws, endpoints.awsCredentials.admin.soc));
  const send = async (Message: string) =>
    void (await sns.send(new PublishCommand({ TopicArn: endpoints.incidents.topicArn, Message })));
  return {
    /** @param issue key or id: the rule sends whichever its smart value names */
    publish: (issue: string) => send(JSON.stringify({ automationData: { IssueId: issue } })),
    /** Whatever somebody put into the rule. */
    publishText: send,
  };
}

/** The same action in the rule of tickets that approve changes of secrets, with the pairs of the source document. */
export function ticketAutomation(endpoints: {
  readonly aws: string;
  readonly awsCredentials: Pick<Endpoints['awsCredentials'], 'admin'>;
  readonly secretAudit: Pick<Endpoints['secretAudit'], 'topicArn'>;
}) {
  const sns = new SNSClient(toClientOptions(endpoints.aws, endpoints.awsCredentials.admin.soc));
  return {
    async publish(key: string, { summary = '', secret = '' } = {}) {
      const automationData = {
        ...{ 'jira-key': key, 'jira-summary': summary, 'jira-aws-secret-key-arn': secret },
        'jira-timestamp': new Date().toISOString(),
      };
      const TopicArn = endpoints.secretAudit.topicArn;
      await sns.send(new PublishCommand({ TopicArn, Message: JSON.stringify({ automationData }) }));
    },
  };
}
