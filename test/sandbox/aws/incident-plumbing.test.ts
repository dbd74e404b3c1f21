import assert from 'node:assert/strict';
import { verify } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfirmSubscriptionCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { toClientOptions, type AwsCredentials } from '../../../sandbox/aws/aws-clients.ts';
import { subscribeEndpoint } from '../../../sandbox/aws/incident-plumbing.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { casePerson } from '../../../sandbox/drive/case-person.ts';
import { jiraAutomation } from '../../../sandbox/drive/jira-automation.ts';
import { emulatorEvents } from '../../../sandbox/security-ir/case-events.ts';
import { emulatorKeys } from '../../../sandbox/security-ir/key-ring.ts';
import { createSecurityIrVendor } from '../../../sandbox/security-ir/security-ir-vendor.ts';
import { startFront } from '../../../sandbox/shared/front.ts';
import { assumeRole, credentialsOf, sharedAws, verdictOf, type Principal } from '../../support/aws.ts';
import { signHeaders } from '../security-ir/sign.ts';

type Message = Readonly<Record<string, string>>;

const event = {
  ...({ source: 'aws.security-ir', detailType: 'Case Created', account: '111111111111' } as const),
  ...{ region: 'us-east-1', resources: ['arn:aws:security-ir:us-east-1:111111111111:case/1000000001'] },
  detail: { caseId: '1000000001', createdBy: 'AWS Responder' },
};

describe('the way of incidents in the emulator', function () {
  this.timeout(120_000);
  let aws: SandboxAws;
  let role: AwsCredentials;
  const become = async (by: AwsCredentials, externalId: string | undefined = aws.provisioned.externalId) =>
    assumeRole(aws, by, {
      ...{ RoleArn: aws.provisioned.incidents.roleArn, RoleSessionName: 'aws-main' },
      ...(externalId === '' ? {} : { ExternalId: externalId }),
    });
  const queueOf = (credentials: AwsCredentials) => new SQSClient(toClientOptions(aws.url, credentials));
  const QueueUrl = () => `${aws.url}${aws.provisioned.incidents.queuePath}`;
  const receive = (sqs: SQSClient) =>
    sqs.send(
      new ReceiveMessageCommand({ QueueUrl: QueueUrl(), MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );

  before(async () => {
    aws = await sharedAws();
    role = await become(aws.provisioned.credentials.jiraBot);
  });
  beforeEach(() => aws.reset());

  const strangers: readonly Principal[] = ['ci-runner', 'sam', 'Runner-Role', 'administrator of test'];
  for (const principal of strangers)
    it(`${principal} does not become Lockkeeper-Incidents`, async () => {
      assert.equal(await verdictOf(become(await credentialsOf(aws, principal))), 'refused');
    });

  for (const externalId of ['', 'wrong'])
    it(`nor does the worker with external id "${externalId}"`, async () => {
      assert.equal(await verdictOf(become(aws.provisioned.credentials.jiraBot, externalId)), 'refused');
    });

  it('an event of AWS comes into the queue by the rule, as EventBridge wraps it', async () => {
    await emulatorEvents(aws)(event, 1);
    const sqs = queueOf(role);
    const { Messages = [] } = await receive(sqs);
    const { id, time, ...body } = JSON.parse(Messages[0]?.Body ?? '{}') as Message;
    const { detailType, source, account, region, resources, detail } = event;
    assert.deepEqual(body, {
      ...{ version: '0', 'detail-type': detailType, source, account, region, resources, detail },
    });
    assert.match(`${id} ${time}`, /^[0-9a-f-]{36} \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    await sqs.send(
      new DeleteMessageCommand({ QueueUrl: QueueUrl(), ReceiptHandle: Messages[0]?.ReceiptHandle }),
    );
  });

  it('twice means the same event again; another source means nothing', async () => {
    const publish = emulatorEvents(aws);
    await publish(event, 2);
    await publish({ ...event, source: 'aws.guardduty' as 'aws.security-ir' }, 1);
    const { Messages = [] } = await receive(queueOf(role));
    const ids = Messages.map(({ Body }) => (JSON.parse(Body ?? '{}') as Message)['id']);
    assert.deepEqual(ids, [ids[0], ids[0]]);
  });

  it('the role takes from the queue and does not fill it; others do neither', async () => {
    const send = (by: AwsCredentials) =>
      queueOf(by).send(new SendMessageCommand({ QueueUrl: QueueUrl(), MessageBody: '{}' }));
    assert.equal(await verdictOf(receive(queueOf(role))), 'allowed');
    assert.equal(await verdictOf(send(role)), 'refused');
    const sam = await credentialsOf(aws, 'sam');
    assert.equal(await verdictOf(send(sam)), 'refused');
    assert.equal(await verdictOf(receive(queueOf(sam))), 'refused');
  });

  it('what cannot be taken five times goes to the dead letters', async () => {
    const command = new GetQueueAttributesCommand({
      ...{ QueueUrl: QueueUrl(), AttributeNames: ['RedrivePolicy'] },
    });
    const { Attributes } = await queueOf(role).send(command);
    assert.deepEqual(JSON.parse(Attributes?.RedrivePolicy ?? '{}'), {
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:111111111111:lockkeeper-incidents-dlq',
      maxReceiveCount: 5,
    });
  });

  const rights: readonly (readonly [action: string, allowed: boolean])[] = [
    ['GetCase', true],
    ['ListCases', true],
    ['CreateCaseComment', true],
    ['TagResource', true],
    ['UpdateResolverType', false],
    ['CancelMembership', false],
  ];
  for (const [action, allowed] of rights)
    it(`the paper ${allowed ? 'allows' : 'refuses'} ${action}`, async () => {
      const resource = action === 'ListCases' ? '*' : 'arn:aws:security-ir:us-east-1:111111111111:case/*';
      const keys = emulatorKeys(aws);
      assert.equal(await keys.isAllowed(role.accessKeyId, `security-ir:${action}`, resource), allowed);
    });

  it('knows whose session it is, and no stranger’s', async () => {
    const keys = emulatorKeys(aws);
    const known = await keys.find(role.accessKeyId);
    assert.deepEqual(
      [known?.principalArn, known?.accountId, known?.secretAccessKey],
      [
        'arn:aws:sts::111111111111:assumed-role/Lockkeeper-Incidents/aws-main',
        '111111111111',
        role.secretAccessKey,
      ],
    );
    for (const key of ['AKIAUNKNOWN', '111111111111', 'test'])
      assert.equal(await keys.find(key), undefined, key);
  });

  it('a case made with the role’s session is the session’s, and its event is in the queue', async () => {
    const vendor = createSecurityIrVendor({
      ...{ account: '111111111111', region: 'us-east-1' },
      ...{ keys: emulatorKeys(aws), publish: emulatorEvents(aws) },
    });
    const front = await startFront(vendor, { token: 'control' });
    try {
      const post = async (url: string, order: object) => {
        const body = JSON.stringify(order);
        const host = new URL(front.url).host;
        const headers = await signHeaders({ method: 'POST', url, host, body, credentials: role });
        return fetch(`${front.url}${url}`, { method: 'POST', headers, body });
      };
      const person = casePerson({ securityIncidentResponse: front.url, control: 'control' });
      const { caseId } = await person.create({ resolverType: 'Self' });
      await post(`/v1/cases/${caseId}/create-comment`, { body: 'Ours' });
      assert.equal((await post(`/v1/cases/${caseId}/list-case-edits`, {})).status, 403);
      const [comment] = (await person.read(caseId)).comments;
      assert.match(comment?.creator ?? '', /:assumed-role\/Lockkeeper-Incidents\/aws-main$/);
      await person.settled();
      const { Messages = [] } = await receive(queueOf(role));
      const kinds = Messages.map(({ Body }) => (JSON.parse(Body ?? '{}') as Message)['detail-type']);
      assert.deepEqual(kinds, ['Case Created', 'Case Comment Added']);
    } finally {
      await front.stop();
    }
  });

  it('the topic’s messages are signed, and the certificate is served', async () => {
    const { admin } = aws.provisioned.credentials;
    const sns = new SNSClient(toClientOptions(aws.url, admin.soc));
    const endpoint = await startEndpoint();
    try {
      const { topicArn } = aws.provisioned.incidents;
      await subscribeEndpoint(aws.url, admin.soc, { topicArn, url: endpoint.url });
      const asked = await endpoint.next();
      await checkSignature(aws, asked.message);
      assert.match(
        asked.message['SubscribeURL'] ?? '',
        /^https:\/\/sns\.us-east-1\.amazonaws\.com\/\?Action=/,
      );
      const { TopicArn, Token } = asked.message;
      await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
      const { credentials: awsCredentials, incidents } = aws.provisioned;
      await jiraAutomation({ aws: aws.url, awsCredentials, incidents }).publish('INC-1');
      const { message, headers } = await endpoint.next();
      await checkSignature(aws, message);
      assert.equal(message['Message'], '{"automationData":{"IssueId":"INC-1"}}');
      assert.deepEqual(
        [headers['x-amz-sns-message-type'], headers['x-amz-sns-topic-arn'], headers['content-type']],
        ['Notification', TopicArn, 'text/plain; charset=UTF-8'],
      );
      assert.match(String(headers['x-amz-sns-subscription-arn']), /:lockkeeper-jira-issues:[0-9a-f-]{36}$/);
    } finally {
      endpoint.stop();
    }
  });
});

async function checkSignature(aws: SandboxAws, message: Message) {
  const certificate = new URL(message['SigningCertURL'] ?? '');
  assert.equal(certificate.host, 'sns.us-east-1.amazonaws.com');
  const pem = await (await fetch(`${aws.url}${certificate.pathname}`)).text();
  const keys = 'Message MessageId Subject SubscribeURL Timestamp Token TopicArn Type'.split(' ');
  const signed = keys.filter((key) => message[key] !== undefined).map((key) => `${key}\n${message[key]}\n`);
  assert.equal(message['SignatureVersion'], '2');
  const signature = Buffer.from(message['Signature'] ?? '', 'base64');
  assert.ok(verify('RSA-SHA256', Buffer.from(signed.join('')), pem, signature));
}

/** Takes messages of SNS one after the other. */
async function startEndpoint() {
  const arrived: { message: Message; headers: http.IncomingHttpHeaders }[] = [];
  let wake = () => {};
  const server = http.createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      arrived.push({ message: JSON.parse(text) as Message, headers: request.headers });
      response.end();
      wake();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/sns`,
    async next() {
      while (arrived.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return arrived.shift() ?? assert.fail();
    },
    stop: () => server.close(),
  };
}
