import assert from 'node:assert/strict';
import { latestOf, pathOf, startHaloSite, type Body, type HaloSite } from './halo-site.ts';

describe('Halo stand-in: fixtures in its own shape', () => {
  let site: HaloSite;
  before(async () => void (site = await startHaloSite()));
  after(() => site.stop());
  beforeEach(() => site.reset());

  it('what is given is shown, the rest is made', async () => {
    const id = '80f2df5e-0f77-11e9-b78d-17c524a28aab';
    const times = { created_at: '2019-01-03T16:49:15.064559Z', updated_at: '2019-09-24T19:56:51.262103Z' };
    const given = { id, type: 'csm', critical: true, name: 'A "rule"', ...times };
    const { issues } = await site.person.seed({ issues: [{ issue: given, server: { hostname: 'db-1' } }] });
    const issue = await site.issue(id);
    for (const [name, value] of Object.entries(given)) assert.equal(issue[name], value, name);
    assert.equal(issue['asset_id'], issues[0]?.asset_id);
    assert.deepEqual([issue['first_seen_at'], issue['last_seen_at']], [times.created_at, times.updated_at]);
    assert.equal(issue['asset_name'], 'db-1');
    assert.equal((await site.get(latestOf(issue)))['status'], 'bad');
  });

  it('two issues share an asset, and bodies may be anything', async () => {
    const { issues } = await site.person.seed({
      issues: [{ issue: {}, server: { state: 'retired' }, finding: { package_version: null } }],
      cves: { 'CVE-2031-1': { summary: 'to come' } },
    });
    const [one] = issues;
    await site.person.seed({ issues: [{ issue: { type: 'fim', asset_id: one?.asset_id ?? '' } }] });
    const all = (await site.page('/v3/issues')).issues;
    assert.deepEqual(new Set(all.map((issue) => issue['asset_id'])).size, 1);
    const { server } = await site.get<{ server: Body }>(pathOf(all[0]?.['asset_url']));
    assert.equal(server['state'], 'retired');
    assert.equal((await site.get(latestOf(all[0] ?? {})))['package_version'], null);
    assert.deepEqual(await site.get('/v1/cve_details/CVE-2031-1'), { CVE: 'CVE-2031-1', summary: 'to come' });
  });

  it('fields may be missing, empty or of another form', async () => {
    const issue = { cve_ids: null, last_finding_urls: [], max_cvss: 'high' };
    await site.person.seed({ issues: [{ issue, omit: ['extended_attributes', 'group_path'] }] });
    const shown = (await site.page('/v3/issues')).issues[0] ?? assert.fail();
    assert.deepEqual([shown['cve_ids'], shown['last_finding_urls'], shown['max_cvss']], [null, [], 'high']);
    assert.ok(!('extended_attributes' in shown) && !('group_path' in shown));
    await site.person.change({ first: 1 });
    assert.equal(
      await site.status(latestOf(await site.issue(String(shown['id'])))),
      200,
      'a scan brings a finding',
    );
  });

  it('a resolved one, and one of a type that nobody knows', async () => {
    const resolution = {
      resolved_at: '2026-01-02T00:00:00Z',
      resolved_by: 'sue',
      resolution_comment: 'done',
    };
    await site.person.seed({
      issues: [{ issue: { status: 'resolved', ...resolution } }, { issue: { type: 'container_runtime' } }],
    });
    const [resolved] = (await site.page('/v3/issues?status=resolved')).issues;
    assert.deepEqual(
      [resolved?.['resolved_at'], resolved?.['resolved_by']],
      ['2026-01-02T00:00:00.000000Z', 'sue'],
    );
    const [odd] = (await site.page('/v3/issues')).issues;
    assert.equal(odd?.['type'], 'container_runtime');
    assert.equal(await site.status(latestOf(odd ?? {})), 200);
  });

  it('an id that exists and a field of the seed that does not are told', async () => {
    await site.person.seed({ issues: [{ issue: { id: 'a-1' } }] });
    await assert.rejects(site.person.seed({ issues: [{ issue: { id: 'A1' } }] }), /exists/);
    const misspelt = { cuont: 3 } as object;
    await assert.rejects(site.person.seed(misspelt), /cuont/);
  });
});
