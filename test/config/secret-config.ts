import { sound as people } from './decisions-config.ts';

/** An audit with something of everything. Files of tests clone it. */
export const fullAudit = {
  version: 3,
  ...{ site: 'main', project: 'SECCHG', issueType: 'Secret change' },
  ...{ account: '111111111111', region: 'us-east-1', organization: 'o-a1b2c3d4e5' },
  table: 'aws-secrets-detection-table',
  role: 'arn:aws:iam::111111111111:role/Lockkeeper-Secrets',
  starterRole: 'arn:aws:iam::111111111111:role/Lockkeeper-Secret-Starter',
  externalId: 'lockkeeper-secrets',
  queueUrl: 'https://sqs.us-east-1.amazonaws.com/111111111111/lockkeeper-secrets',
  deadLetterUrl: 'https://sqs.us-east-1.amazonaws.com/111111111111/lockkeeper-secrets-dlq',
  topics: ['arn:aws:sns:us-east-1:111111111111:lockkeeper-jira-tickets'],
  accounts: [
    { id: '111111111111', role: 'arn:aws:iam::111111111111:role/Lockkeeper-Secrets-Lookup' },
    { id: '333333333333', role: 'arn:aws:iam::333333333333:role/Lockkeeper-Secrets-Lookup' },
  ],
  regions: ['us-east-1', 'eu-central-1'],
  principals: [{ arn: 'arn:aws:sts::*:assumed-role/Developer/dana', person: 'dana' }],
  owners: [{ secrets: 'payments/*', people: ['dana', 'dev'] }],
  finding: { question: 'production', approval: 'production', channels: ['soc'] },
};

/** A configuration in which people decide and secrets are audited. */
export const sound: Readonly<Record<string, unknown>> = { ...people, 'processes.secrets': fullAudit };
