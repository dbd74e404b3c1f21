import assert from 'node:assert/strict';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { openQueues } from '../../starters/queues/open-queues.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { toClientOptions } from '../../sandbox/aws/aws-clients.ts';
import type { SandboxAws } from '../../sandbox/aws/start-aws.ts';
import { secretPerson } from '../../sandbox/drive/secret-person.ts';
import { toSecretAudit } from '../../sandbox/stack/secret-config.ts';
import { awsControlToken, sharedAws } from '../support/aws.ts';
import { secretConfig } from './secret-world.ts';
import { createTemporalDouble } from './temporal-double.ts';

describe('the queue of secrets on the emulator', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  before(async () => {
    aws = await sharedAws();
    await aws.reset();
  });

  it('brings what members did to a run each, and puts aside what it cannot read', async () => {
    const { credentials, accounts, secrets } = aws.provisioned;
    const before = { ...process.env };
    // the starters' own credentials come from the SDK's chain
    process.env['AWS_ACCESS_KEY_ID'] = credentials.jiraBot.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = credentials.jiraBot.secretAccessKey;
    const {
      region,
      role,
      starterRole,
      externalId,
      queueUrl,
      deadLetterUrl,
      accounts: audited,
    } = toSecretAudit({ people: [], aws });
    const parsed = secretConfig({ region, accounts: audited });
    const config = {
      ...{ ...parsed, endpoints: { sandbox: true, aws: aws.url } },
      processes: {
        ...parsed.processes,
        secrets: { ...parsed.processes.secrets, role, starterRole, externalId, queueUrl, deadLetterUrl },
      },
    } as typeof parsed;
    const temporal = createTemporalDouble();
    const lines: string[] = [];
    const log = (...line: unknown[]) => void lines.push(JSON.stringify(line));
    const queues = openQueues({ config, temporal, log, counter: { increment: () => undefined } });
    try {
      const person = secretPerson({
        ...{ aws: aws.url, accounts, awsCredentials: credentials, control: awsControlToken },
      });
      const { eventId } = await person.create('payments/key', 'hunter2', { times: 3, label: false });
      const admin = new SQSClient(toClientOptions(aws.url, credentials.admin.soc));
      await admin.send(new SendMessageCommand({ QueueUrl: queueUrl as string, MessageBody: 'hunter2{' }));
      const letter = await waitUntil('a dead letter', 20_000, async () => {
        const { Messages = [] } = await admin.send(
          new ReceiveMessageCommand({ QueueUrl: `${aws.url}${secrets.deadLetterPath}`, WaitTimeSeconds: 1 }),
        );
        return Messages[0]?.Body;
      });
      await waitUntil('three deliveries', 20_000, async () =>
        lines.filter((line) => line.includes('"told"')).length === 3 ? true : undefined,
      );
      assert.deepEqual(
        temporal.started.map(({ start }) => start.workflowId),
        [`secret-change:${eventId}`],
      );
      assert.ok(!JSON.stringify([letter, lines, temporal.started]).includes('hunter2'));
    } finally {
      await queues.stop();
      for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
        if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = before[name];
    }
  });
});
