import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { remember } from '../../../activities/halo/remember.ts';
import type { FindingSource } from '../../../activities/findings/source.ts';
import type { Finding, FindingDetails } from '../../../workflows/halo-sync/finding.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { withLoopback, type Expected, type SeenRequest } from '../../support/loopback.ts';
import { everything, findingPath, get, haloAt, issueOf, pageOf, serverPath, session } from './halo-calls.ts';

const all = { asset: true, latest: true, cves: true };
const nothing = { asset: false, latest: false, cves: false };
const gone = { status: 404, body: { message: 'Not Found' } };
const server = {
  ...{ id: '2f1a', hostname: 'web-1', state: 'active', csp_provider: 'aws_ec2', csp_instance_id: 'i-1' },
  ...{
    csp_account_id: '152836051234',
    group_name: 'Web',
    group_path: 'Acme / Web',
    interfaces: [{ name: 'eth0' }],
  },
};
const sva = {
  ...{ id: '77b2', package_name: 'openssl', package_version: '1.0.1', critical: true, cpe: 'not_found' },
  cve_entries: [
    { cve_entry: 'CVE-2016-2108', cvss_score: 9.8, suppressed: false },
    { cve_entry: 'CVE-2014-0160', cvss_score: '5.0', suppressed: true },
  ],
};
const assetCall = get(serverPath, { body: { server } });
const findingCall = get(findingPath, { body: sva });
const cvePath = (id: string) => `/v1/cve_details/${id}`;
const cveCall = get(cvePath('CVE-2016-2108'), {
  body: { CVE: 'CVE-2016-2108', cvss_score: 10, summary: 'Bad.', 'Vulnerable packages': ['x'.repeat(50)] },
});
const cveGone = get(cvePath('CVE-2014-0160'), gone);

/** The issues of one page, and what is asked besides. */
function withListed(
  issues: Record<string, unknown>[],
  calls: readonly Expected[],
  run: (halo: FindingSource, findings: readonly Finding[], seen: readonly SeenRequest[]) => Promise<void>,
  now?: () => number,
): Promise<void> {
  return withLoopback([session(), get('/v3/issues', pageOf(issues)), ...calls], async (url, seen) => {
    const halo = haloAt(url, now ? { now } : {});
    await run(halo, (await halo.list(everything, null)).findings, seen);
  });
}

/** Of the only issue. */
function withDetails(
  own: Record<string, unknown>,
  calls: readonly Expected[],
  check: (details: FindingDetails) => void,
  want = all,
): Promise<void> {
  return withListed([issueOf(own)], calls, async (halo, [finding]) => {
    assert.ok(finding);
    check(await halo.details(finding, want));
  });
}

describe('halo: details', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 1_000 })));
  after(() => http.close());

  it('are asset, newest finding and CVEs', () =>
    withDetails({}, [assetCall, findingCall, cveCall, cveGone], ({ asset, latest, cves, raw }) => {
      assert.equal(asset?.fields['server_csp_account_id'], '152836051234');
      assert.equal(asset.fields['server_hostname'], 'web-1');
      assert.equal(asset.fields['asset.group_path'], 'Acme / Web');
      assert.ok(asset.rows.some(({ label, value }) => label === 'csp instance id' && value === 'i-1'));
      assert.deepEqual(latest, {
        title: 'Vulnerable package: openssl version 1.0.1',
        rows: [
          { label: 'critical', value: 'True' },
          { label: 'cpe', value: 'not_found' },
        ],
        items: ['CVE-2016-2108, score 9.8', 'CVE-2014-0160, score 5.0, suppressed'],
      });
      assert.deepEqual(cves, [
        { id: 'CVE-2016-2108', score: 10, summary: 'Bad.' },
        { id: 'CVE-2014-0160', score: 5, summary: null },
      ]);
      const whole = JSON.parse(raw) as Record<string, Record<string, unknown> & { length: number }>;
      assert.deepEqual(whole['issue'], JSON.parse(JSON.stringify(issueOf())));
      assert.deepEqual([whole['finding'], whole['asset']], [sva, server]);
      assert.deepEqual(whole['cves'], [{ CVE: 'CVE-2016-2108', cvss_score: 10, summary: 'Bad.' }]);
    }));

  it('are not asked for when nobody wants them', () =>
    withDetails(
      {},
      [],
      (details) => assert.deepEqual([details.asset, details.latest, details.cves], [null, null, []]),
      nothing,
    ));

  it('that are gone are null, and never another’s', () => {
    const issues = [
      issueOf({ id: 'a' }),
      issueOf({ id: 'b', asset_url: '/v1/servers/gone', last_finding_urls: ['/v1/events/gone'] }),
    ];
    const calls = [assetCall, findingCall, get('/v1/servers/gone', gone), get('/v1/events/gone', gone)];
    return withListed(issues, calls, async (halo, findings) => {
      const want = { ...all, cves: false };
      const [a, b] = await Promise.all(findings.map((finding) => halo.details(finding, want)));
      assert.equal(a?.asset?.fields['server_hostname'], 'web-1');
      assert.deepEqual([b?.asset, b?.latest], [null, null]);
    });
  });

  it('of one server are read once for twenty findings at work, and kept ten minutes', () => {
    const ids = Array.from({ length: 20 }, (_, index) =>
      issueOf({ id: `i-${index}`, cve_ids: ['CVE-2016-2108'] }),
    );
    const want = { ...all, latest: false };
    let now = 0;
    const again = get(serverPath, { body: { server: { ...server, state: 'retired' } } });
    return withListed(
      ids,
      [assetCall, cveCall, again, { ...cveCall, respond: gone }],
      async (halo, findings) => {
        await Promise.all(findings.map((finding) => halo.details(finding, want)));
        const [first] = findings;
        assert.ok(first);
        now = 599_000;
        assert.equal((await halo.details(first, want)).asset?.fields['server_state'], 'active');
        now = 601_000;
        const late = await halo.details(first, want);
        // the score that the issue has stands in for the CVE's own
        assert.deepEqual([late.asset?.fields['server_state'], late.cves[0]?.score], ['retired', 10]);
      },
      () => now,
    );
  });

  it('that failed are asked for again', () => {
    const down = get(serverPath, { status: 503, body: '' });
    return withListed([issueOf()], [down, assetCall], async (halo, [finding]) => {
      assert.ok(finding);
      const want = { ...nothing, asset: true };
      await assertFails(() => halo.details(finding, want), 'Unavailable');
      assert.equal((await halo.details(finding, want)).asset?.fields['server_id'], '2f1a');
    });
  });

  for (const [status, type] of [
    [403, 'PermissionDenied'],
    [429, 'RateLimited'],
    [500, 'Unavailable'],
  ] as const)
    for (const path of [serverPath, findingPath, cvePath('CVE-2016-2108')])
      it(`${path} answers ${status}: ${type}`, () =>
        withListed(
          [issueOf({ cve_ids: ['CVE-2016-2108'] })],
          [get(path, { status, body: '' })],
          async (halo, [finding]) => {
            assert.ok(finding);
            const want = {
              asset: path === serverPath,
              latest: path === findingPath,
              cves: path.includes('cve'),
            };
            await assertFails(() => halo.details(finding, want), type);
          },
        ));

  const strange = [
    'https://evil.test/v1/users/1',
    '/v1/servers/../users',
    '/v1/servers/a/b',
    '/v1/servers/',
    '/v2/servers/1',
    '/v1/containers/1',
    `/v1/servers/${'a'.repeat(65)}`,
    '/v1/servers/%2e%2e%2fusers',
  ];
  for (const address of strange)
    it(`at ${address.slice(0, 40)} are not asked for: it is said`, () =>
      withDetails(
        { asset_url: address, last_finding_urls: [address] },
        [],
        ({ asset, latest }) => {
          assert.match(asset?.rows[0]?.value ?? '', /^not read: Halo is not known to keep servers at \//);
          assert.match(latest?.rows[0]?.value ?? '', /^not read: Halo is not known to keep findings at \//);
        },
        { ...all, cves: false },
      ));

  it('ask about no CVE that is none, and about twenty at most', () => {
    const ids = Array.from({ length: 25 }, (_, index) => `CVE-2020-${1000 + index}`);
    const calls = ids.slice(0, 20).map((id) => get(cvePath(id), gone));
    const cve_ids = ['../users', 'CVE-2020-1/../..', ...ids];
    const check = ({ cves }: FindingDetails) => assert.equal(cves.length, 20);
    return withDetails({ cve_ids }, calls, check, { ...nothing, cves: true });
  });

  it('have all that fits into a megabyte, as JSON', () => {
    const long = { package_name: 'x', package_version: 'é'.repeat(600_000) };
    return withDetails(
      { cve_ids: null },
      [get(findingPath, { body: long }), assetCall],
      ({ raw, latest }) => {
        assert.ok(Buffer.byteLength(raw) < 1_000_000);
        const { finding, asset } = JSON.parse(raw) as Record<string, unknown>;
        assert.match(String(finding), /^left out: 12\d{5} bytes$/);
        assert.deepEqual(asset, server);
        assert.ok((latest?.title.length ?? 0) < 5_000);
      },
    );
  });

  const forms: readonly (readonly [string, object, NonNullable<FindingDetails['latest']>])[] = [
    [
      'csm',
      {
        ...{ rule_name: '4.1.18', rule_description: 'Ensure…', critical: false },
        details: [{ status: 'bad', target: '/etc/passwd', expected: true, actual: false }, 7],
      },
      {
        title: 'Configuration failure: 4.1.18',
        rows: [
          { label: 'critical', value: 'False' },
          { label: 'rule description', value: 'Ensure…' },
        ],
        items: ['bad: /etc/passwd: expected True, found False'],
      },
    ],
    [
      'fim',
      {
        rule: { target: '/etc', critical: true, description: 'd' },
        findings: [{ status: 'changed', file: '/etc/passwd' }],
      },
      {
        title: 'File integrity failure: /etc',
        rows: [
          { label: 'critical', value: 'True' },
          { label: 'description', value: 'd' },
        ],
        items: ['changed: /etc/passwd'],
      },
    ],
    [
      'lids',
      { name: 'Log event', rule_name: 'sshd', message: 'm', original_log_entry: 'e', critical: true },
      {
        title: 'Event: sshd',
        rows: [
          { label: 'critical', value: 'True' },
          { label: 'message', value: 'm' },
          { label: 'original log entry', value: 'e' },
        ],
        items: [],
      },
    ],
    [
      'a form that nobody knows',
      { what: 1 },
      { title: 'Configuration failure: openssl', rows: [], items: [] },
    ],
  ];
  for (const [name, body, expected] of forms)
    it(`show a finding of ${name}`, () =>
      withDetails({}, [get(findingPath, { body })], ({ latest }) => assert.deepEqual(latest, expected), {
        ...nothing,
        latest: true,
      }));

  it('remembers those that were asked for last', async () => {
    const asked: string[] = [];
    const read = remember({ size: 2, ageMs: 10, now: () => 0 }, async (key) => asked.push(key));
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await read(key);
    assert.deepEqual(asked, ['a', 'b', 'c', 'b']);
  });
});
