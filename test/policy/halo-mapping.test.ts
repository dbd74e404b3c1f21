import assert from 'node:assert/strict';
import type { FieldValue, FindingDetails, Severity } from '../../workflows/halo-sync/finding.ts';
import { dueDateOf } from '../../workflows/halo-sync/due.ts';
import { createReader, isKnownField, knownFields, toJiraFields } from '../../workflows/halo-sync/mapping.ts';
import { createFinding } from './halo-world.ts';

const finding = createFinding({
  fields: {
    asset_group_name: 'Web',
    asset_group_path: 'Company/Web',
    issue_rule_key: 'sva::openssl',
    issue_policy_name: 'CIS',
    'issue.csp_region': 'eu-west-1',
    package_name: 'openssl',
    'issue.os_type': null,
  },
});
const asset: FindingDetails['asset'] = {
  fields: {
    server_csp_provider: 'AWS',
    server_csp_account_id: '123456789012',
    server_csp_instance_id: 'i-1',
    server_id: 'abc',
    server_hostname: 'web-1.example.com',
    server_state: 'active',
    'asset.kernel_name': 'Linux',
    platform: 'debian',
  },
  rows: [],
};

describe('a source field', () => {
  const read = createReader(finding, asset);
  const cases: readonly (readonly [name: string, value: FieldValue | undefined])[] = [
    ['asset_group_name', 'Web'],
    ['asset_group_path', 'Company/Web'],
    ['asset_type', 'server'],
    ['issue_critical', true],
    ['issue_created_at', '2026-10-01T08:00:00.000001Z'],
    ['issue_rule_key', 'sva::openssl'],
    ['issue_type', 'sva'],
    ['issue_id', finding.id],
    ['issue_policy_name', 'CIS'],
    ['server_csp_provider', 'AWS'],
    ['server_csp_account_id', '123456789012'],
    ['server_csp_instance_id', 'i-1'],
    ['server_id', 'abc'],
    ['server_hostname', 'web-1.example.com'],
    ['server_state', 'active'],
    ['issue_severity', 'high'],
    ['asset_name', 'web-1'],
    ['issue.csp_region', 'eu-west-1'],
    ['issue.package_name', 'openssl'],
    ['issue.critical', true],
    ['issue.cve_ids', ['CVE-2014-0160']],
    ['issue.first_seen_at', '2026-10-01T08:00:00.000001Z'],
    ['asset.hostname', 'web-1.example.com'],
    ['asset.kernel_name', 'Linux'],
    ['asset.platform', 'debian'],
    ['asset.group_path', 'Company/Web'],
    ['issue.os_type', undefined],
    ['issue.platform', undefined],
    ['package_name', 'openssl'],
    ['unheard_of', undefined],
    ['constructor', undefined],
    ['issue.__proto__', undefined],
    ['asset.toString', undefined],
    ['', undefined],
  ];
  for (const [name, value] of cases)
    it(`${name} is ${JSON.stringify(value)}`, () => assert.deepEqual(read(name), value));

  it("of the asset has no value when the asset is gone, and never another asset's", () => {
    const bare = createReader(createFinding({ asset: null }), null);
    assert.deepEqual(['server_hostname', 'asset.hostname', 'asset_name', 'asset_type'].map(bare), [
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('of the source goes before what we make of it', () =>
    assert.equal(
      createReader(createFinding({ fields: { asset_type: 'Server' } }), null)('asset_type'),
      'Server',
    ));

  it('is known when requirements name it, or by its form', () => {
    const words = 'csp_provider csp_account_id csp_instance_id id hostname state';
    for (const name of words.split(' ')) assert.ok(isKnownField(`server_${name}`), name);
    for (const name of ['issue_id', 'asset_type', 'issue.csp_region', 'asset.hostname'])
      assert.ok(isKnownField(name));
    for (const name of [
      'hostname',
      'issue_rulekey',
      'issue.',
      'issue.a.b',
      'server.hostname',
      ' issue_id',
      '',
    ])
      assert.ok(!isKnownField(name), name);
    assert.equal(new Set(knownFields).size, knownFields.length);
  });
});

describe('the fields of a ticket', () => {
  const values = (from: string, over: Parameters<typeof createFinding>[0]) =>
    toJiraFields(
      { mapping: [{ from, to: 'Field' }], static: [] },
      createReader(createFinding(over), null),
    ).map(({ value }) => value);
  const valueOf = (value: FieldValue) => values('issue.x', { fields: { 'issue.x': value } });

  for (const [what, value, expected] of [
    ['text', 'a b', ['a b']],
    ['text of two lines', 'a\r\nb', ['a\nb']],
    ['control characters', '\u0000a\u001b[31mb\u0007', ['ab']],
    ['text that turns around', 'a\u202etxt.exe\u2066', ['atxt.exe']],
    ['half a character', 'a\ud83d', ['a\ufffd']],
    ['markup', 'h2. {code}<b>*x*</b> project = SEC', ['h2. {code}<b>*x*</b> project = SEC']],
    ['a number', 7.5, [7.5]],
    ['true', true, ['True']],
    ['false', false, ['False']],
    ['a list', ['a', '', 'b\u0000'], [['a', 'b']]],
    ['an empty list', [], []],
    ['an empty text', ' ', []],
    ['nothing', null, []],
  ] as const)
    it(`take ${what}`, () => assert.deepEqual(valueOf(value), expected));

  it('leave out what the finding does not have', () => assert.deepEqual(values('server_hostname', {}), []));

  it('are mapped ones and fixed ones, in order', () => {
    const mapping = [
      { from: 'issue_id', to: 'customfield_10080' },
      { from: 'server_hostname', to: 'Host' },
    ];
    const fixed = [
      { to: 'Owner Team', value: 'payments' },
      { to: 'Flag', value: true },
    ];
    assert.deepEqual(toJiraFields({ mapping, static: fixed }, createReader(finding, asset)), [
      { to: 'customfield_10080', value: finding.id },
      { to: 'Host', value: 'web-1.example.com' },
      ...fixed,
    ]);
  });

  it('have one value each: a fixed one, else the last mapped one that there is', () => {
    const mapping = ['issue_name', 'asset_name', 'server_hostname'].map((from) => ({ from, to: 'Host' }));
    const read = createReader(finding, null);
    assert.deepEqual(toJiraFields({ mapping, static: [] }, read), [{ to: 'Host', value: 'web-1' }]);
    const fixed = [{ to: 'Host', value: 1 }];
    assert.deepEqual(toJiraFields({ mapping, static: fixed }, read), fixed);
  });
});

describe('the due date', () => {
  const cases: readonly (readonly [firstSeenAt: string, days: number | undefined, due: string | null])[] = [
    ['2026-10-01T08:00:00.000001Z', 30, '2026-10-31'],
    ['2026-12-31T23:59:59.999Z', 0, '2026-12-31'],
    ['2026-12-31T23:59:59.999Z', 1, '2027-01-01'],
    ['2028-02-28T00:00:00Z', 1, '2028-02-29'],
    ['2026-10-24T23:30:00+02:00', 1, '2026-10-25'],
    ['2026-10-01T20:00:00Z', 0.5, '2026-10-02'],
    ['2026-10-01T08:00:00Z', undefined, null],
    ['never', 30, null],
    ['', 30, null],
    ['2026-10-01T08:00:00Z', 1e9, null],
    ['2026-10-01T08:00:00Z', 3_650_000, null],
    ['2026-10-01T08:00:00Z', Number.NaN, null],
  ];
  for (const [firstSeenAt, days, due] of cases)
    it(`is ${due}, ${days} days after ${firstSeenAt || 'nothing'}`, () => {
      const dueDays: Partial<Record<Severity, number>> = days === undefined ? { low: 1 } : { high: days };
      const one = createFinding({ firstSeenAt });
      assert.equal(dueDateOf(one, { dueDays }, createReader(one, null)), due);
    });
});
