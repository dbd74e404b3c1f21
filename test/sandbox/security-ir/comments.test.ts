import assert from 'node:assert/strict';
import { ours, startSirSite, type Body, type SirSite } from './sir-site.ts';

describe('Security Incident Response stand-in: comments', () => {
  let site: SirSite;
  let caseId: string;
  const comment = (body: object) => site.call('POST', `/v1/cases/${caseId}/create-comment`, body);
  const listed = async () =>
    (await site.done('POST', `/v1/cases/${caseId}/list-comments`, {}))['items'] as Body[];

  before(async () => void (site = await startSirSite()));
  after(() => site.stop());
  beforeEach(async () => {
    await site.reset();
    caseId = await site.create();
  });

  it('are listed 25 a page, oldest first', async () => {
    for (let n = 1; n <= 27; n += 1) await site.person.comment(caseId, `Comment ${n}`);
    const { sizes, ids } = await site.pages(`/v1/cases/${caseId}/list-comments`, 'commentId');
    assert.deepEqual([sizes, ids], [[25, 2], [...ids].sort()]);
    assert.equal((await site.person.read(caseId)).comments.length, 27);
  });

  it('are made once a client token, even when the case has been closed since', async () => {
    const first = await comment({ body: 'Once', clientToken: 'c1' });
    await site.person.close(caseId);
    const again = await comment({ body: 'Once', clientToken: 'c1' });
    assert.deepEqual([again.status, again.body], [201, first.body]);
    assert.equal((await comment({ body: 'Else', clientToken: 'c1' })).type, 'ConflictException');
    assert.equal((await listed()).length, 1);
  });

  it('of two cases may have the same token', async () => {
    await comment({ body: 'x', clientToken: 'c1' });
    const other = await site.create();
    await site.done('POST', `/v1/cases/${other}/create-comment`, { body: 'y', clientToken: 'c1' });
    assert.equal((await site.person.read(other)).comments.length, 1);
  });

  const sizes: readonly (readonly [length: number, type: string | null])[] = [
    [0, 'ValidationException'],
    [1, null],
    [12_000, null],
    [12_001, 'ValidationException'],
  ];
  for (const [length, type] of sizes)
    it(`of ${length} characters: ${type ?? 'taken'}`, async () => {
      assert.equal((await comment({ body: 'x'.repeat(length) })).type, type);
    });

  it('tell who changed them last', async () => {
    const { commentId } = await site.person.comment(caseId, 'Befor');
    site.wait(3_000);
    const url = `/v1/cases/${caseId}/update-case-comment/${commentId}`;
    assert.deepEqual(await site.done('PUT', url, { body: 'Before' }), { commentId, body: 'Before' });
    const [one] = await listed();
    assert.deepEqual(
      [one?.['body'], one?.['creator'], one?.['lastUpdatedBy']],
      ['Before', 'AWS Responder', ours],
    );
    assert.ok(Number(one?.['lastUpdatedDate']) > Number(one?.['createdDate']));
    const unknown = await site.call('PUT', url.replace(commentId, '999999'), { body: 'x' });
    assert.equal(unknown.type, 'ResourceNotFoundException');
  });

  it('are changed by AWS as well', async () => {
    const { body } = await comment({ body: 'Ours' });
    await site.person.editComment(caseId, String(body['commentId']), 'Theirs');
    const [one] = await listed();
    assert.deepEqual(
      [one?.['body'], one?.['creator'], one?.['lastUpdatedBy']],
      ['Theirs', ours, 'AWS Responder'],
    );
  });

  it('are data: what looks like markup comes back as it was', async () => {
    const body = '<b>"\u2028 [~accountid:x] ${a}\u0000';
    await comment({ body });
    assert.equal((await listed())[0]?.['body'], body);
  });
});
