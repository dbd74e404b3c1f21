import assert from 'node:assert/strict';
import { startHaloSite, latestOf, pathOf, type Body, type HaloSite } from './halo-site.ts';

const words = (text: string) => text.split(' ').sort();
const keysOf = (body: Body) => Object.keys(body).sort();

/** Keys that the old tool's recorded answers have. */
const common =
  'id url rule_key name type category status critical source created_at updated_at first_seen_at last_seen_at policy_id policy_name ' +
  'rule_name findings last_finding_urls extended_attributes asset_id asset_url asset_type asset_name group_id group_name group_path os_type';
const cloud =
  'csp_account_id csp_account_name csp_account_type csp_region csp_image_id csp_resource_id csp_tags';
const ofSva = 'package_name package_version cve_ids max_cvss remotely_exploitable';
const ofResolved = 'resolved_at resolved_by resolution_comment comment time_to_resolution';
const listedV1 =
  'agent_id comment created_at critical group_id issue_type last_seen_at name os_type policy_id policy_name resolved_at resolved_by ' +
  'rule_key status id url agent_url policy_url';
const server =
  'created_at id url hostname server_label reported_fqdn primary_ip_address connecting_ip_address state daemon_version read_only platform ' +
  'platform_version os_version kernel_name kernel_machine self_verification_failed connecting_ip_fqdn last_state_change docker_inspection ' +
  'group_id group_name group_path firewall_policy interfaces aws_ec2 csp_provider csp_account_id csp_availability_zone csp_image_id ' +
  'csp_instance_id csp_instance_type csp_kernel_id csp_private_ip csp_region csp_security_groups csp_instance_tags';
const findings: readonly (readonly [type: string, keys: string])[] = [
  ['sva', 'status package_name url package_version cpe critical cve_entries id'],
  ['csm', 'status reference_identifiers url rule_operator id rule_name critical details rule_description'],
  ['fim', 'status reference_identifiers findings rule id url critical'],
  [
    'lids',
    'server_hostname policy_name server_id name server_group_path created_at tag server_reported_fqdn server_group_name rule_name critical ' +
      'original_log_entry server_platform message server_label type id',
  ],
];

describe('Halo stand-in: shapes', () => {
  let site: HaloSite;
  const of = async (type: string) => {
    const { issues } = await site.page(`/v3/issues?type=${type}&csp_account_type=aws&per_page=1`);
    return issues[0] ?? assert.fail(`no ${type}`);
  };

  before(async () => {
    site = await startHaloSite();
    await site.person.seed({ count: 400, seed: 7, types: { sva: 4, csm: 3, fim: 2, lids: 2, agent: 1 } });
  });
  after(() => site.stop());

  it('an issue of v3 has the keys of the recorded ones, in the list and alone', async () => {
    const listed = await of('csm');
    assert.deepEqual(keysOf(listed), words(`${common} ${cloud}`));
    assert.deepEqual(await site.issue(String(listed['id'])), listed);
    assert.deepEqual(keysOf(await of('sva')), words(`${common} ${cloud} ${ofSva}`));
  });

  it('a resolved one tells when, by whom and after how long', async () => {
    const id = String((await of('csm'))['id']);
    await site.person.resolve({ ids: [id], by: 'sue', comment: 'patched' });
    const issue = await site.issue(id);
    assert.deepEqual(keysOf(issue), words(`${common} ${cloud} ${ofResolved}`));
    assert.deepEqual(
      [issue['status'], issue['resolved_by'], issue['comment']],
      ['resolved', 'sue', 'patched'],
    );
    assert.ok(Number.isInteger(issue['time_to_resolution']));
  });

  it('times have microseconds, ids hyphens, paths none', async () => {
    const issue = await of('sva');
    assert.match(String(issue['updated_at']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    assert.match(String(issue['id']), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(pathOf(issue['asset_url']), `/v1/servers/${String(issue['asset_id']).replaceAll('-', '')}`);
    assert.match(latestOf(issue), /^\/v1\/scans\/[0-9a-f]{32}\/findings\/[0-9a-f]{32}$/);
    assert.match(latestOf(await of('lids')), /^\/v1\/events\/[0-9a-f]{32}$/);
  });

  it('findings are texts and objects in one list', async () => {
    const { issues } = await site.page('/v3/issues');
    const forms = issues.flatMap((issue) => issue['findings'] as unknown[]);
    const texts = forms.filter((form) => typeof form === 'string');
    assert.ok(texts.every((text) => /^[0-9a-f]{32}::[0-9a-f]{32}::active::\S+Z$/.test(text)));
    const objects = forms.filter((form): form is Body => typeof form === 'object' && form !== null);
    assert.ok(texts.length > 0 && objects.length > 0);
    assert.deepEqual(keysOf(objects[0] ?? {}), words('status scan_id created_at finding_id'));
  });

  for (const [type, keys] of findings)
    it(`the newest finding of ${type} has the keys of the recorded one`, async () => {
      const issue = await of(type);
      assert.deepEqual(keysOf(await site.get(latestOf(issue))), words(keys));
    });

  it('a server is wrapped and has the keys of the recorded one', async () => {
    const issue = await of('sva');
    const body = await site.get<{ server: Body }>(pathOf(issue['asset_url']));
    assert.deepEqual(Object.keys(body), ['server']);
    assert.deepEqual(keysOf(body.server), words(server));
    assert.equal(body.server['hostname'], issue['asset_name']);
    assert.equal(body.server['csp_account_id'], issue['csp_account_id']);
  });

  it('an issue of v1 is not wrapped; list and description differ as they really do', async () => {
    const { issues } = await site.page('/v1/issues?type=sva&per_page=1');
    const listed = issues[0] ?? assert.fail();
    assert.deepEqual(keysOf(listed), words(listedV1));
    const described = await site.get(`/v1/issues/${String(listed['id'])}`);
    assert.deepEqual(keysOf(described), words(`${listedV1} updated_at findings`));
    assert.deepEqual([listed['policy_name'], described['policy_name']], [null, '']);
    assert.deepEqual([listed['policy_url'], listed['policy_id']], ['null_value', 'null_value']);
  });

  it('the CVEs of a finding are those of its issue and have details', async () => {
    const issue = await of('sva');
    const finding = await site.get<{ cve_entries: { cve_entry: string; cvss_score: number }[] }>(
      latestOf(issue),
    );
    assert.deepEqual(
      finding.cve_entries.map(({ cve_entry: id }) => id),
      issue['cve_ids'],
    );
    const id = finding.cve_entries[0]?.cve_entry ?? assert.fail();
    const cve = await site.get(`/v1/cve_details/${id}`);
    assert.equal(cve['CVE'], id);
    assert.equal(cve['cvss_score'], finding.cve_entries[0]?.cvss_score);
    assert.ok(Array.isArray(cve['Vulnerable packages']));
  });

  it('serves ids with and without hyphens', async () => {
    const id = String((await of('sva'))['id']);
    assert.equal((await site.issue(id.replaceAll('-', '')))['id'], id);
    assert.equal((await site.get(`/v1/issues/${id}`))['id'], id.replaceAll('-', ''));
  });
});
