import assert from 'node:assert/strict';
import { startHaloSite, type Body, type HaloSite } from './halo-site.ts';

describe('Halo stand-in: filters', () => {
  let site: HaloSite;
  let sample: Body;
  let rows: readonly Body[];

  before(async () => {
    site = await startHaloSite();
    await site.person.seed({ count: 300, seed: 3, resolved: 0.3 });
    const { issues } = await site.page('/v3/issues?type=sva&csp_account_type=aws&per_page=1');
    sample = issues[0] ?? assert.fail();
    const pages = [1, 2, 3].map((page) => `/v1/issues?page=${page}`);
    const ids = (await Promise.all(pages.map((page) => site.page(page)))).map(({ issues: part }) =>
      part.map(({ id }) => String(id)).join(','),
    );
    const whole = ids.map((part) => site.page(`/v3/issues?status=active,resolved&id=${part}`));
    rows = (await Promise.all(whole)).flatMap(({ issues: part }) => part);
    assert.equal(rows.length, 300);
  });
  after(() => site.stop());

  /** Every row of the answer satisfies it, every other row does not. */
  const cases: readonly (readonly [string, (row: Body) => boolean])[] = [
    ['critical=true', (row) => row['critical'] === true],
    ['critical=False', (row) => row['critical'] === false],
    ['type=sva,fim', (row) => row['type'] === 'sva' || row['type'] === 'fim'],
    ['status=resolved', (row) => row['status'] === 'resolved'],
    ['asset_type=server', () => true],
    ['max_cvss_gte=7.5', (row) => Number(row['max_cvss'] ?? 0) >= 7.5],
    ['csp_region=us-west-2', (row) => row['csp_region'] === 'us-west-2'],
    ['csp_tags="environment":"production"', (row) => tagged(row, 'production')],
    ['csp_tags=["environment:staging"]', (row) => tagged(row, 'staging')],
  ];
  for (const [query, fits] of cases)
    it(query, async () => {
      const all = query.startsWith('status') ? query : `status=active,resolved&${query}`;
      const expected = rows.filter(fits).map(({ id }) => id);
      assert.ok(expected.length > 0);
      assert.deepEqual(await site.ids(`/v3/issues?${new URLSearchParams(all).toString()}`), expected);
    });

  for (const field of ['asset_id', 'asset_name', 'group_id', 'group_path', 'rule_key', 'csp_resource_id'])
    it(`${field} finds its own`, async () => {
      const query = new URLSearchParams({ [field]: String(sample[field]) }).toString();
      const { issues } = await site.page(`/v3/issues?${query}`);
      assert.ok(issues.some(({ id }) => id === sample['id']));
      assert.deepEqual(new Set(issues.map((issue) => issue[field])), new Set([sample[field]]));
    });

  it('cve_id finds every issue with one of them', async () => {
    const [cve = ''] = sample['cve_ids'] as string[];
    const { issues } = await site.page(`/v3/issues?cve_id=${cve},CVE-1999-1`);
    assert.ok(issues.length > 0);
    assert.ok(issues.every((issue) => (issue['cve_ids'] as string[]).includes(cve)));
  });

  it('without a status v3 lists active ones, v1 all', async () => {
    const { active, resolved } = await site.person.summary();
    assert.equal((await site.ids('/v3/issues')).length, active);
    assert.equal((await site.ids('/v1/issues')).length, active + resolved);
  });

  it('ids are a list, in any order, those that are gone left out', async () => {
    const ids = await site.ids('/v3/issues?per_page=100');
    const asked = [ids[5], ids[2], 'ffffffff-0000-11ef-8000-000000000000', ids[9]];
    assert.deepEqual(await site.ids(`/v3/issues?id=${asked.join(',')}`), [ids[2], ids[5], ids[9]]);
  });

  it('times are bounds, inclusive, with or without a zone', async () => {
    const at = String(sample['updated_at']);
    const same = await site.ids(`/v3/issues?updated_at_gte=${at}&updated_at_lte=${at}`);
    assert.ok(same.includes(String(sample['id'])), 'rows of one scan have one time');
    assert.deepEqual(
      await site.ids(`/v3/issues?updated_at_gte=${at.slice(0, -1)}&updated_at_lte=${at}`),
      same,
    );
    const after = await site.ids(`/v3/issues?updated_at_gt=${at}`);
    const since = await site.ids(`/v3/issues?since=${at}`);
    assert.deepEqual(since.slice(same.length).sort(), after.sort());
  });

  it('resolved since lists in the order of resolution', async () => {
    const [first, second] = await site.ids('/v3/issues?status=active');
    const from = new Date(Date.now() - 1000).toISOString();
    await site.person.resolve({ ids: [second ?? ''] });
    await site.person.resolve({ ids: [first ?? ''] });
    assert.deepEqual(await site.ids(`/v3/issues?status=resolved&resolved_at_gte=${from}`), [second, first]);
  });

  const wrong = [
    'critical=yes',
    'status=open',
    'updated_at_gte=yesterday',
    'per_page=0',
    'colour=red',
    'id=a_b',
  ];
  for (const query of wrong)
    it(`${query}: 422, the field named`, async () => {
      const response = await site.call(`/v3/issues?${query}`);
      assert.equal(response.status, 422);
      const { errors } = (await response.json()) as { errors: { field: string }[] };
      assert.equal(errors[0]?.field, query.split('=')[0]);
    });
});

function tagged(row: Body, environment: string): boolean {
  const tags = (row['csp_tags'] ?? []) as { key: string; value: string }[];
  return tags.some(({ key, value }) => key === 'environment' && value === environment);
}
