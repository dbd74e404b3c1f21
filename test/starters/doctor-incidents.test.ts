import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createJiraVendor } from '../../sandbox/jira/vendor.ts';
import { startFront, type Front } from '../../sandbox/shared/front.ts';
import { createPeople } from '../../sandbox/shared/people.ts';
import { runChecks } from '../../starters/cli/doctor/check.ts';
import { toIncidentChecks } from '../../starters/cli/doctor/incident-checks.ts';
import { plainConnection, sound } from '../config/incident-config.ts';
import { configOf, exampleWith } from '../config/example-config.ts';
import { topicArn } from './incident-world.ts';

const people = createPeople();
const bot = people.find(({ name }) => name === 'jira-bot') ?? assert.fail();
const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

const principal = 'arn:aws:sts::111111111111:assumed-role/Lockkeeper-Incidents/lockkeeper-doctor';
const withoutSession = 'arn:aws:sts::111111111111:assumed-role/Lockkeeper-Incidents';
const identityXml =
  `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${principal}</Arn>` +
  '</GetCallerIdentityResult></GetCallerIdentityResponse>';

/** SQS, SNS, STS and Security Incident Response as far as the doctor asks them. */
interface Aws {
  redrive: string | undefined;
  dead: string;
  cases: { readonly status: number; readonly headers: Record<string, string>; readonly body: string };
  topic: { readonly status: number; readonly body: string };
}

describe('doctor of incidents', () => {
  const former = Object.keys(keys).map((name) => [name, process.env[name]] as const);
  const redrive = JSON.stringify({ deadLetterTargetArn: 'arn:aws:sqs:us-east-1:111111111111:events-dlq' });
  let aws: Aws;
  let jira: Front;
  let server: Server;
  let url: string;
  const xml = { 'content-type': 'text/xml' };

  before(async () => {
    Object.assign(process.env, keys);
    jira = await startFront(createJiraVendor({ people }), { token: 'control' });
    server = createServer((request, response) => {
      void text(request).then((body) => {
        if (request.url?.startsWith('/v1/list-cases'))
          return response
            .writeHead(aws.cases.status, { 'content-type': 'application/json', ...aws.cases.headers })
            .end(aws.cases.body);
        if (body.includes('GetCallerIdentity')) return response.writeHead(200, xml).end(identityXml);
        if (!String(request.headers['x-amz-target']).startsWith('AmazonSQS'))
          return response.writeHead(aws.topic.status, { 'content-type': 'text/xml' }).end(aws.topic.body);
        const isDead = body.includes('events-dlq');
        const Attributes = {
          ApproximateNumberOfMessages: isDead ? aws.dead : '2',
          ...(isDead || aws.redrive === undefined ? {} : { RedrivePolicy: aws.redrive }),
        };
        return response
          .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
          .end(JSON.stringify({ Attributes }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await jira.stop();
    server.close();
    for (const [name, value] of former)
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
  });
  beforeEach(() => {
    const cases = { status: 200, headers: {}, body: '{"items":[],"total":0}' };
    aws = { redrive, dead: '0', cases, topic: { status: 200, body: topicXml('1') } };
  });

  const topicXml = (confirmed: string) =>
    `<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes>` +
    `<entry><key>SubscriptionsConfirmed</key><value>${confirmed}</value></entry>` +
    `</Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`;
  const errorXml = (code: string) =>
    `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;

  async function examine(connection: object = {}) {
    const yaml = exampleWith({
      ...structuredClone(sound),
      ...{ 'temporal.uiUrl': jira.url, 'jira.sites.0.baseUrl': jira.url, 'gitlab.baseUrl': jira.url },
      ...{ 'decisions.gatewayUrl': jira.url, probes: {} },
      'processes.incidents': {
        connections: [
          {
            ...plainConnection,
            ...{ issueType: 'Incident', queueUrl: `${url}/111111111111/events`, topics: [topicArn] },
            ...connection,
          },
        ],
      },
    });
    const config = configOf(yaml, {
      ...{ LOCKKEEPER_SANDBOX: '1', LOCKKEEPER_AWS_ENDPOINT: url, LOCKKEEPER_SLACK_API_URL: url },
      ...{ LOCKKEEPER_SECURITY_IR_ENDPOINT: url },
      ...{ LOCKKEEPER_JIRA_EMAIL: bot.email, LOCKKEEPER_JIRA_API_TOKEN: bot.jira.apiToken },
    });
    return (await Promise.all(toIncidentChecks(config).map(runChecks))).flat();
  }
  const failedOf = async (connection?: object) =>
    (await examine(connection)).filter(({ state }) => state !== 'ok');

  it('finds nothing wrong with a sound connection', async () => {
    const results = await examine();
    assert.deepEqual(
      results.map(({ state, name, detail }) => [state, name, detail]),
      [
        ['ok', 'permissions in INC', 'browse, create, edit, comment, transition, attach, watch'],
        ['ok', 'forms, fields and statuses', '1 form, 2 fields, 4 statuses'],
        ['ok', 'cases', `0 cases in us-east-1, as ${withoutSession}`],
        ['ok', 'queue', '2 waiting, none dead'],
        ['ok', 'topic lockkeeper-jira-issues', '1 subscribed'],
      ],
    );
  });

  it('names a right on cases that is missing', async () => {
    const headers = { 'x-amzn-errortype': 'AccessDeniedException' };
    aws.cases = { status: 403, headers, body: '{"message":"no"}' };
    const [failed] = await failedOf();
    assert.equal(failed?.name, 'cases');
    assert.match(failed.detail, /list cases/);
  });

  it('has no rows while the process is off', () => assert.deepEqual(toIncidentChecks(configOf()), []));

  for (const [what, connection, name, detail] of [
    ['an issue type', { issueType: 'Incidents' }, 'forms, fields and statuses', /Incidents/],
    ['a status', { statuses: { gone: 'Dome' } }, 'forms, fields and statuses', /no status "Dome"/],
    ['a project', { project: 'NONE' }, 'forms, fields and statuses', /NONE/],
  ] as const)
    it(`names ${what} that Jira has not`, async () => {
      const found = (await failedOf(connection)).find((one) => one.name === name);
      assert.match(found?.detail ?? '', detail);
    });

  it('names a queue without dead letters, and one with some', async () => {
    aws.redrive = undefined;
    assert.match((await failedOf())[0]?.detail ?? '', /no dead-letter queue/);
    aws = { ...aws, redrive, dead: '3' };
    assert.match((await failedOf())[0]?.detail ?? '', /3 in the dead-letter queue/);
  });

  for (const [what, status, body, detail] of [
    ['nobody is subscribed to', 200, topicXml('0'), /nobody is subscribed/],
    ['is not there', 404, errorXml('NotFound'), /read arn:aws:sns/],
  ] as const)
    it(`names a topic that ${what}`, async () => {
      aws.topic = { status, body };
      assert.match((await failedOf())[0]?.detail ?? '', detail);
    });

  it('takes a topic that may not be read for what it is', async () => {
    aws.topic = { status: 403, body: errorXml('AuthorizationError') };
    assert.deepEqual(await failedOf(), []);
  });
});
