import assert from 'node:assert/strict';
import { parseJsonFormat } from '../../../activities/finding-file/json-format.ts';
import type { Finding } from '../../../workflows/halo-sync/finding.ts';

const writtenAt = '2026-10-01T08:00:00.000Z';
type Parts = Record<string, unknown>;
const parse = (...findings: unknown[]) => parseJsonFormat({ findings }, writtenAt);
function read(own: Parts = {}): Finding {
  const { findings, faults } = parse({ id: 'f-1', name: 'Open port', ...own });
  assert.deepEqual(faults, []);
  return [...findings.values()][0]?.finding ?? assert.fail('no finding');
}

describe('findings as JSON', () => {
  it('needs an id and a name', () => {
    const { contentHash, fields, latest, ...finding } = read();
    assert.equal(latest, contentHash);
    assert.ok(Object.values(fields).every((value) => value === null));
    assert.deepEqual(finding, {
      ...{
        id: 'f-1',
        type: 'finding',
        status: 'active',
        name: 'Open port',
        critical: false,
        severity: 'unknown',
      },
      ...{ createdAt: writtenAt, firstSeenAt: writtenAt, changedAt: writtenAt, resolvedAt: null },
      ...{ resolvedBy: null, resolutionComment: null, url: null, asset: null, cves: [] },
    });
  });

  const given: readonly (readonly [Parts, Partial<Finding>])[] = [
    [{ score: 9.1 }, { severity: 'critical', critical: true }],
    [
      { score: 9.1, severity: 'low' },
      { severity: 'low', critical: false },
    ],
    [
      { severity: 'high', critical: true },
      { severity: 'high', critical: true },
    ],
    [
      { created_at: '2026-01-01T02:00:00+02:00' },
      { createdAt: '2026-01-01T00:00:00.000Z', firstSeenAt: '2026-01-01T00:00:00.000Z' },
    ],
    [{ status: 'resolved' }, { status: 'resolved', resolvedAt: writtenAt }],
    [{ status: 'active', resolved_at: writtenAt }, { resolvedAt: null }],
    [{ url: 'https://x.test/1' }, { url: 'https://x.test/1' }],
    [{ url: 'javascript:alert(1)' }, { url: null }],
    [{ asset: { id: 'i-1' } }, { asset: { ref: 'i-1', name: 'i-1', type: 'asset' } }],
    [{ asset: { name: 'web', type: 'server' } }, { asset: { ref: 'web', name: 'web', type: 'server' } }],
    [{ name: 'x'.repeat(10_000) }, { name: 'x'.repeat(10_000) }],
  ];
  for (const [own, expected] of given)
    it(`reads ${JSON.stringify(own).slice(0, 60)}`, () => {
      const finding = read(own);
      assert.deepEqual({ ...finding, ...expected }, finding);
    });

  it('has fields for mapping and grouping', () => {
    const { fields } = read({
      rule_key: 'port',
      group_path: 'a/b',
      fields: { owner: 'data', tags: ['x'], n: 1, no: null },
    });
    assert.deepEqual(
      [fields['issue_rule_key'], fields['asset_group_path'], fields['issue.owner']],
      ['port', 'a/b', 'data'],
    );
    assert.deepEqual([fields['issue.tags'], fields['issue.n'], fields['issue.no']], [['x'], 1, null]);
  });

  for (const own of [
    { updated_at: '2026-10-02T00:00:00Z' },
    { status: 'resolved' },
    { first_seen_at: writtenAt },
  ])
    it(`${Object.keys(own)[0]} is no news`, () => assert.equal(read(own).contentHash, read().contentHash));
  for (const own of [
    { description: 'd' },
    { details: [{ label: 'a', value: 'b' }] },
    { fields: { a: 1 } },
    { score: 5 },
  ])
    it(`${Object.keys(own)[0]} is news`, () => assert.notEqual(read(own).latest, read().latest));

  const bad: readonly (readonly [Parts, RegExp])[] = [
    [{ id: '' }, /^id: /],
    [{ id: ' f' }, /^id: /],
    [{ id: 'a\nb' }, /^id: /],
    [{ id: 'x'.repeat(256) }, /^id: /],
    [{ id: 'group:0123' }, /^id: .*groups/],
    [{ name: 'x'.repeat(20_001) }, /^name: /],
    [{ type: 'Big Type' }, /^type: /],
    [{ severity: 'terrible' }, /^severity: /],
    [{ created_at: 'yesterday' }, /^created_at: /],
    [{ created_at: '2026-01-01T00:00:00' }, /^created_at: /],
    [{ asset: {} }, /^asset: /],
    [{ fields: { 'a b': 1 } }, /^fields/],
    [{ fields: { a: { b: 1 } } }, /^fields\.a: /],
  ];
  for (const [own, reason] of bad)
    it(`tells what is wrong with ${JSON.stringify(own).slice(0, 50)}`, () => {
      const { findings, faults } = parse({ id: 'f-1', name: 'n', ...own }, { id: 'good', name: 'n' });
      assert.deepEqual([...findings.keys()], ['good']);
      assert.match(faults[0]?.reason ?? '', reason);
      assert.equal(faults[0]?.findingId, 'id' in own ? '#0' : 'f-1');
    });
});
