import assert from 'node:assert/strict';
import { readRow } from '../../../activities/halo/rows.ts';
import type { Finding } from '../../../workflows/halo-sync/finding.ts';
import { findingPath, issueId, issueOf, serverPath } from './halo-calls.ts';

function read(own: Record<string, unknown> = {}, without: readonly string[] = []): Finding {
  const row = issueOf(own);
  for (const name of without) delete row[name];
  const one = readRow(row);
  assert.ok('finding' in one, 'fault' in one ? one.fault.reason : '');
  return one.finding;
}

describe('halo: an issue as a finding', () => {
  it('has what the issue says, times in one form', () => {
    const { contentHash, fields, ...finding } = read();
    assert.match(contentHash, /^[0-9a-f]{64}$/);
    assert.deepEqual(finding, {
      ...{
        id: issueId,
        type: 'sva',
        status: 'active',
        name: 'openssl',
        critical: true,
        severity: 'critical',
      },
      ...{ createdAt: '2019-09-24T19:56:51.262Z', firstSeenAt: '2019-09-23T10:00:00.000Z' },
      ...{ changedAt: '2019-10-02T08:00:00.000Z', resolvedAt: null, resolvedBy: null },
      ...{ resolutionComment: null, url: null, latest: findingPath },
      asset: { ref: serverPath, name: 'web-1', type: 'server' },
      cves: ['CVE-2016-2108', 'CVE-2014-0160'],
    });
    assert.equal(fields['asset_group_path'], 'Acme / Web');
    assert.equal(fields['issue_rule_key'], 'sva::::openssl');
    assert.equal(fields['issue_critical'], true);
    assert.deepEqual(fields['issue.csp_tags'], ['environment:production', 'Name:web-1']);
    assert.equal(fields['issue.package_version'], '1.0.1');
    assert.equal('issue.extended_attributes' in fields, false);
  });

  const severities = [
    [9, false, 'critical'],
    [8.9, true, 'high'],
    [7, false, 'high'],
    [4, false, 'medium'],
    [3.9, true, 'low'],
    [0, false, 'low'],
    ['7.5', false, 'high'],
    [null, true, 'critical'],
    [null, false, 'medium'],
    [99, false, 'medium'],
    ['', true, 'critical'],
  ] as const;
  for (const [max_cvss, critical, severity] of severities)
    it(`max_cvss ${JSON.stringify(max_cvss)}, ${critical ? '' : 'not '}critical: ${severity}`, () =>
      assert.equal(read({ max_cvss, critical }).severity, severity));

  const poor: readonly (readonly [string, Record<string, unknown>, string[], Partial<Finding>])[] = [
    ['cve_ids null', { cve_ids: null }, [], { cves: [] }],
    ['cve_ids with other things', { cve_ids: ['CVE-2016-2108', 7, null] }, [], { cves: ['CVE-2016-2108'] }],
    ['no findings yet', { last_finding_urls: [] }, ['findings'], { latest: null }],
    [
      'nothing but what it must have',
      {},
      ['extended_attributes', 'asset_url', 'asset_name'],
      { asset: null },
    ],
    ['an unknown type', { type: 'quantum' }, [], { type: 'quantum' }],
    ['no type', {}, ['type'], { type: 'unknown' }],
    ['no name', { name: '' }, [], { name: 'sva::::openssl' }],
    ['a name of 10,000 characters', { name: 'x'.repeat(10_000) }, [], { name: 'x'.repeat(10_000) }],
    ['an asset URL that is none', { asset_url: 'http://' }, [], { asset: null }],
    [
      'an asset at another host: only its path counts',
      { asset_url: `https://evil.test${serverPath}?x#y` },
      ['asset_name', 'asset_id'],
      { asset: { ref: serverPath, name: serverPath, type: 'server' } },
    ],
    [
      'a time without a zone',
      { updated_at: '2019-10-02T08:00:00' },
      [],
      { changedAt: '2019-10-02T08:00:00.000Z' },
    ],
    [
      'a time of another zone',
      { updated_at: '2019-10-02T08:00:00+02:00' },
      [],
      { changedAt: '2019-10-02T06:00:00.000Z' },
    ],
    [
      'resolved, seen long before and without updated_at',
      { status: 'resolved', resolved_at: '2019-11-01T00:00:00Z', resolved_by: 'system', comment: 'fixed' },
      ['updated_at'],
      {
        ...{ status: 'resolved', resolvedAt: '2019-11-01T00:00:00.000Z', resolvedBy: 'system' },
        ...{ changedAt: '2019-11-01T00:00:00.000Z', resolutionComment: 'fixed' },
      },
    ],
  ];
  for (const [name, own, without, expected] of poor)
    it(`with ${name}`, () => {
      const finding = read(own, without);
      assert.deepEqual({ ...finding, ...expected }, finding);
    });

  it('gives no field another meaning by its name', () => {
    const { fields } = read(
      JSON.parse('{"__proto__": {"x": 1}, "a b": 1, "constructor": "c"}') as Record<string, unknown>,
    );
    assert.equal(Object.getPrototypeOf(fields), Object.prototype);
    assert.deepEqual([fields['issue.constructor'], 'issue.a b' in fields], ['c', false]);
  });

  const same: readonly (readonly [string, Record<string, unknown>])[] = [
    [
      'a scan',
      { updated_at: '2020-01-01T00:00:00Z', last_seen_at: '2020-01-01T00:00:00Z', last_discovered: 'x' },
    ],
    ['a new finding', { findings: [], last_finding_urls: ['/v1/scans/9/findings/9'] }],
    ['another host in its addresses', { url: 'x', asset_url: 'y' }],
    ['the order of a list', { cve_ids: ['CVE-2014-0160', 'CVE-2016-2108'] }],
    [
      'the order of tags',
      {
        csp_tags: [
          { value: 'web-1', key: 'Name' },
          { key: 'environment', value: 'production' },
        ],
      },
    ],
    ['null and empty', { policy_name: '', policy_id: 'null_value' }],
    ['the case of os_type', { os_type: 'Linux' }],
  ];
  for (const [name, own] of same)
    it(`${name} is no change of its content`, () => assert.equal(read(own).contentHash, read().contentHash));

  const changed: readonly (readonly [string, Record<string, unknown>])[] = [
    ['its score', { max_cvss: 9.9 }],
    ['critical', { critical: false }],
    ['a CVE', { cve_ids: ['CVE-2016-2108'] }],
    ['its group', { group_path: 'Acme / Other' }],
    ['a tag', { csp_tags: [{ key: 'environment', value: 'staging' }] }],
    ['a field that nobody knows', { new_field: 1 }],
    ['a name with what looks like another field', { name: 'openssl","os_type":"x' }],
  ];
  for (const [name, own] of changed)
    it(`${name} is a change`, () => assert.notEqual(read(own).contentHash, read().contentHash));

  it('survives what is nested without end', () => {
    const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) as unknown;
    assert.match(read({ deep }).contentHash, /^[0-9a-f]{64}$/);
  });
});
