import { ConfirmSubscriptionCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Config } from '../../../config/parse-config.ts';
import { toStarterSettings, type StarterAccess } from '../../aws-access.ts';
import { createCertificates, type Certificates } from './certificates.ts';

/** What the route asks of SNS. */
export interface SnsCalls {
  readonly certificates: Certificates;
  /** By the SDK, never by fetching the URL in the message. Safe to repeat. */
  confirm(access: StarterAccess, subscription: { topicArn: string; token: string }): Promise<void>;
}

export function createSnsCalls(config: Config, now: () => number): SnsCalls {
  return {
    certificates: createCertificates({ now }),
    async confirm(access, { topicArn, token }) {
      const sns = new SNSClient(toStarterSettings(config, access));
      try {
        const AuthenticateOnUnsubscribe = 'true';
        await sns.send(
          new ConfirmSubscriptionCommand({ TopicArn: topicArn, Token: token, AuthenticateOnUnsubscribe }),
        );
      } finally {
        sns.destroy();
      }
    },
  };
}
