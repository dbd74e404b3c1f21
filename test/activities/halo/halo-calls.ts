import { createHaloSource, type HaloOptions } from '../../../activities/halo/client.ts';
import type { ListQuery } from '../../../activities/findings/source.ts';
import type { Expected, Respond } from '../../support/loopback.ts';

export const key = { id: 'halo-auditor', secret: 'canary-secret' };

export const haloAt = (baseUrl: string, own: Partial<HaloOptions> = {}) =>
  createHaloSource({
    ...{ baseUrl, keyId: key.id, secret: key.secret, api: 'v3', callsPerSecond: 1_000 },
    ...own,
  });

export const get = (path: string, respond: Respond): Expected => ({ method: 'GET', path, respond });

export const session = (token = 'canary-token', expires_in: number | null = 900): Expected => ({
  method: 'POST',
  path: '/oauth/access_token',
  respond: { body: { access_token: token, token_type: 'bearer', expires_in } },
});

export const everything: ListQuery = { status: 'active', since: null, criticalOnly: false, filters: {} };

export const issueId = '0d7d9dc8-ddf1-11e9-9d0b-f3a8a1e9e2c4';
export const serverPath = '/v1/servers/2f1a4c5ed6b711e9a2f10b1c2d3e4f50';
export const findingPath = '/v1/scans/5a1f/findings/77b2';

/** An issue of v3 with the fields that Halo really has (halo.md §2), shortened. */
export function issueOf(own: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...{
      id: issueId,
      url: `https://api.cloudpassage.com/v3/issues/${issueId}`,
      type: 'sva',
      category: 'sva',
    },
    ...{
      rule_key: 'sva::::openssl',
      name: 'openssl',
      status: 'active',
      critical: true,
      source: 'server_secure',
    },
    ...{ created_at: '2019-09-24T19:56:51.262103Z', updated_at: '2019-10-02T08:00:00.000001Z' },
    ...{ first_seen_at: '2019-09-23T10:00:00.000000Z', last_seen_at: '2019-10-02T07:59:00.000000Z' },
    ...{ policy_id: null, policy_name: null, rule_name: 'openssl' },
    findings: ['5a1e::77b1::active::2019-09-24T19:56:51Z', { status: 'active', scan_id: '5a1f' }],
    last_finding_urls: [`https://api.cloudpassage.com${findingPath}`],
    extended_attributes: { name: 'openssl', cve_info: [{ id: 'CVE-2016-2108', cvss_score: 10 }] },
    ...{ asset_id: '2f1a4c5e', asset_url: `https://api.cloudpassage.com${serverPath}`, asset_type: 'server' },
    ...{ asset_name: 'web-1', group_id: 'g1', group_name: 'Web', group_path: 'Acme / Web', os_type: 'linux' },
    csp_tags: [
      { key: 'environment', value: 'production' },
      { key: 'Name', value: 'web-1' },
    ],
    ...{ package_name: 'openssl', package_version: '1.0.1', cve_ids: ['CVE-2016-2108', 'CVE-2014-0160'] },
    ...{ max_cvss: 9.8, remotely_exploitable: true },
    ...own,
  };
}

export const pageOf = (issues: unknown[], next?: string) => ({
  body: { issues, pagination: next === undefined ? {} : { next } },
});
