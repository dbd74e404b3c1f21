import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { createJsonLog } from '../../starters/log.ts';
import { createServer } from '../../starters/server.ts';
import { createCertificates } from '../../starters/webhooks/sns/certificates.ts';
import { makeCertificate } from './certificate.ts';
import { incidentConfig, topicArn } from './incident-world.ts';
import { createTemporalDouble, type TemporalDouble } from './temporal-double.ts';

const now = Date.UTC(2026, 10, 23, 10);
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const days = (count: number) => new Date(now + count * 86_400_000);
const pem = makeCertificate(keys, { from: days(-1), to: days(30) });
const certUrl = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem';

const notification = {
  Type: 'Notification',
  MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
  TopicArn: topicArn,
  Subject: 'Issue changed',
  Message: JSON.stringify({ automationData: { IssueId: 'INC-7' } }),
  Timestamp: new Date(now - 60_000).toISOString(),
  SignatureVersion: '2',
  SigningCertURL: certUrl,
  UnsubscribeURL: 'https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe',
};
const { Subject: _, ...withoutSubject } = notification;
const confirmation = {
  ...withoutSubject,
  Type: 'SubscriptionConfirmation',
  Message: 'You have chosen to subscribe',
  Token: 'token-1',
  SubscribeURL: 'https://attacker.example.com/confirm',
};
const signedKeys: Readonly<Record<string, readonly string[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
};
const ofConfirmation = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];

type Body = Readonly<Record<string, string | undefined>>;

/** As SNS signs (contracts §2.5). */
function signed(body: Body): Body {
  const text = (signedKeys[body['Type'] ?? ''] ?? ofConfirmation)
    .flatMap((key) => (body[key] === undefined ? [] : [`${key}\n${body[key]}\n`]))
    .join('');
  const digest = body['SignatureVersion'] === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
  return { ...body, Signature: sign(digest, Buffer.from(text), keys.privateKey).toString('base64') };
}

describe('/webhooks/sns', () => {
  let temporal: TemporalDouble;
  let app: FastifyInstance;
  let fetched: string[];
  let confirmed: object[];
  let certificate: () => Response;

  beforeEach(() => {
    temporal = createTemporalDouble();
    [fetched, confirmed] = [[], []];
    certificate = () => new Response(pem);
    const config = incidentConfig([
      {},
      { name: 'second', project: 'SEC', routes: [], intake: undefined },
      { name: 'third', project: 'OPS', routes: [], topics: [], intake: undefined },
    ]);
    const certificates = createCertificates({
      now: () => now,
      fetch: async (url) => {
        fetched.push(url as string);
        return certificate();
      },
    });
    const confirm = async ({ name }: { name: string }, subscription: object) =>
      void confirmed.push({ name, ...subscription });
    ({ app } = createServer({
      ...{ config, secrets: {}, client: temporal, now: () => now, sns: { certificates, confirm } },
      isReady: async () => true,
      log: createJsonLog(() => undefined),
    }));
  });
  afterEach(() => app.close());

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/webhooks/sns',
      payload: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'text/plain; charset=UTF-8', ...headers },
    });
  const started = () => temporal.started.map(({ start }) => start.workflowId);
  const message = (value: unknown) => signed({ ...notification, Message: JSON.stringify(value) });

  for (const version of ['1', '2'])
    it(`takes signature version ${version}, and has somebody look at the issue`, async () => {
      const response = await post(signed({ ...notification, SignatureVersion: version }));
      assert.equal(response.statusCode, 202, response.body);
      assert.deepEqual(started(), ['incident-intake:aws-main:INC-7']);
      assert.deepEqual(temporal.started[0]?.signal, {
        name: 'issueChanged',
        payload: { deliveryId: notification.MessageId, event: 'automation' },
      });
      assert.match((await app.inject('/metrics')).body, /source="sns",result="started"\} 1/);
    });

  it('fetches a certificate once', async () => {
    await post(signed(notification));
    await post(signed(withoutSubject));
    assert.deepEqual([fetched, temporal.started.length], [[certUrl], 2]);
  });

  for (const [what, value, ids] of [
    ['a key without wrapping', { IssueId: 'INC-7' }, ['aws-main:INC-7']],
    ['a key of another connection of the topic', { IssueId: 'SEC-1' }, ['second:SEC-1']],
    ['a key of a route’s project', { IssueId: 'EUINC-1' }, ['aws-main:EUINC-1']],
    ['a numeric id', { automationData: { IssueId: '10077' } }, ['aws-main:10077', 'second:10077']],
    ['a number', { IssueId: 10077 }, ['aws-main:10077', 'second:10077']],
    [
      'a list',
      [{ IssueId: 'INC-7' }, { IssueId: 'INC-8' }, { IssueId: 'INC-7' }],
      ['aws-main:INC-7', 'aws-main:INC-8'],
    ],
    ['records', { Records: [{ Sns: { Message: '{"IssueId":"INC-7"}' } }] }, ['aws-main:INC-7']],
    ['a good one and bad ones', [{ IssueId: 'INC-7' }, { IssueId: 'OPS-1' }, 7], ['aws-main:INC-7']],
  ] as const)
    it(`reads ${what} (X-10)`, async () => {
      const response = await post(message(value));
      assert.equal(response.statusCode, 202, response.body);
      assert.deepEqual(
        started(),
        ids.map((id) => `incident-intake:${id}`),
      );
    });

  const forged = { ...signed(notification), Message: JSON.stringify({ IssueId: 'INC-8' }) };
  const late = signed({ ...notification, Timestamp: new Date(now - 3_600_001).toISOString() });
  const named = (SigningCertURL: string) => signed({ ...notification, SigningCertURL });
  const refusals: readonly (readonly [
    what: string,
    body: unknown,
    status: number,
    error: string,
    fetches?: number,
  ])[] = [
    ['another topic', signed({ ...notification, TopicArn: `${topicArn}2` }), 403, 'foreign'],
    ['a stale message', late, 401, 'stale'],
    ['one from the future', signed({ ...notification, Timestamp: days(1).toISOString() }), 401, 'stale'],
    ['a time of no form', signed({ ...notification, Timestamp: 'now' }), 400, 'malformed'],
    [
      'a certificate elsewhere',
      named(certUrl.replace('amazonaws.com', 'amazonaws.com.evil.example')),
      401,
      'forged',
    ],
    ['a certificate in clear', named(certUrl.replace('https', 'http')), 401, 'forged'],
    ['one of another region', named(certUrl.replace('us-east-1', 'eu-west-1')), 401, 'forged'],
    ['one at another port', named(certUrl.replace('.com/', '.com:8443/')), 401, 'forged'],
    ['one with a user', named(certUrl.replace('https://', 'https://a@')), 401, 'forged'],
    ['another file there', named(certUrl.replace('.pem', '.txt')), 401, 'forged'],
    ['a file with a query', named(`${certUrl}?x=1`), 401, 'forged'],
    [
      'one on loopback, outside of the sandbox',
      named('http://127.0.0.1/SimpleNotificationService-1.pem'),
      401,
      'forged',
    ],
    ['no URL', named('certificate'), 401, 'forged'],
    ['no signature', { ...notification, Signature: '' }, 400, 'malformed'],
    ['another signature version', { ...signed(notification), SignatureVersion: '3' }, 400, 'malformed'],
    ['another type', { ...signed(notification), Type: 'Raw' }, 400, 'malformed'],
    ['a Subject that is no text', { ...signed(notification), Subject: 7 }, 400, 'malformed'],
    ['no JSON', '{"Type":', 400, 'malformed'],
    ['a forged message', forged, 401, 'forged', 1],
    ['a signature of another form', { ...signed(notification), Signature: '!' }, 401, 'forged', 1],
    ['a wrong project', message({ IssueId: 'OPS-1' }), 403, 'foreign', 1],
    ['no issue', message({ issue: 'INC-7' }), 400, 'malformed', 1],
    ['a path for an issue', message({ IssueId: '../../7' }), 400, 'malformed', 1],
  ];
  for (const [what, body, status, error, fetches = 0] of refusals)
    it(`refuses ${what}${fetches === 0 ? ' before anything is fetched' : ''}: ${error}`, async () => {
      const response = await post(body);
      assert.deepEqual([response.statusCode, response.json<{ error: string }>().error], [status, error]);
      assert.deepEqual([fetched.length, temporal.started, confirmed], [fetches, [], []]);
    });

  it('refuses raw delivery, which has no signature', async () => {
    const response = await post({ IssueId: 'INC-7' }, { 'x-amz-sns-rawdelivery': 'true' });
    assert.deepEqual([response.statusCode, response.json<{ error: string }>().error], [401, 'unsigned']);
  });

  it('confirms a subscription of a listed topic by the SDK, whatever its URL says', async () => {
    const response = await post(signed(confirmation));
    assert.deepEqual([response.statusCode, response.json<{ result: string }>().result], [200, 'confirmed']);
    assert.deepEqual(confirmed, [{ name: 'aws-main', topicArn, token: 'token-1' }]);
    assert.deepEqual(fetched, [certUrl]);
  });

  it('confirms no other, and takes note of an end', async () => {
    assert.equal((await post(signed({ ...confirmation, TopicArn: `${topicArn}2` }))).statusCode, 403);
    const end = await post(signed({ ...confirmation, Type: 'UnsubscribeConfirmation' }));
    assert.deepEqual([end.statusCode, confirmed], [200, []]);
  });

  it('asks for a repeat while Temporal is down, or the certificate cannot be had: nothing is lost (B19)', async () => {
    certificate = () => new Response('', { status: 500 });
    const first = await post(signed(notification));
    assert.deepEqual([first.statusCode, first.headers['retry-after']], [503, '5']);
    assert.match(first.body, /certificate/);
    certificate = () => new Response(pem);
    temporal.outage = new Error('14 UNAVAILABLE');
    assert.match((await post(signed(notification))).body, /Temporal is unavailable/);
    assert.equal(fetched.length, 2);
  });
});

describe('certificates of SNS', () => {
  const url = new URL(certUrl);
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const answering = (body: string, clock = () => now) =>
    createCertificates({ now: clock, fetch: async () => new Response(body) });

  for (const [what, body, reason] of [
    ['no certificate', 'x', /no certificate/],
    ['an expired one', makeCertificate(keys, { from: days(-3), to: days(-2) }), /not valid now/],
    ['one of tomorrow', makeCertificate(keys, { from: days(1), to: days(2) }), /not valid now/],
    ['one that is too large', 'x'.repeat(20_000), /too large/],
    [
      'another kind of key',
      makeCertificate({ ...keys, publicKey: other.publicKey }, { from: days(-1), to: days(1) }),
      /no RSA key/,
    ],
  ] as const)
    it(`refuse ${what}`, () => assert.rejects(answering(body)(url), reason));

  it('are fetched anew after a day, and a few a minute at most', async () => {
    let at = now;
    let fetches = 0;
    const certificates = createCertificates({
      now: () => at,
      fetch: async () => {
        fetches += 1;
        return new Response(pem);
      },
    });
    const of = (index: number) => certificates(new URL(certUrl.replace('abcdef', `${index}`)));
    await Promise.all([of(0), of(0)]);
    at += 86_400_001;
    await of(0);
    assert.equal(fetches, 2);
    for (let index = 1; index < 10; index += 1) await of(index);
    await assert.rejects(of(11), /too many/);
  });

  it('are not waited for long', () =>
    assert.rejects(
      createCertificates({
        now: () => now,
        timeoutMs: 1,
        fetch: (_, init) =>
          new Promise((_resolve, reject) =>
            init?.signal?.addEventListener('abort', () => reject(new Error('timeout'))),
          ),
      })(url),
      /timeout/,
    ));
});
