import assert from 'node:assert/strict';
import { startSirSite, type SirSite } from './sir-site.ts';

describe('Security Incident Response stand-in: events', () => {
  let site: SirSite;
  let caseId: string;
  const shown = () => site.events.map(({ detailType, detail }) => [detailType, detail]);
  const title = (text: string) => site.done('POST', `/v1/cases/${caseId}/update-case`, { title: text });

  before(async () => void (site = await startSirSite()));
  after(() => site.stop());
  beforeEach(async () => {
    await site.reset();
    caseId = await site.create();
    await site.person.settled();
    site.events.length = 0;
  });

  it('name the case, the account and who it was', async () => {
    const other = await site.create();
    await site.person.comment(other, 'x');
    await site.person.settled();
    assert.deepEqual(site.events, [
      {
        ...{ source: 'aws.security-ir', detailType: 'Case Created' },
        ...{ account: '111111111111', region: 'us-east-1' },
        resources: [`arn:aws:security-ir:us-east-1:111111111111:case/${other}`],
        detail: { caseId: other, createdBy: '111111111111' },
      },
      {
        ...site.events[0],
        detailType: 'Case Comment Added',
        detail: { caseId: other, createdBy: 'AWS Responder' },
      },
    ]);
  });

  it('each change has one', async () => {
    await title('Changed');
    await site.person.status(caseId, 'Acknowledged');
    const { commentId } = await site.person.comment(caseId, 'x');
    await site.person.editComment(caseId, commentId, 'y');
    await site.person.attach(caseId, 'f.txt', 'x');
    await site.person.pending(caseId, 'Customer');
    await site.person.close(caseId, 'Duplicate');
    await site.person.settled();
    const aws = { caseId, updatedBy: 'AWS Responder' };
    assert.deepEqual(shown(), [
      ['Case Updated', { caseId, updatedBy: '111111111111' }],
      ['Case Updated', aws],
      ['Case Comment Added', { caseId, createdBy: 'AWS Responder' }],
      ['Case Comment Updated', aws],
      ['Case Updated', aws],
      ['Case Updated', aws],
      ['Case Closed', aws],
    ]);
  });

  it('reads, refusals, repeats and tags have none', async () => {
    const { caseArn } = await site.get(caseId);
    const comment = { body: 'Once', clientToken: 'c1' };
    for (const said of [comment, comment])
      await site.done('POST', `/v1/cases/${caseId}/create-comment`, said);
    await site.call('POST', `/v1/cases/${caseId}/update-case`, { title: '' });
    await site.done('POST', `/v1/cases/${caseId}/update-case`, {});
    await site.done('POST', `/v1/tags/${encodeURIComponent(String(caseArn))}`, { tags: { a: 'b' } });
    await site.person.remove(caseId);
    await site.person.settled();
    assert.deepEqual(
      site.events.map(({ detailType }) => detailType),
      ['Case Comment Added'],
    );
  });

  it('get lost when they are told to', async () => {
    await site.person.events({ mode: 'drop' });
    await title('Lost');
    await site.person.events({ mode: 'deliver' });
    await title('Seen');
    const { sent, dropped } = await site.person.settled();
    assert.deepEqual([site.events.length, dropped], [1, 1]);
    assert.ok(sent >= 1);
  });

  it('come twice, as the same event', async () => {
    await site.person.events({ mode: 'duplicate' });
    await title('Twice');
    await site.person.settled();
    assert.deepEqual(site.events[0], site.events[1]);
    assert.equal(site.events.length, 2);
  });

  for (const reversed of [false, true])
    it(`wait while they are held${reversed ? ', then come the other way round' : ''}`, async () => {
      await site.person.events({ mode: 'hold' });
      await title('First');
      await site.person.comment(caseId, 'Second');
      assert.deepEqual([site.events.length, (await site.person.settled()).held], [0, 2]);
      await site.person.events({ mode: 'deliver', reversed });
      await site.person.settled();
      const kinds = ['Case Updated', 'Case Comment Added'];
      assert.deepEqual(
        site.events.map(({ detailType }) => detailType),
        reversed ? kinds.reverse() : kinds,
      );
    });

  it('come late', async () => {
    await site.person.events({ mode: 'deliver', delayMs: 60_000 });
    await title('Late');
    assert.deepEqual([site.events.length, (await site.person.settled()).delayed], [0, 1]);
  });

  it('a control that is written wrong says what is wrong', async () => {
    await assert.rejects(site.person.comment(caseId, ''), /body/);
    await assert.rejects(site.person.events({ mode: 'lose' as 'drop' }), /mode/);
  });
});
