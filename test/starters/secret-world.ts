import type { Config } from '../../config/parse-config.ts';
import { configOf, exampleWith } from '../config/example-config.ts';
import { fullAudit, sound } from '../config/secret-config.ts';

/** The example with an audit of secrets, some of its keys changed. */
export function secretConfig(
  changes: Readonly<Record<string, unknown>> = {},
  env: Readonly<Record<string, string>> = {},
): Config {
  const audit = { ...fullAudit, ...changes };
  return configOf(exampleWith({ ...structuredClone(sound), 'processes.secrets': audit }), env);
}

const arn = 'arn:aws:secretsmanager:us-east-1:333333333333:secret:payments/stripe-a1B2c3';

/** As EventBridge delivers CloudTrail's record of PutSecretValue. */
export const putValue = {
  ...{ version: '0', id: 'f0a1', 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.secretsmanager' },
  ...{ account: '333333333333', time: '2026-11-23T10:00:00Z', region: 'us-east-1', resources: [] },
  detail: {
    eventVersion: '1.09',
    userIdentity: {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::333333333333:assumed-role/Developer/dana',
      accountId: '333333333333',
    },
    ...{ eventTime: '2026-11-23T10:00:00Z', eventSource: 'secretsmanager.amazonaws.com' },
    ...{ eventName: 'PutSecretValue', awsRegion: 'us-east-1', sourceIPAddress: '198.51.100.7' },
    requestParameters: { secretId: 'payments/stripe', secretString: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
    responseElements: { arn, name: 'payments/stripe', versionId: 'v-1' },
    ...{ eventID: '9a1c6ad4-0001-4000-8000-000000000001', eventType: 'AwsApiCall' },
    recipientAccountId: '333333333333',
  },
};
export const secretArn = arn;
