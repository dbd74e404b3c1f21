import assert from 'node:assert/strict';
import { ours, startSirSite, type CallOptions, type SirSite } from './sir-site.ts';

const refused: readonly (readonly [what: string, type: string, options: CallOptions])[] = [
  ['an unknown key', 'UnrecognizedClientException', { key: 'AKIAUNKNOWN' }],
  ['a wrong secret', 'InvalidSignatureException', { secret: 'guessed' }],
  ['a session without its token', 'UnrecognizedClientException', { token: '' }],
  ['a session with another token', 'UnrecognizedClientException', { token: 'token of x' }],
  ['a session that has ended', 'ExpiredTokenException', { key: 'ASIAENDED' }],
  ['another region', 'InvalidSignatureException', { region: 'eu-west-1' }],
  ['another service', 'InvalidSignatureException', { service: 's3' }],
  ['a signature of yesterday', 'InvalidSignatureException', { signedAt: new Date(Date.now() - 86_400_000) }],
  [
    'a changed body',
    'InvalidSignatureException',
    { tamper: (request) => void (request.body = '{"maxResults":2}') },
  ],
  ['a changed query', 'InvalidSignatureException', { tamper: (request) => void (request.path += '?a=b') }],
  [
    'a changed time',
    'InvalidSignatureException',
    {
      tamper: ({ headers }) => {
        const at = headers['x-amz-date'] ?? '';
        headers['x-amz-date'] = at.slice(0, -2) + (at.at(-2) === '0' ? '1' : '0') + 'Z';
      },
    },
  ],
  [
    'no signature',
    'MissingAuthenticationTokenException',
    { tamper: ({ headers }) => void delete headers['authorization'] },
  ],
  [
    'a bearer token',
    'IncompleteSignatureException',
    { tamper: ({ headers }) => void (headers['authorization'] = 'Bearer x') },
  ],
];

describe('Security Incident Response stand-in: access', () => {
  let site: SirSite;
  before(async () => void (site = await startSirSite()));
  after(() => site.stop());
  beforeEach(() => site.reset());

  for (const [what, type, options] of refused)
    it(`refuses ${what}`, async () => {
      const answer = await site.call('POST', '/v1/list-cases', { maxResults: 1 }, options);
      assert.deepEqual([answer.status, answer.type], [403, type]);
    });

  it('takes paths with an escaped ARN and queries with several values', async () => {
    const { caseArn } = await site.person.create({ tags: { a: '1', 'b c': '2', d: '3' } });
    const path = `/v1/tags/${encodeURIComponent(caseArn)}`;
    await site.done('DELETE', `${path}?tagKeys=${encodeURIComponent('b c')}&tagKeys=a`);
    assert.deepEqual(await site.done('GET', path), { tags: { d: '3' } });
  });

  it('writes as the principal of the key', async () => {
    const caseId = await site.create();
    const url = `/v1/cases/${caseId}/create-comment`;
    await site.done('POST', url, { body: 'by us' });
    await site.done('POST', url, { body: 'by her' }, { key: 'AKIASOFIA' });
    await site.person.comment(caseId, 'by AWS');
    const { items } = await site.done('POST', `/v1/cases/${caseId}/list-comments`, {});
    const creators = (items as { creator: string }[]).map(({ creator }) => creator);
    assert.deepEqual(creators, [ours, 'arn:aws:iam::111111111111:user/sofia', 'AWS Responder']);
  });

  it('asks the policies, with the action of each operation', async () => {
    site.forbidden.add('security-ir:CloseCase');
    const caseId = await site.create();
    const { status, type, body } = await site.call('POST', `/v1/cases/${caseId}/close-case`, {});
    assert.deepEqual([status, type], [403, 'AccessDeniedException']);
    assert.match(String(body['message']), /aws-main is not authorized to perform: security-ir:CloseCase on/);
    await site.get(caseId);
  });

  it('knows no account without a membership, nor one that was cancelled', async () => {
    const list = (options?: CallOptions) => site.call('POST', '/v1/list-cases', {}, options);
    assert.equal((await list({ key: 'AKIAFOREIGN' })).type, 'SecurityIncidentResponseNotActiveException');
    await site.person.membership('Cancelled');
    assert.equal((await list()).type, 'SecurityIncidentResponseNotActiveException');
    const { items } = await site.done('POST', '/v1/memberships', {});
    const [membership] = items as { membershipId: string; membershipStatus: string }[];
    assert.equal(membership?.membershipStatus, 'Cancelled');
  });

  it('takes a right away, of one case or of all, and gives it back', async () => {
    const [a, b] = [await site.create(), await site.create()];
    const types = () =>
      Promise.all([a, b].map(async (id) => (await site.call('GET', `/v1/cases/${id}/get-case`)).type));
    await site.person.deny(['GetCase'], a);
    assert.deepEqual(await types(), ['AccessDeniedException', null]);
    await site.person.deny(['GetCase']);
    assert.deepEqual(await types(), ['AccessDeniedException', 'AccessDeniedException']);
    await site.person.deny([]);
    assert.deepEqual(await types(), [null, null]);
  });

  it('throttles with a Retry-After that shrinks, until it is over', async () => {
    await site.person.throttle(30);
    const answer = await site.call('POST', '/v1/list-cases', {});
    assert.deepEqual([answer.status, answer.type], [429, 'ThrottlingException']);
    assert.equal(answer.headers.get('retry-after'), '30');
    site.wait(20_000);
    assert.equal((await site.call('POST', '/v1/list-cases', {})).headers.get('retry-after'), '10');
    site.wait(10_000);
    await site.done('POST', '/v1/list-cases', {});
    assert.equal((await site.person.summary()).throttled, 2);
  });
});
