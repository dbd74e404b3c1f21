import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { withLoopback } from '../../support/loopback.ts';
import { everything, findingPath, get, haloAt, pageOf, serverPath, session } from './halo-calls.ts';

const id = '0d7d9dc8ddf111e99d0bf3a8a1e9e2c4';
const issue = `/v1/issues/${id}`;
const since = '2019-10-01T00:00:00.000Z';

const common = {
  ...{
    id,
    url: `https://api.cloudpassage.com${issue}`,
    name: '4.1.18 Ensure',
    rule_key: 'csm::375::4.1.18 Ensure',
  },
  ...{ issue_type: 'csm', status: 'active', critical: false, created_at: '2019-09-24T19:56:51.262103Z' },
  ...{ last_seen_at: '2019-10-02T07:59:00.000Z', agent_id: '2f1a', group_id: 'g1', resolved_at: null },
  ...{
    agent_url: `https://api.cloudpassage.com${serverPath}`,
    policy_id: 'null_value',
    policy_url: 'null_value',
  },
};
/** The list and the description of one issue differ as recorded (halo.md §8). */
const listed = (own = {}) => ({
  ...common,
  os_type: 'Linux',
  comment: null,
  resolved_by: null,
  policy_name: null,
  ...own,
});
const described = (own = {}) => ({
  ...{ ...common, os_type: 'linux', comment: '', resolved_by: '', policy_name: '' },
  updated_at: '2019-10-02T08:00:00.000001Z',
  findings: [
    { finding: 'https://api.cloudpassage.com/v1/events/old', issue_status: 'active' },
    { finding: `https://api.cloudpassage.com${findingPath}`, issue_status: 'active' },
  ],
  ...own,
});

describe('halo: v1', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 1_000 })));
  after(() => http.close());
  const haloOf = (url: string) => haloAt(url, { api: 'v1' });

  it('lists the issues of all servers, also of those that are not active now', () =>
    withLoopback([session(), get('/v1/issues', pageOf([listed()]))], async (url, seen) => {
      const { findings } = await haloOf(url).list(everything, null);
      const { type, latest, changedAt, asset, fields, resolvedBy, severity } = findings[0] ?? assert.fail();
      assert.deepEqual([type, latest, resolvedBy, severity], ['csm', null, null, 'medium']);
      assert.equal(changedAt, '2019-10-02T07:59:00.000Z');
      assert.deepEqual(asset, { ref: serverPath, name: '2f1a', type: 'server' });
      assert.equal(fields['asset_type'], 'server');
      assert.equal(seen[1]?.query.get('state'), 'active,deactivated,missing,retired');
    }));

  it('describes what has changed, so that a new finding is news', () => {
    const rows = [
      listed(),
      listed({ id: 'b' }),
      listed({ id: 'c' }),
      listed({ id: 'd', status: 'resolved' }),
    ];
    const gone = get('/v1/issues/b', { status: 404, body: { message: 'no' } });
    const odd = get('/v1/issues/c', { body: described({ id: 'other' }) });
    const calls = [get('/v1/issues', pageOf(rows)), get(issue, { body: described() }), gone, odd];
    return withLoopback([session(), ...calls], async (url) => {
      const { findings, faults } = await haloOf(url).list({ ...everything, since }, null);
      assert.deepEqual(
        findings.map((one) => [one.id, one.latest]),
        [
          [id, findingPath],
          ['b', null],
          ['d', null],
        ],
      );
      assert.deepEqual(
        faults.map(({ findingId }) => findingId),
        ['c'],
      );
    });
  });

  it('gives up the page when Halo is down for all of them', () => {
    const down = get(issue, { status: 503, body: '' });
    return withLoopback([session(), get('/v1/issues', pageOf([listed()])), down], async (url) => {
      await assertFails(() => haloOf(url).list({ ...everything, since }, null), 'Unavailable');
    });
  });

  it('has one content, listed or described', () =>
    withLoopback(
      [session(), get('/v1/issues', pageOf([listed()])), get(issue, { body: described() })],
      async (url) => {
        const halo = haloOf(url);
        const [one] = (await halo.list(everything, null)).findings;
        const other = await halo.describe(id);
        assert.equal(other?.contentHash, one?.contentHash);
        assert.equal(other?.changedAt, '2019-10-02T08:00:00.000Z');
      },
    ));

  it('finds the newest finding of one that was only listed, and the group by its server', () => {
    const server = get(serverPath, { body: { server: { id: '2f1a', group_path: 'Acme / Web' } } });
    const finding = get(findingPath, { body: { rule_name: '4.1.18', details: [] } });
    const calls = [get('/v1/issues', pageOf([listed()])), get(issue, { body: described() }), finding, server];
    return withLoopback([session(), ...calls], async (url) => {
      const halo = haloOf(url);
      const [one] = (await halo.list(everything, null)).findings;
      assert.ok(one);
      const { asset, latest } = await halo.details(one, { asset: true, latest: true, cves: true });
      assert.equal(latest?.title, 'Configuration failure: 4.1.18');
      assert.equal(asset?.fields['asset_group_path'], 'Acme / Web');
    });
  });
});
