import assert from 'node:assert/strict';
import type { Finding } from '../../workflows/halo-sync/finding.ts';
import { toGroupText, toTicketText, type GroupMemberRow } from '../../workflows/halo-sync/texts.ts';
import { createDetails, fullDetails, rowsOf, storedForm, textsOf } from './halo-words.ts';
import { createFinding } from './halo-world.ts';

describe('the summary of a ticket', () => {
  const summaryOf = (over: Partial<Finding>) => toTicketText(createFinding(over), createDetails()).summary;
  const asset = (name: string) => ({ asset: { ref: '/v1/servers/1', name, type: 'server' } });
  const long = 'x'.repeat(10_000);
  const cases: readonly (readonly [what: string, over: Partial<Finding>, summary: string])[] = [
    ['name and asset', {}, 'Halo: openssl 1.0.1 on web-1'],
    ['the name without an asset', { asset: null }, 'Halo: openssl 1.0.1'],
    ['the name when the asset has none', asset(' '), 'Halo: openssl 1.0.1'],
    ['the type without a name', { name: '\n' }, 'Halo: sva finding on web-1'],
    ['one line', { name: 'a\r\n\tb\u2028c  d' }, 'Halo: a b c d on web-1'],
    ['printable', { name: '\u0000a\u001b[1mb\u202ec\u2066' }, 'Halo: abc on web-1'],
    ['markup as it is', { name: '{code}*b*[x|http://y]' }, 'Halo: {code}*b*[x|http://y] on web-1'],
    ['255 characters, asset and all', { name: long }, `Halo: ${'x'.repeat(239)}… on web-1`],
    ['never half a character', { name: '😀'.repeat(200) }, `Halo: ${'😀'.repeat(119)}… on web-1`],
    ['the start of a long asset', asset(long), `Halo: openssl 1.0.1 on ${'x'.repeat(79)}…`],
  ];
  for (const [what, over, summary] of cases)
    it(`is ${what}`, () => {
      assert.equal(summaryOf(over), summary);
      assert.ok(summary.length <= 255);
    });

  it('begins with the source', () =>
    assert.equal(
      toTicketText(createFinding(), fullDetails, 'SARIF').summary,
      'SARIF: openssl 1.0.1 on web-1',
    ));
});

describe('the description of a ticket', () => {
  const { description, wasCut } = toTicketText(createFinding(), fullDetails);

  it('tells what, how bad, where and since when', () =>
    assert.deepEqual(rowsOf(description, 'Fact'), [
      ['Finding', 'openssl 1.0.1'],
      ['Type', 'sva (software vulnerability)'],
      ['Severity', 'high'],
      ['Critical', 'yes'],
      ['Rule', 'sva::openssl'],
      ['Asset', 'web-1 (server)'],
      ['Group', 'Company/Shop'],
      ['First seen', '2026-10-01 08:00 UTC'],
      ['Id', createFinding().id],
    ]));

  it('leads to the finding', () =>
    assert.deepEqual(description[0], {
      type: 'link',
      label: 'Open the finding',
      href: 'https://portal.example.com/issues/1',
    }));

  it('has the latest finding, the worst CVE first, and the asset', () => {
    assert.ok(textsOf(description).includes('Latest: Vulnerable package: openssl version 1.0.1'));
    assert.deepEqual(rowsOf(description, 'Detail'), [['cpe', 'cpe:/a:openssl:openssl:1.0.1']]);
    assert.deepEqual(rowsOf(description, 'CVE'), [
      ['CVE-2014-0160', '7.5', 'Heartbleed'],
      ['CVE-2014-0076', '1.9', ''],
    ]);
    assert.deepEqual(rowsOf(description, 'Asset'), [['server_hostname', 'web-1.example.com']]);
  });

  it('is whole', () => assert.deepEqual([wasCut, /attached/.test(storedForm(description))], [false, false]));

  it('names a CVE whose details could not be read', () => {
    const { description: bare } = toTicketText(createFinding(), createDetails());
    assert.deepEqual(rowsOf(bare, 'CVE'), [['CVE-2014-0160', 'unknown', '']]);
  });

  it('is short when nothing is known', () => {
    const over = { url: null, asset: null, cves: [], fields: {}, type: 'constructor', firstSeenAt: 'x' };
    const { description: bare } = toTicketText(createFinding(over), createDetails());
    assert.deepEqual(
      [bare.length, rowsOf(bare, 'Fact').map(([label]) => label)],
      [1, ['Finding', 'Type', 'Severity', 'Critical', 'First seen', 'Id']],
    );
  });

  const mean = ['x', '"', '\\', '\n', '😀', '<', '\u0000', '\u202e', '{code}', '\ud83d', 'a\n', ' '];
  for (const one of mean)
    it(`stays within its size with 10,000 times ${JSON.stringify(one)} everywhere`, () => {
      const long = one.repeat(10_000);
      const many = Array.from({ length: 500 }, (_, n) => `${n} ${long.slice(0, 2_000)}`);
      const detailRows = many.map((value) => ({ label: value, value }));
      const text = toTicketText(
        createFinding({
          ...{ name: long, type: long, url: `https://x/${'中'.repeat(900)}`, cves: many },
          asset: { ref: long, name: long, type: long },
          fields: { issue_rule_key: long, issue_policy_name: long, asset_group_path: many },
        }),
        {
          asset: { fields: {}, rows: detailRows },
          latest: { title: long, rows: detailRows, items: many },
          cves: many.map((id) => ({ id, score: 1, summary: long })),
          raw: '{}',
        },
      );
      const size = storedForm(text.description).length;
      assert.ok(size <= 30_000, `${size}`);
      assert.ok(text.wasCut && text.summary.length <= 255 && text.summary.isWellFormed());
      assert.match(textsOf(text.description).at(-1) ?? '', /attached as finding.json/);
      assert.equal(rowsOf(text.description, 'Fact').find(([label]) => label === 'Severity')?.[1], 'high');
    });

  it('uses most of its size when there is much to say', () => {
    const latest = { title: 't', items: [], rows: [] };
    const many = Array.from({ length: 500 }, (_, n) => ({ label: `${n}`, value: 'word '.repeat(20) }));
    const { description: full } = toTicketText(createFinding(), {
      ...createDetails({ latest: { ...latest, rows: many } }),
      asset: { fields: {}, rows: many },
    });
    assert.ok(storedForm(full).length > 20_000, `${storedForm(full).length}`);
  });

  it('keeps the first lines of a long log entry', () => {
    const value = Array.from({ length: 1_000 }, (_, n) => `line ${n}`).join('\n');
    const latest = { title: 't', rows: [{ label: 'log', value }], items: [] };
    const { description: long, wasCut: isCut } = toTicketText(createFinding(), createDetails({ latest }));
    const [, log = ''] = rowsOf(long, 'Detail')[0] ?? [];
    assert.deepEqual([log.split('\n').length, log.startsWith('line 0\nline 1\n'), isCut], [31, true, true]);
  });

  it('takes external text as text', () => {
    const evil = '<script>alert(1)</script> [~accountid:x] {panel} @all h1. x';
    const text = storedForm(toTicketText(createFinding({ name: evil }), fullDetails).description);
    assert.ok(text.includes(JSON.stringify({ type: 'text', text: evil })));
    assert.ok(!/"type":"(?:mention|extension|heading|panel)"/.test(text));
  });
});

describe('the ticket of a group', () => {
  const member = (n: number, over: Partial<GroupMemberRow> = {}): GroupMemberRow => ({
    id: `id-${n}`,
    name: `openssl ${n}`,
    asset: `web-${n}`,
    severity: 'high',
    since: `2026-10-0${(n % 9) + 1}T08:00:00Z`,
    ...over,
  });
  const mixed = [member(3), member(1, { severity: 'odd' }), member(2), member(4, { severity: 'critical' })];

  it('lists its members, the worst and oldest first', () => {
    const { summary, description, wasCut } = toGroupText('sva::openssl', mixed);
    assert.equal(summary, 'Halo: sva::openssl (4 findings)');
    assert.deepEqual(textsOf(description), [
      '4 findings: 1 critical, 2 high, 1 other. This is closed when the last of them is resolved.',
    ]);
    assert.deepEqual(rowsOf(description, 'Finding'), [
      ['openssl 4', 'web-4', 'critical', '2026-10-05 08:00 UTC'],
      ['openssl 2', 'web-2', 'high', '2026-10-03 08:00 UTC'],
      ['openssl 3', 'web-3', 'high', '2026-10-04 08:00 UTC'],
      ['openssl 1', 'web-1', 'odd', '2026-10-02 08:00 UTC'],
    ]);
    assert.ok(!wasCut);
  });

  it('is the same in whatever order they come', () =>
    assert.deepEqual(toGroupText('t', mixed.toReversed()), toGroupText('t', mixed)));

  it('has one member', () => assert.equal(toGroupText('t', [member(1)]).summary, 'Halo: t (1 finding)'));

  it('has none left', () => {
    const { summary, description } = toGroupText('t', []);
    assert.equal(summary, 'Halo: t (no findings left)');
    assert.deepEqual(textsOf(description), ['Every finding of this group is resolved.']);
  });

  it('counts those that do not fit', () => {
    const long = '"\n'.repeat(5_000);
    const many = Array.from({ length: 500 }, (_, n) => member(n, { name: `${n}${long}`, asset: long }));
    const { summary, description, wasCut } = toGroupText(long, many);
    const shown = rowsOf(description, 'Finding').length;
    assert.ok(wasCut && shown >= 20 && storedForm(description).length <= 30_000);
    assert.equal(
      textsOf(description).at(-1),
      `Not in the table: ${500 - shown} findings, ${500 - shown} high.`,
    );
    assert.match(summary, /^Halo: .*… \(500 findings\)$/);
    assert.equal(summary.length, 255);
  });
});
