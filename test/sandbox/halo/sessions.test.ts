import assert from 'node:assert/strict';
import { startHaloSite, type HaloSite } from './halo-site.ts';

describe('Halo stand-in: sessions and refusals', () => {
  let site: HaloSite;
  before(async () => void (site = await startHaloSite()));
  after(() => site.stop());
  beforeEach(async () => {
    await site.reset();
    await site.person.seed({ count: 3, seed: 1 });
  });

  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

  it('client credentials give a bearer token of fifteen minutes', async () => {
    const response = await site.signIn();
    assert.equal(response.status, 200);
    const { access_token: token, ...rest } = (await response.json()) as Record<string, unknown>;
    assert.match(String(token), /^[0-9a-f]{32}$/);
    assert.deepEqual(rest, { token_type: 'bearer', expires_in: 900, scope: 'read' });
  });

  const refused: readonly (readonly [string, string, string | undefined, number])[] = [
    ['a wrong secret', basic('halo-auditor:wrong'), undefined, 401],
    ['an unknown key', basic('somebody:secret-of-the-tests'), undefined, 401],
    ['no credentials', '', undefined, 401],
    ['another grant', basic('halo-auditor:secret-of-the-tests'), '?grant_type=password', 400],
    ['no grant', basic('halo-auditor:secret-of-the-tests'), '', 400],
  ];
  for (const [name, authorization, query, status] of refused)
    it(`${name}: ${status}`, async () => {
      assert.equal((await site.signIn(authorization, query)).status, status);
    });

  it('a token ends with its time', async () => {
    await site.person.tokenLifetime(60);
    const token = await site.newToken();
    site.wait(59_000);
    assert.equal((await site.call('/v3/issues', 'GET', token)).status, 200);
    site.wait(2_000);
    assert.equal((await site.call('/v3/issues', 'GET', token)).status, 401);
  });

  it('all tokens end when told to, and new ones work', async () => {
    const token = await site.newToken();
    assert.deepEqual(await site.person.expireTokens(), { expired: 2 });
    const response = await site.call('/v3/issues', 'GET', token);
    assert.equal(response.status, 401);
    assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/);
    assert.equal((await site.call('/v3/issues', 'GET', await site.newToken())).status, 200);
  });

  it('the key and its secret are no token', async () => {
    const headers = { authorization: basic('halo-auditor:secret-of-the-tests') };
    assert.equal((await fetch(`${site.front.url}/v3/issues`, { headers })).status, 401);
  });

  const gone = '00000000000011ef8000000000000000';
  const missing = [
    `/v3/issues/${gone}`,
    `/v1/issues/${gone}`,
    `/v1/servers/${gone}`,
    `/v1/scans/${gone}/findings/${gone}`,
    `/v1/events/${gone}`,
    '/v1/cve_details/CVE-1999-0001',
    '/v2/issues',
    '/',
  ];
  for (const path of missing)
    it(`${path}: 404`, async () => {
      assert.equal(await site.status(path), 404);
    });

  it('an id of other signs is refused', async () => {
    assert.equal(await site.status('/v3/issues/a%20b'), 422);
  });

  it("an auditor's key does not write", async () => {
    for (const method of ['POST', 'PUT', 'DELETE'])
      assert.equal((await site.call('/v3/issues', method)).status, 403);
  });
});
