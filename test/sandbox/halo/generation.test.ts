import assert from 'node:assert/strict';
import { createHaloStore } from '../../../sandbox/halo/halo-store.ts';
import { listV3 } from '../../../sandbox/halo/list-issues.ts';
import { scramble, unscramble } from '../../../sandbox/halo/scramble.ts';
import { plant, type SeedInput } from '../../../sandbox/halo/seed.ts';
import { toIssue } from '../../../sandbox/halo/show-issue.ts';
import type { VendorRequest } from '../../../sandbox/shared/front.ts';

const until = '2026-06-01T00:00:00Z';

function seeded(input: SeedInput) {
  const store = createHaloStore(() => new Date(until));
  plant(store, { until, ...input });
  return store;
}

const shown = (input: SeedInput) =>
  seeded(input)
    .sorted('id')
    .map((issue) => toIssue(issue, ''));

/** Of CPU: other processes of this machine do not count. */
function milliseconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

describe('Halo stand-in: generated findings', () => {
  it('the same seed makes the same, another seed others', () => {
    assert.deepEqual(shown({ count: 60, seed: 4 }), shown({ count: 60, seed: 4 }));
    const ids = new Set(shown({ count: 60, seed: 4 }).map(({ id }) => id));
    assert.ok(shown({ count: 60, seed: 5 }).every(({ id }) => !ids.has(id)));
  });

  it('the mix is the usual one', () => {
    const issues = shown({ count: 5_000, resolved: 0.1 });
    const shareOf = (fits: (issue: (typeof issues)[number]) => boolean) => issues.filter(fits).length / 5_000;
    const near = (share: number, expected: number) =>
      assert.ok(Math.abs(share - expected) < 0.03, String(share));
    near(
      shareOf((issue) => issue['type'] === 'sva'),
      0.55,
    );
    near(
      shareOf((issue) => issue['type'] === 'csm'),
      0.3,
    );
    near(
      shareOf((issue) => issue['critical'] === true),
      0.2,
    );
    near(
      shareOf((issue) => issue['status'] === 'resolved'),
      0.1,
    );
    assert.equal(new Set(issues.map((issue) => issue['asset_id'])).size, 250);
    const unsupported = issues.filter(({ type }) => ['sam', 'fw', 'agent'].includes(String(type)));
    assert.ok(unsupported.length > 0 && unsupported.length < 200);
  });

  it('an asset breaks a rule once', () => {
    const pairs = shown({ count: 4_000, types: { sva: 1, csm: 1 } }).map(
      (issue) => `${String(issue['asset_id'])} ${String(issue['rule_key'])}`,
    );
    assert.equal(new Set(pairs).size, pairs.length);
  });

  it('names of ten thousand characters where asked for', () => {
    const lengths = shown({ count: 30, longNames: 2 }).map((issue) => String(issue['name']).length);
    assert.deepEqual([lengths[0], lengths[1]], [10_000, 10_000]);
    assert.ok(Math.max(...lengths.slice(2)) < 255);
  });

  it('an id names its number', () => {
    for (const n of [0, 1, 2, 99_999, 0xffff_ffff]) assert.equal(unscramble(scramble(n)), n);
  });

  it('100,000 are made and listed in time and memory', () => {
    const before = process.memoryUsage().rss;
    let used = process.cpuUsage();
    const store = seeded({ count: 100_000 });
    assert.ok(milliseconds(used) < 3_000, 'made');
    assert.equal(new Set(store.sorted('updated')).size, 100_000);
    assert.ok(process.memoryUsage().rss - before < 250 * 2 ** 20, 'memory');
    used = process.cpuUsage();
    let url = '/v3/issues?updated_at_gte=2026-05-31T12:00:00Z';
    const pages = 100;
    for (let page = 0; page < pages; page += 1) {
      const query = new URL(url, 'http://halo').searchParams;
      const { body } = listV3(store, { url, query } as VendorRequest, 'http://halo');
      url = (body as { pagination: { next: string } }).pagination.next;
    }
    // A walk over all rows for each page would take 100 × 10 ms; the usual figure is 100 × 1 ms.
    assert.ok(milliseconds(used) / pages < 6, 'listed');
  });
});
