import assert from 'node:assert/strict';
import { latestOf, pathOf, startHaloSite, type Body, type HaloSite } from './halo-site.ts';

const first = { first: 1 };

describe('Halo stand-in: what scans and people do', () => {
  let site: HaloSite;
  before(async () => void (site = await startHaloSite()));
  after(() => site.stop());
  beforeEach(async () => {
    await site.reset();
    await site.person.seed({ count: 40, seed: 5, types: { sva: 1 } });
  });

  const theFirst = async () => (await site.page('/v3/issues?per_page=1')).issues[0] ?? assert.fail();
  const again = (issue: Body) => site.issue(String(issue['id']));
  const moved = (before: Body, after: Body) =>
    Object.keys(after).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));

  it('a change brings a new finding', async () => {
    const before = await theFirst();
    assert.deepEqual(await site.person.change(first), { count: 1, ids: [before['id']] });
    const after = await again(before);
    assert.deepEqual(moved(before, after), ['updated_at', 'last_seen_at', 'findings', 'last_finding_urls']);
    assert.notEqual(latestOf(after), latestOf(before));
    assert.equal(await site.status(latestOf(after)), 200);
    assert.equal(await site.status(latestOf(before)), 200, 'the older one stays');
  });

  it('a change may replace fields', async () => {
    const before = await theFirst();
    await site.person.change({ ...first, fields: { critical: true, package_version: '9.9' } });
    const after = await again(before);
    assert.deepEqual([after['critical'], after['package_version']], [true, '9.9']);
    assert.ok((await site.ids('/v3/issues?critical=true')).includes(String(before['id'])));
  });

  it('a touch moves times only', async () => {
    const before = await theFirst();
    await site.person.touch(first);
    assert.deepEqual(moved(before, await again(before)), ['updated_at', 'last_seen_at']);
  });

  it('each of many gets a time of its own, later than all before', async () => {
    const { ids } = await site.person.touch({ first: 20, skip: 5 });
    assert.equal(ids.length, 20);
    const listed = await site.ids('/v3/issues?updated_at_gte=2001-01-01');
    assert.deepEqual(listed.slice(-20), ids);
  });

  it('reopened: active, nothing of the resolution left, a new finding', async () => {
    const before = await theFirst();
    await site.person.resolve({ ...first, comment: 'Server retired.' });
    assert.equal((await again(before))['resolution_comment'], 'Server retired.');
    assert.deepEqual(
      (await site.person.reopen({ first: 9 })).ids,
      [before['id']],
      'only resolved ones reopen',
    );
    const after = await again(before);
    assert.deepEqual(moved(before, after), ['updated_at', 'last_seen_at', 'findings', 'last_finding_urls']);
    assert.equal(after['resolved_at'], undefined);
  });

  it('retired: server, issues and findings are gone', async () => {
    const before = await theFirst();
    const { ids, assets, count } = await site.person.retire(first);
    assert.deepEqual(assets, [String(before['asset_id']).replaceAll('-', '')]);
    assert.equal(count, 20, 'every issue of that asset');
    assert.ok(ids.includes(String(before['id'])));
    for (const path of [`/v3/issues/${String(before['id'])}`, pathOf(before['asset_url']), latestOf(before)])
      assert.equal(await site.status(path), 404, path);
    assert.equal((await site.ids('/v3/issues')).length, 20);
  });

  it('only the server may be gone', async () => {
    const before = await theFirst();
    assert.equal((await site.person.retire({ ...first, keepIssues: true })).count, 0);
    assert.equal(await site.status(pathOf(before['asset_url'])), 404);
    assert.deepEqual(await again(before), before);
  });

  it('a finding and a CVE may be gone while the issue names them', async () => {
    const before = await theFirst();
    const [cve = ''] = before['cve_ids'] as string[];
    await site.person.removeFinding(first);
    await site.person.removeCves([cve]);
    assert.equal(await site.status(latestOf(before)), 404);
    assert.equal(await site.status(`/v1/cve_details/${cve}`), 404);
    assert.deepEqual(await again(before), before);
  });

  it('the type may become one that nobody knows', async () => {
    const before = await theFirst();
    await site.person.setType({ ...first, type: 'container_runtime' });
    const after = await again(before);
    assert.deepEqual(moved(before, after), ['type', 'category', 'updated_at']);
    assert.equal(await site.status(latestOf(after)), 200);
  });

  it('an id that there is not, and a misspelt choice, are told', async () => {
    await assert.rejects(site.person.resolve({ ids: ['nobody'] }), /there is no issue nobody/);
    const misspelt = { firts: 1 } as object;
    await assert.rejects(site.person.touch(misspelt), /firts/);
  });

  it('calls are counted by kind, failed ones too, whatever the log keeps', async () => {
    await site.reset();
    await site.person.keepLog(0);
    await site.person.addFault({ mode: 'status', status: 503, match: { path: '/v3/issues' } });
    await site.call('/v3/issues');
    await site.call('/v1/issues?page=1');
    await site.call('/v1/cve_details/CVE-1');
    await site.call('/elsewhere');
    const byKind = { cve: 1, issues: 2, token: 1, unknown: 1 };
    assert.deepEqual(await site.person.calls(), { total: 5, byKind });
    assert.deepEqual(await site.person.requests(1), []);
  });
});
