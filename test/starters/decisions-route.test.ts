import assert from 'node:assert/strict';
import { createJsonLog } from '../../starters/log.ts';
import { createServer } from '../../starters/server.ts';
import { configOf } from '../config/example-config.ts';
import { withLoopback, type Expected, type Respond } from '../support/loopback.ts';
import { decisionsYaml, makeKey, nowMs, workflowId } from './decision-world.ts';
import { createTemporalDouble, type TemporalDouble } from './temporal-double.ts';

const myself = (respond: Respond): Expected => ({ method: 'GET', path: '/rest/api/3/myself', respond });
const dana = myself({ body: { accountId: 'dana-1' } });
const basic = (login: string) => ({ authorization: `Basic ${Buffer.from(login).toString('base64')}` });
const body = {
  workflowId,
  requestId: 'request-1',
  evidenceDigest: 'a'.repeat(64),
  policy: 'production@3',
  verb: 'approve',
  reason: null,
  idempotencyKey: 'key-00001',
};

interface World {
  readonly temporal: TemporalDouble;
  readonly logged: string[];
  readonly post: (change?: object | string | null, headers?: Record<string, string>) => Promise<Answer>;
  readonly metrics: () => Promise<string>;
}
interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, unknown>;
  readonly json: Record<string, string>;
}

/** The starters' server as it runs, with a Jira on loopback. */
async function withServer(
  jira: readonly Expected[],
  run: (world: World) => Promise<void>,
  options: { keys?: boolean; yaml?: (url: string) => Record<string, unknown> } = {},
) {
  await withLoopback(jira, async (url) => {
    const keys = JSON.stringify({ keys: [makeKey('k1')] });
    const yaml = decisionsYaml({
      ...{ 'temporal.uiUrl': url, 'jira.sites.0.baseUrl': url, 'gitlab.baseUrl': url },
      'decisions.gatewayUrl': url,
      ...options.yaml?.(url),
    });
    const config = configOf(yaml, {
      ...{ LOCKKEEPER_SANDBOX: '1', LOCKKEEPER_AWS_ENDPOINT: url, LOCKKEEPER_SLACK_API_URL: url },
      ...(options.keys === false ? {} : { LOCKKEEPER_DECISION_KEYS: keys }),
    });
    const temporal = createTemporalDouble();
    temporal.running.add(workflowId);
    const logged: string[] = [];
    const { app } = createServer({
      ...{ config, secrets: config.secrets, client: temporal, isReady: async () => true, now: () => nowMs },
      ...{ log: createJsonLog((line) => logged.push(line)), loginTimeoutMs: 100 },
    });
    const post: World['post'] = async (change = {}, headers = {}) => {
      const payload = typeof change === 'string' ? change : JSON.stringify({ ...body, ...change });
      const all = {
        'content-type': 'application/json',
        ...basic('dana@example.com:canary-token'),
        ...headers,
      };
      const response = await app.inject({ method: 'POST', url: '/decisions', payload, headers: all });
      return { statusCode: response.statusCode, headers: response.headers, json: response.json() };
    };
    await run({ temporal, logged, post, metrics: async () => (await app.inject('/metrics')).body });
    await app.close();
    assert.doesNotMatch(logged.join(), /canary-token|dana@example\.com/, 'a credential in the log');
  });
}

describe('POST /decisions', () => {
  it('takes what a person says whom Jira knows', () =>
    withServer([dana], async ({ post, temporal, metrics }) => {
      const { statusCode, json } = await post();
      assert.equal(statusCode, 202);
      assert.deepEqual({ ...json, jti: '' }, { jti: '', principal: 'dana', actingFor: null });
      assert.match(json['jti'] ?? '', /^[0-9a-f]{64}$/);
      assert.equal(temporal.signalled[0]?.signal.name, 'decide');
      assert.match(await metrics(), /lockkeeper_decisions_total\{via="cli",verb="approve",result="sent"\} 1/);
    }));

  it('gives the same idempotency key the same jti, but only of the same person', () =>
    withServer([dana, dana, myself({ body: { accountId: 'dev-1' } })], async ({ post }) => {
      const [first, second, other] = [await post(), await post(), await post()];
      assert.equal(first.json['jti'], second.json['jti']);
      assert.notEqual(first.json['jti'], other.json['jti']);
    }));

  it('asks Jira with the person’s own credentials', () =>
    withServer(
      [
        myself(({ headers }) => {
          assert.equal(headers.authorization, basic('dana@example.com:canary-token').authorization);
          return { body: { accountId: 'dana-1' } };
        }),
      ],
      async ({ post }) => assert.equal((await post()).statusCode, 202),
    ));

  for (const [what, respond, status, error] of [
    ['Jira answers 401', { status: 401, body: 'no: canary-token' }, 401, 'unauthenticated'],
    ['Jira answers 403', { status: 403, body: {} }, 401, 'unauthenticated'],
    ['Jira answers 429', { status: 429, headers: { 'retry-after': '7' }, body: '' }, 503, 'unavailable'],
    ['Jira answers 500', { status: 500, body: '<html>' }, 503, 'unavailable'],
    ['Jira answers what is no account', { body: { displayName: 'Dana' } }, 503, 'unavailable'],
    [
      'Jira redirects',
      { status: 302, headers: { location: 'https://example.com/' }, body: '' },
      503,
      'unavailable',
    ],
    ['Jira’s answer is lost', 'lost', 503, 'unavailable'],
    ['Jira does not answer', 'hang', 503, 'unavailable'],
    ['the account is mapped to nobody', { body: { accountId: 'eve-1' } }, 403, 'unmapped'],
    ['the account is the bot’s', { body: { accountId: 'bot-1' } }, 403, 'unmapped'],
  ] as const)
    it(`answers ${status} when ${what}`, () =>
      withServer([myself(respond)], async ({ post, temporal, metrics }) => {
        const { statusCode, json, headers } = await post();
        assert.deepEqual([statusCode, json['error']], [status, error]);
        assert.equal(headers['retry-after'], status === 503 ? '5' : undefined);
        assert.doesNotMatch(json['reason'] ?? '', /canary-token/);
        assert.deepEqual(temporal.signalled, []);
        assert.match(await metrics(), new RegExp(`via="cli",verb="unknown",result="${error}"\\} 1`));
      }));

  for (const [what, authorization] of [
    ['none', ''],
    ['a bearer token', 'Bearer x'],
    ['no base64', 'Basic §'],
    ['no colon', basic('dana').authorization],
    ['an empty token', basic('dana@example.com:').authorization],
    ['a line break', basic('dana@example.com:x\r\nx').authorization],
  ] as const)
    it(`answers 401 to credentials that are ${what}, without asking Jira`, () =>
      withServer([], async ({ post }) => {
        const { statusCode, json, headers } = await post({}, { authorization });
        assert.deepEqual([statusCode, json['error']], [401, 'unauthenticated']);
        assert.match(String(headers['www-authenticate']), /^Basic/);
      }));

  it('answers 429 after five failed logins, to this login only', () =>
    withServer(
      [...Array.from({ length: 5 }, () => myself({ status: 401, body: {} })), dana],
      async ({ post }) => {
        for (let i = 0; i < 5; i += 1) assert.equal((await post()).statusCode, 401);
        const { statusCode, headers } = await post();
        assert.deepEqual([statusCode, headers['retry-after']], [429, '60']);
        assert.equal((await post({}, basic('dev@example.com:x'))).statusCode, 202);
      },
    ));

  for (const [what, change, reason] of [
    ['no JSON', '{', /^the body: a JSON object/],
    ['no object', '[]', /^the body: a JSON object/],
    ['null', 'null', /^the body: a JSON object/],
    ['an unknown verb', { verb: 'grant' }, /^verb: one of approve, reject, .* is expected$/],
    ['a short digest', { evidenceDigest: 'abc' }, /^evidenceDigest: .*64 hex digits\) is expected$/],
    ['no policy version', { policy: 'production' }, /^policy: .*<name>@<version> is expected$/],
    ['a workflow id with blanks', { workflowId: 'a b' }, /^workflowId: /],
    ['an unknown field', { principal: 'dev' }, /^principal: unknown; leave it out$/],
    ['a long reason', { reason: 'x'.repeat(1_001) }, /^reason: a text of at most 1,000/],
    ['no time', { until: 'tomorrow' }, /^until: a time such as/],
    ['no key', { idempotencyKey: undefined }, /^idempotencyKey: /],
    ['two faults', { verb: 1, requestId: 1 }, /^requestId: .*; verb: /],
  ] as const)
    it(`answers 400 to ${what}, naming field and fix`, () =>
      withServer([dana], async ({ post, temporal }) => {
        const { statusCode, json } = await post(change);
        assert.deepEqual([statusCode, json['error']], [400, 'malformed']);
        assert.match(json['reason'] ?? '', reason);
        assert.deepEqual(temporal.signalled, []);
      }));

  it('answers 413 to more than 16 KB', () =>
    withServer([], async ({ post }) => assert.equal((await post('x'.repeat(20_000))).statusCode, 413)));

  it('answers 404 when the workflow does not run', () =>
    withServer([dana], async ({ post, temporal }) => {
      temporal.running.clear();
      const { statusCode, json } = await post();
      assert.deepEqual([statusCode, json['error']], [404, 'not-running']);
    }));

  it('answers 409 to a policy of which it has another version', () =>
    withServer([dana], async ({ post }) => {
      const { statusCode, json } = await post({ policy: 'production@2' });
      assert.deepEqual([statusCode, json['error']], [409, 'unknown-policy']);
    }));

  it('answers 503 while Temporal is down, and tells its address to nobody', () =>
    withServer([dana], async ({ post, temporal, logged }) => {
      temporal.outage = new Error('14 UNAVAILABLE: 10.0.0.7');
      const { statusCode, json, headers } = await post();
      assert.deepEqual([statusCode, json['error'], headers['retry-after']], [503, 'unavailable', '5']);
      assert.doesNotMatch(json['reason'] ?? '', /10\.0\.0\.7/);
      assert.match(logged.join(), /10\.0\.0\.7/);
    }));

  it('answers 404 without signing keys, with the fix', () =>
    withServer(
      [],
      async ({ post }) => {
        const { statusCode, json } = await post();
        assert.deepEqual([statusCode, json['error']], [404, 'not-configured']);
        assert.match(json['reason'] ?? '', /lockkeeper setup keys/);
      },
      { keys: false },
    ));

  describe('with several Jira sites', () => {
    const yaml = (url: string) => ({
      'jira.sites.1': {
        ...{ name: 'other', baseUrl: `${url}/other`, project: 'OPS', issueType: 'Deploy', bot: 'jira-bot' },
      },
    });

    it('asks the named one', () => {
      const other = {
        method: 'GET',
        path: '/other/rest/api/3/myself',
        respond: { body: { accountId: 'dev-1' } },
      };
      return withServer(
        [other],
        async ({ post }) => {
          const { statusCode, json } = await post({}, { 'x-lockkeeper-site': 'other' });
          assert.deepEqual([statusCode, json['principal']], [202, 'dev']);
        },
        { yaml },
      );
    });

    for (const header of [{}, { 'x-lockkeeper-site': 'elsewhere' }] as Record<string, string>[])
      it(`answers 400 and names them to ${JSON.stringify(header)}`, () =>
        withServer(
          [],
          async ({ post }) => {
            const { statusCode, json } = await post({}, header);
            assert.deepEqual([statusCode, json['error']], [400, 'unknown-site']);
            assert.match(json['reason'] ?? '', /main, other$/);
          },
          { yaml },
        ));
  });
});
