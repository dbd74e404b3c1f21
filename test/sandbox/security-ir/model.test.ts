import assert from 'node:assert/strict';
import { caseStatuses, closureCodes } from '../../../sandbox/security-ir/model.ts';
import { specsDirOrSkip } from '../../support/contract-judge.ts';
import { startSirSite, type SirSite } from './sir-site.ts';

/** Served by AWS, not by the stand-in: no process of ours has a use for them. */
const unserved = [
  ...['BatchGetMemberAccountDetails', 'CancelMembership', 'CreateMembership', 'UpdateMembership'],
  ...['ListInvestigations', 'SendFeedback'],
];

/** Shape of the model → a CreateCase body that has so much of it. */
const edges: readonly (readonly [shape: string, edge: 'min' | 'max', make: (size: number) => object])[] = [
  ['CaseTitle', 'max', (size) => ({ title: 'x'.repeat(size) })],
  ['CaseTitle', 'min', (size) => ({ title: 'x'.repeat(size) })],
  ['CaseDescription', 'max', (size) => ({ description: 'x'.repeat(size) })],
  ['CaseDescription', 'min', (size) => ({ description: 'x'.repeat(size) })],
  ['CreateCaseRequestClientTokenString', 'max', (size) => ({ clientToken: 'x'.repeat(size) })],
  ['ImpactedAccounts', 'max', (size) => ({ impactedAccounts: times(size, () => '111111111111') })],
  ['ImpactedServicesList', 'max', (size) => ({ impactedServices: times(size, (n) => `Service ${n}`) })],
  ['AwsService', 'max', (size) => ({ impactedServices: ['x'.repeat(size)] })],
  ['AwsService', 'min', (size) => ({ impactedServices: ['x'.repeat(size)] })],
  ['Watchers', 'max', (size) => ({ watchers: times(size, (n) => ({ email: `w${n}@example.com` })) })],
  ['PersonName', 'max', (size) => ({ watchers: [{ email: 'w@example.com', name: 'x'.repeat(size) }] })],
  [
    'ImpactedAwsRegionList',
    'max',
    (size) => ({ impactedAwsRegions: times(size, () => ({ region: 'us-east-1' })) }),
  ],
  [
    'ThreatActorIpList',
    'max',
    (size) => ({ threatActorIpAddresses: times(size, (n) => ({ ipAddress: `10.0.0.${n}` })) }),
  ],
  [
    'UserAgent',
    'max',
    (size) => ({ threatActorIpAddresses: [{ ipAddress: '10.0.0.1', userAgent: 'x'.repeat(size) }] }),
  ],
  ['TagKey', 'max', (size) => ({ tags: { ['x'.repeat(size)]: '' } })],
  ['TagValue', 'max', (size) => ({ tags: { a: 'x'.repeat(size) } })],
];

const times = <Item>(size: number, make: (n: number) => Item) =>
  Array.from({ length: size }, (_, n) => make(n));

/** Every other test of this folder has its answers judged by the model, too (see sir-site.ts). */
describe('Security Incident Response stand-in and AWS’s model', () => {
  let site: SirSite;
  before(async function () {
    specsDirOrSkip(this);
    site = await startSirSite();
  });
  after(async () => {
    if (site as SirSite | undefined) await site.stop();
  });

  it('serves every operation but those that it says it does not', async () => {
    const { operations } = site.judge ?? assert.fail();
    const unknown: string[] = [];
    for (const { name, http } of Object.values(operations)) {
      const url = http.requestUri.replace('{membershipId}', 'm-x').replace(/\{\w+\}/g, '1000000000');
      const { body } = await site.call(http.method, url, http.method === 'GET' ? undefined : {});
      if (body['reason'] === 'UNKNOWN_OPERATION') unknown.push(name);
    }
    assert.deepEqual(unknown.sort(), unserved.sort());
  });

  it('has the statuses and closure codes of the model', () => {
    assert.deepEqual(caseStatuses, site.judge?.enumOf('CaseStatus'));
    assert.deepEqual(closureCodes, site.judge?.enumOf('ClosureCode'));
  });

  it('takes every region of the model', async () => {
    const regions = (site.judge?.enumOf('AwsRegion') ?? []).map((region) => ({ region }));
    assert.ok(regions.length > 30);
    await site.create({ impactedAwsRegions: regions });
  });

  for (const [shape, edge, make] of edges)
    it(`takes the ${edge} of ${shape} and no more`, async () => {
      const size = site.judge?.bounds(shape)[edge] ?? assert.fail(shape);
      await site.create(make(size));
      const over = make(edge === 'max' ? size + 1 : size - 1);
      const { type } = await site.call('POST', '/v1/create-case', { ...site.newCase, ...over });
      assert.equal(type, 'ValidationException');
    });
});
