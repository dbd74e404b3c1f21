import assert from 'node:assert/strict';
import { startSirSite, type Body, type SirSite } from './sir-site.ts';

const da = 'Detection and Analysis';
const containment = 'Containment, Eradication and Recovery';
const post = 'Post-incident Activities';

/** from → to: of a self-managed case, by UpdateCaseStatus. */
const graph: Readonly<Record<string, readonly string[]>> = {
  Submitted: [da],
  Acknowledged: [da],
  [da]: [containment, post],
  [containment]: [da, post],
  [post]: [da, containment],
  'Ready to Close': [],
  Closed: [],
};
const settable = ['Submitted', da, containment, post];

const region = { region: 'us-east-1' };
const actor = { ipAddress: '198.51.100.7', userAgent: 'curl/8' };
const badForms: readonly (readonly [field: string, value: unknown])[] = [
  ['title', ''],
  ['title', 'x'.repeat(301)],
  ['description', ''],
  ['description', 'x'.repeat(8001)],
  ['resolverType', 'Customer'],
  ['engagementType', 'Incident'],
  ['reportedIncidentStartDate', '2026-11-23T00:00:00Z'],
  ['impactedAccounts', ['12345']],
  ['impactedAccounts', Array.from({ length: 201 }, () => '111111111111')],
  ['watchers', [{ email: 'nobody' }]],
  ['watchers', Array.from({ length: 31 }, (_, n) => ({ email: `w${n}@example.com` }))],
  ['threatActorIpAddresses', [{ ipAddress: '1.2.3' }]],
  ['impactedAwsRegions', [{ region: 'moon-1' }]],
  ['impactedServices', ['x']],
  ['clientToken', 'x'.repeat(256)],
  ['priority', 'high'],
];

describe('Security Incident Response stand-in: cases', () => {
  let site: SirSite;
  const write = (caseId: string, verb: string, body: object = {}) =>
    site.call('POST', `/v1/cases/${caseId}/${verb}`, body);

  before(async () => void (site = await startSirSite()));
  after(() => site.stop());
  beforeEach(() => site.reset());

  it('answers what was created, without caseId, times in whole epoch seconds', async () => {
    const caseId = await site.create({ impactedAwsRegions: [region], threatActorIpAddresses: [actor] });
    const found = await site.get(caseId);
    assert.equal(found['caseId'], undefined);
    assert.equal(found['caseArn'], `arn:aws:security-ir:us-east-1:111111111111:case/${caseId}`);
    assert.deepEqual(
      [found['caseStatus'], found['pendingAction'], found['reportedIncidentStartDate']],
      ['Submitted', 'None', 1_795_000_000],
    );
    assert.ok(Number.isInteger(found['lastUpdatedDate']));
    assert.ok(!('closedDate' in found) && !('actualIncidentStartDate' in found));
  });

  for (const [field, value] of badForms)
    it(`refuses to create with ${field} ${JSON.stringify(value).slice(0, 40)}`, async () => {
      const answer = await site.call('POST', '/v1/create-case', { ...site.newCase, [field]: value });
      assert.deepEqual([answer.status, answer.type], [400, 'ValidationException']);
      assert.equal(answer.body['reason'], 'FIELD_VALIDATION_FAILED');
      const [fault] = answer.body['fieldList'] as { name: string }[];
      assert.ok(fault?.name.startsWith(field), fault?.name);
    });

  it('names every required field that is missing', async () => {
    const { body } = await site.call('POST', '/v1/create-case', {});
    assert.deepEqual(
      (body['fieldList'] as { name: string }[]).map(({ name }) => name).sort(),
      Object.keys(site.newCase).sort(),
    );
  });

  it('creates once a client token, and refuses it for something else', async () => {
    const ids = [await site.create({ clientToken: 't1' }), await site.create({ clientToken: 't1' })];
    assert.equal(ids[0], ids[1]);
    const other = { ...site.newCase, clientToken: 't1', title: 'Another' };
    const { type, body } = await site.call('POST', '/v1/create-case', other);
    assert.deepEqual([type, body['resourceId']], ['ConflictException', ids[0]]);
    assert.equal((await site.person.summary()).cases, 1);
  });

  for (const [from, next] of Object.entries(graph))
    for (const to of settable)
      it(`${from} → ${to}: ${next.includes(to) ? 'goes' : 'refused'}`, async () => {
        const caseId = await site.create();
        if (from !== 'Submitted') await site.person.status(caseId, from as 'Closed');
        const { status, type } = await write(caseId, 'update-case-status', { caseStatus: to });
        assert.deepEqual([status, type], next.includes(to) ? [201, null] : [409, 'ConflictException']);
        assert.equal((await site.get(caseId))['caseStatus'], next.includes(to) ? to : from);
      });

  for (const caseStatus of ['Acknowledged', 'Ready to Close', 'Closed', 'Open'])
    it(`${caseStatus} is not settable`, async () => {
      const { type } = await write(await site.create(), 'update-case-status', { caseStatus });
      assert.equal(type, 'ValidationException');
    });

  it('of a case that AWS supports only closing is ours', async () => {
    const { caseId } = await site.person.create();
    assert.equal((await write(caseId, 'update-case-status', { caseStatus: da })).type, 'ConflictException');
    const { body } = await write(caseId, 'close-case');
    assert.equal(body['caseStatus'], 'Closed');
    assert.equal((await site.get(caseId))['closedDate'], body['closedDate']);
  });

  it('goes from Self to AWS, not back', async () => {
    const caseId = await site.create();
    const { body } = await write(caseId, 'update-resolver-type', { resolverType: 'AWS' });
    assert.deepEqual(body, { caseId, caseStatus: 'Submitted', resolverType: 'AWS' });
    const back = await write(caseId, 'update-resolver-type', { resolverType: 'Self' });
    assert.equal(back.type, 'ConflictException');
  });

  const writes: readonly (readonly [verb: string, body: object])[] = [
    ['update-case', { title: 'Late' }],
    ['update-case-status', { caseStatus: da }],
    ['close-case', {}],
    ['update-resolver-type', { resolverType: 'AWS' }],
    ['create-comment', { body: 'Late' }],
    ['get-presigned-url', { fileName: 'late.txt', contentLength: 1 }],
  ];
  for (const [verb, body] of writes)
    it(`a closed case refuses ${verb}, one that is gone does not know it`, async () => {
      const { caseId } = await site.person.create({ resolverType: 'Self' });
      await site.person.close(caseId, 'False Positive');
      const { status, type, body: told } = await write(caseId, verb, body);
      assert.deepEqual([status, type, told['resourceId']], [409, 'ConflictException', caseId]);
      assert.equal((await site.get(caseId))['closureCode'], 'False Positive');
      await site.person.remove(caseId);
      assert.equal((await write(caseId, verb, body)).type, 'ResourceNotFoundException');
    });

  it('changes what is named, adds to lists and takes from them', async () => {
    const watchers = [{ email: 'a@example.com' }, { email: 'b@example.com' }];
    const caseId = await site.create({ watchers, impactedServices: ['Amazon S3'] });
    const change = {
      ...{ title: 'Changed', actualIncidentStartDate: 1_794_000_000 },
      ...{ watchersToAdd: [{ email: 'c@example.com' }], watchersToDelete: [{ email: 'A@example.com' }] },
      ...{ impactedServicesToAdd: ['Amazon EC2', 'Amazon S3'], impactedServicesToDelete: ['AWS IAM'] },
      caseMetadata: [{ key: 'k', value: 'v' }],
    };
    assert.deepEqual((await write(caseId, 'update-case', change)).body, {});
    const found = await site.get(caseId);
    assert.deepEqual([found['title'], found['description']], ['Changed', site.newCase.description]);
    assert.deepEqual(found['impactedServices'], ['Amazon S3', 'Amazon EC2']);
    assert.deepEqual(found['watchers'], [{ email: 'b@example.com' }, { email: 'c@example.com' }]);
    assert.deepEqual(found['caseMetadata'], [{ key: 'k', value: 'v' }]);
  });

  it('has at most 30 watchers', async () => {
    const caseId = await site.create();
    const watchersToAdd = Array.from({ length: 30 }, (_, n) => ({ email: `w${n}@example.com` }));
    const { type, body } = await write(caseId, 'update-case', { title: 'Not this', watchersToAdd });
    assert.deepEqual([type, body['fieldList'] !== undefined], ['ValidationException', true]);
    assert.equal((await site.get(caseId))['title'], site.newCase.title);
  });

  it('lists 25 a page; a case more or less between two pages shifts nothing', async () => {
    const { ids } = await site.person.seed({ cases: 60 });
    const changes = [() => site.person.remove(ids[3] ?? ''), () => site.person.create()];
    const listed = await site.pages('/v1/list-cases', 'caseId', async () => changes.shift()?.());
    assert.deepEqual(listed.sizes, [25, 25, 11]);
    assert.deepEqual(listed.ids.slice(0, 60), ids);
    assert.equal(new Set(listed.ids).size, 61);
  });

  for (const body of [{ maxResults: 26 }, { maxResults: 0 }, { nextToken: 'x' }, { pageSize: 5 }])
    it(`refuses to list with ${JSON.stringify(body)}`, async () => {
      assert.equal((await site.call('POST', '/v1/list-cases', body)).type, 'ValidationException');
    });

  it('a token of one list is none of another', async () => {
    await site.person.seed({ cases: 2 });
    const { nextToken, total } = await site.done('POST', '/v1/list-cases', { maxResults: 1 });
    assert.equal(total, 2);
    const { type } = await write(await site.create(), 'list-comments', { nextToken });
    assert.equal(type, 'ValidationException');
  });

  it('tells who changed what', async () => {
    const caseId = await site.create();
    await write(caseId, 'update-case', { title: 'Changed' });
    await site.person.status(caseId, 'Acknowledged');
    const edits = (await write(caseId, 'list-case-edits')).body['items'] as Body[];
    assert.deepEqual(
      edits.map(({ action, message }) => [action, message]),
      [
        ['Case Created', 'The case was created.'],
        ['Case Updated', 'The case was changed: title.'],
        ['Case Updated', 'The status is Acknowledged now.'],
      ],
    );
    assert.equal(edits[2]?.['principal'], 'AWS Responder');
  });

  it('keeps tags apart from the case', async () => {
    const caseId = await site.create({ tags: { 'lockkeeper:issue': 'aws-main/10001' } });
    const { caseArn, lastUpdatedDate } = await site.get(caseId);
    const url = `/v1/tags/${encodeURIComponent(String(caseArn))}`;
    site.wait(5_000);
    await site.done('POST', url, { tags: { more: '' } });
    assert.deepEqual(await site.done('GET', url), {
      tags: { 'lockkeeper:issue': 'aws-main/10001', more: '' },
    });
    assert.equal((await site.get(caseId))['lastUpdatedDate'], lastUpdatedDate);
    assert.ok(!('tags' in (await site.get(caseId))));
    const strange = `/v1/tags/${encodeURIComponent(String(caseArn).replace('case/1', 'case/9'))}`;
    assert.equal((await site.call('GET', strange)).type, 'ResourceNotFoundException');
  });

  it('the same seed makes the same cases', async () => {
    const titles = async () => {
      const { ids } = await site.person.seed({ cases: 3, seed: 7 });
      return Promise.all(ids.map(async (id) => (await site.get(id))['title']));
    };
    assert.deepEqual(await titles(), await titles());
    assert.equal(site.events.length, 0);
  });

  it('has its own membership and no other', async () => {
    const { items } = await site.done('POST', '/v1/memberships', {});
    const { membershipId } = (items as { membershipId: string }[])[0] ?? assert.fail();
    const membership = await site.done('GET', `/v1/membership/${membershipId}`);
    assert.equal((membership['incidentResponseTeam'] as unknown[]).length, 2);
    const other = await site.call('GET', '/v1/membership/m-other00000001');
    assert.equal(other.type, 'ResourceNotFoundException');
  });
});
