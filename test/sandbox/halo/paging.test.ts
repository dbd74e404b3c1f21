import assert from 'node:assert/strict';
import { startHaloSite, type HaloSite } from './halo-site.ts';

const everything = 'updated_at_gte=2001-01-01';

describe('Halo stand-in: pages', () => {
  let site: HaloSite;
  before(async () => void (site = await startHaloSite()));
  after(() => site.stop());
  beforeEach(async () => {
    await site.reset();
    await site.person.seed({ count: 250 });
  });

  const without = (ids: readonly string[], gone: readonly string[]) => ids.filter((id) => !gone.includes(id));

  for (const query of ['', everything, 'created_at_gte=2001-01-01'])
    it(`every row once, in order, beyond twenty pages: ${query || 'no filter'}`, async () => {
      const paged = await site.ids(`/v3/issues?per_page=10&${query}`);
      assert.equal(new Set(paged).size, 250);
      assert.equal(paged.length, 250);
      assert.deepEqual(await site.ids(`/v3/issues?${query}`), paged);
    });

  it('the next page is an absolute address with the query in it; the last has none', async () => {
    const first = await site.page('/v3/issues?type=sva,csm&per_page=100');
    const next = new URL(first.pagination.next ?? assert.fail());
    assert.deepEqual([next.searchParams.get('type'), next.searchParams.get('per_page')], ['sva,csm', '100']);
    assert.equal(next.origin, site.front.url);
    const last = await site.page('/v3/issues?id=none');
    assert.deepEqual(last.pagination, {});
  });

  for (const size of ['', 'per_page=100', 'per_page=500'])
    it(`a page holds a hundred at most: ${size || 'default'}`, async () => {
      assert.equal((await site.page(`/v3/issues?${size}`)).issues.length, 100);
    });

  it('by the list order nothing is lost while rows are resolved, changed and added', async () => {
    const before = await site.ids('/v3/issues');
    const lost: string[] = [];
    const seen = await site.ids('/v3/issues?per_page=50', async (_page, read) => {
      const next = before.indexOf(read.at(-1) ?? '') + 1;
      const unread = before.slice(next, next + 3);
      // Rows that were read and rows that are still to come leave the list.
      await site.person.resolve({ ids: [...read.slice(-3), ...unread] });
      await site.person.change({ ids: before.slice(0, 2) });
      await site.person.seed({ count: 1 });
      lost.push(...unread);
    });
    assert.ok(lost.length >= 9);
    assert.deepEqual(
      seen.filter((id) => before.includes(id)),
      without(before, lost),
    );
    assert.equal(new Set(seen).size, seen.length);
    assert.ok(seen.length > before.length - lost.length, 'new rows come at the end');
  });

  it('by time no row is lost either, and one that changes comes again', async () => {
    const before = await site.ids(`/v3/issues?${everything}`);
    const read = before[10] ?? '';
    const unread = before[200] ?? '';
    const seen = await site.ids(`/v3/issues?per_page=50&${everything}`, async (page) => {
      if (page === 1) await site.person.change({ ids: [read, unread] });
    });
    assert.deepEqual(seen, [...without(before, [unread]), read, unread]);
  });

  it('the row at the cursor may go', async () => {
    const before = await site.ids('/v3/issues');
    const first = await site.page('/v3/issues?per_page=50');
    const { ids: gone } = await site.person.retire({ ids: [before[49] ?? ''] });
    const rest = await site.ids(first.pagination.next ?? assert.fail());
    assert.deepEqual(rest, without(before.slice(50), gone));
  });

  it("a cursor of another order, or nobody's, is refused", async () => {
    const { pagination } = await site.page('/v3/issues?per_page=50');
    const cursor = new URL(pagination.next ?? assert.fail()).searchParams.get('cursor') ?? '';
    assert.equal(await site.status(`/v3/issues?${everything}&cursor=${cursor}`), 422);
    assert.equal(await site.status('/v3/issues?cursor=abc'), 422);
  });

  it('v1 counts its pages off, with a total', async () => {
    const first = await site.page('/v1/issues?per_page=100');
    assert.equal(first.count, 250);
    assert.equal(new URL(first.pagination.next ?? assert.fail()).searchParams.get('page'), '2');
    const all = await site.ids('/v1/issues?per_page=10');
    assert.equal(new Set(all).size, 250);
    assert.deepEqual((await site.page('/v1/issues?page=26&per_page=10')).issues, []);
  });

  it('v1 pages move when rows leave, as with every list that is counted off', async () => {
    const before = await site.ids('/v1/issues?status=active');
    const seen = await site.ids('/v1/issues?status=active&per_page=100', async (page) => {
      if (page === 1) await site.person.resolve({ ids: before.slice(0, 5) });
    });
    assert.deepEqual(without(before, seen), before.slice(100, 105));
  });
});
