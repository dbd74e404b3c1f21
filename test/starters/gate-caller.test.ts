import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { exportSPKI, importJWK } from 'jose';
import {
  claims,
  foreignKey,
  gateToken,
  nowMs,
  publicJwk,
  shared,
  signToken,
  withGate,
  type GateWorld,
} from './gate-world.ts';

const body = { environment: 'production', buildJob: 'build' };
const seconds = nowMs / 1000;

async function ask({ call }: GateWorld, headers: Record<string, string>, more: object = {}) {
  return call('POST', '/gates/change', { body: { ...body, ...more }, headers });
}

describe('who calls the gate', () => {
  describe('an ID token that is refused', () => {
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const plain = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    type Forge = (world: GateWorld, iss: string) => Promise<string>;
    const cases: readonly (readonly [what: string, forge: Forge, status: number, error: string])[] = [
      ['of another issuer', (w) => w.token({ iss: 'https://gitlab.example.org' }), 401, 'forged'],
      ['without an issuer', () => signToken({ ...claims }), 401, 'forged'],
      ['for another audience', (w) => w.token({ aud: 'vault' }), 401, 'forged'],
      ['for other audiences', (w) => w.token({ aud: ['vault', 'aws'] }), 401, 'forged'],
      ['that has expired', (w) => w.token({ exp: seconds - 11 }), 401, 'forged'],
      [
        'without an end',
        async (_w, iss) => signToken({ ...claims, iss, exp: undefined as never }),
        401,
        'forged',
      ],
      ['that is not valid yet', (w) => w.token({ nbf: seconds + 60 }), 401, 'forged'],
      [
        'without a signature',
        async (_w, iss) => `${plain({ alg: 'none' })}.${plain({ ...claims, iss })}.`,
        401,
        'forged',
      ],
      [
        'signed by somebody else under our key’s id',
        (_w, iss) => signToken({ ...claims, iss }, { key: foreignKey }),
        401,
        'forged',
      ],
      [
        'of an unknown key',
        (_w, iss) => signToken({ ...claims, iss }, { kid: 'k2', key: foreignKey }),
        401,
        'forged',
      ],
      [
        'keyed with the public key as an HMAC secret',
        async (_w, iss) => {
          const pem = await exportSPKI(
            (await importJWK({ ...publicJwk, ext: true }, 'RS256', { extractable: true })) as never,
          );
          return signToken(
            { ...claims, iss },
            { alg: 'HS256', key: createSecretKey(Buffer.from(pem)) as never },
          );
        },
        401,
        'forged',
      ],
      [
        'whose claims were changed afterwards',
        async (w, iss) => {
          const [head, , signature] = (await w.token()).split('.');
          return `${head}.${plain({ ...claims, iss, project_path: 'shop/other' })}.${signature}`;
        },
        401,
        'forged',
      ],
      ['that is no job’s', (w) => w.token({ pipeline_id: undefined as never }), 401, 'forged'],
      ['with a short SHA', (w) => w.token({ sha: 'abc' }), 401, 'forged'],
      ['with a pipeline that is no number', (w) => w.token({ pipeline_id: '4711/..' }), 401, 'forged'],
      ['that is too long', (w) => w.token({ filler: 'x'.repeat(9_000) }), 401, 'forged'],
      ['of a tag', (w) => w.token({ ref_type: 'tag' }), 403, 'not-a-branch'],
      ['of a merge request', (w) => w.token({ pipeline_source: 'merge_request_event' }), 403, 'not-a-branch'],
      ['that is no token', async () => 'abc', 401, 'unauthenticated'],
    ];
    for (const [what, forge, status, error] of cases)
      it(what, () =>
        withGate(async (world) => {
          const iss = JSON.parse(
            Buffer.from((await world.token()).split('.')[1] ?? '', 'base64url').toString(),
          ).iss;
          const token = await forge(world, String(iss));
          const answer = await ask(world, bearer(token));
          assert.deepEqual([answer.status, answer.json['error']], [status, error]);
          assert.deepEqual(world.temporal.started, []);
          const said = [...world.logged, JSON.stringify(answer.json)].join();
          assert.ok(!said.includes(token), 'the token is told');
        }),
      );
  });

  it('takes a token of its GitLab, and reads the keys once', () =>
    withGate(async ({ post, gitlab, metrics }) => {
      for (let i = 0; i < 3; i += 1) assert.equal((await post('/gates/change', body)).status, 202);
      assert.equal(gitlab.asked, 1);
      assert.match(await metrics(), /lockkeeper_gates_total\{route="request",result="started"\} 1/);
    }));

  for (const [what, mode] of [
    ['does not answer', 'down'],
    ['has no keys', 'no-keys'],
  ] as const)
    it(`says what it is when GitLab ${what}`, () =>
      withGate(async ({ post, gitlab, temporal }) => {
        gitlab.mode = mode;
        const { status, headers } = await post('/gates/change', body);
        assert.equal(status, mode === 'down' ? 503 : 401);
        assert.equal(headers.get('retry-after'), mode === 'down' ? '5' : null);
        assert.deepEqual(temporal.started, []);
      }));

  it('answers 401 to nobody, saying what is expected', () =>
    withGate(async (world) => {
      const { status, json, headers } = await ask(world, {});
      assert.deepEqual([status, json['error']], [401, 'unauthenticated']);
      assert.match(String(json['reason']), /ID token.*X-Lockkeeper-Token/);
      assert.match(headers.get('www-authenticate') ?? '', /^Bearer/);
      assert.match(await world.metrics(), /route="request",result="unauthenticated"\} 1/);
    }));

  describe('the shared token', () => {
    const generic = { project: 'web', build: '12', branch: 'main', sha: 'b'.repeat(40) };

    it('says nothing about who asks', () =>
      withGate(async (world) => {
        assert.equal((await ask(world, shared, generic)).status, 202);
        const input = world.temporal.started[0]?.start.input as { request: object };
        assert.partialDeepStrictEqual(input.request, {
          ...{
            ...generic,
            requester: { person: null, verified: false, triggeredBy: null },
            pipelineId: null,
          },
        });
        assert.doesNotMatch(world.logged.join(), new RegExp(gateToken));
      }));

    it('is refused when it is another', () =>
      withGate(async (world) => {
        const { status, json } = await ask(world, { 'x-lockkeeper-token': 'guess' }, generic);
        assert.deepEqual([status, json['error']], [401, 'forged']);
      }));

    it('is refused when none is set', () =>
      withGate(
        async (world) => assert.equal((await ask(world, { 'x-lockkeeper-token': '' }, generic)).status, 401),
        { gateToken: null },
      ));

    it('is not looked at beside a wrong ID token', () =>
      withGate(async (world) => {
        const headers = { ...shared, authorization: 'Bearer a.b.c' };
        assert.equal((await ask(world, headers, generic)).status, 401);
      }));

    it('cannot be guessed at: 429 after five wrong ones, for a minute', () =>
      withGate(async (world) => {
        for (let i = 0; i < 5; i += 1) await ask(world, { 'x-lockkeeper-token': `guess-${i}` }, generic);
        const { status, headers } = await ask(world, shared, generic);
        assert.deepEqual([status, headers.get('retry-after')], [429, '60']);
        assert.equal((await world.post('/gates/change', body)).status, 202, 'a job of GitLab');
        world.clock.nowMs += 61_000;
        assert.equal((await ask(world, shared, generic)).status, 202);
      }));
  });

  describe('the projects that may', () => {
    const gate = (projects: readonly string[]) => ({ 'processes.change.gate': { projects } });
    for (const [projects, project, status] of [
      [['shop/web'], 'shop/web', 202],
      [['shop/'], 'shop/web', 202],
      [['shop/web'], 'shop/website', 403],
      [['shop/'], 'shopping/web', 403],
      [[], 'shop/web', 403],
    ] as const)
      it(`${JSON.stringify(projects)}: ${project} → ${status}`, () =>
        withGate(
          async ({ post }) =>
            assert.equal((await post('/gates/change', body, { project_path: project })).status, status),
          { changes: gate(projects) },
        ));
  });

  for (const [user, person] of [
    ['dana-gl', 'dana'],
    ['mallory', 'gitlab:mallory'],
    ['dana', 'gitlab:dana'],
  ] as const)
    it(`knows ${user} as ${person}`, () =>
      withGate(async ({ post, temporal }) => {
        await post('/gates/change', body, { user_login: user });
        const input = temporal.started[0]?.start.input as { request: { requester: object } };
        assert.deepEqual(input.request.requester, { person, verified: true, triggeredBy: person });
      }));
});
