import type { FieldValue, FindingDetails } from '../../workflows/halo-sync/finding.ts';
import { toRows, type Body } from './latest.ts';
import { toField } from './rows.ts';

export type Asset = NonNullable<FindingDetails['asset']>;

/** H-46…H-51, and for v1, whose issues tell a group's id only, H-37 and H-38. */
const mappedFields = {
  server_csp_provider: 'csp_provider',
  server_csp_account_id: 'csp_account_id',
  server_csp_instance_id: 'csp_instance_id',
  server_id: 'id',
  server_hostname: 'hostname',
  server_state: 'state',
  asset_group_name: 'group_name',
  asset_group_path: 'group_path',
} as const;

const shown = [
  ...['hostname', 'server_label', 'reported_fqdn', 'primary_ip_address', 'state', 'platform'],
  ...['platform_version', 'os_version', 'group_path', 'csp_provider', 'csp_account_id', 'csp_region'],
  ...['csp_instance_id', 'csp_instance_type'],
] as const;

/** Every plain field of a server is kept as `asset.<name>`, of which there are about forty. */
export function toAsset(server: Body): Asset {
  const fields: Record<string, FieldValue> = {};
  for (const name of Object.keys(server)) {
    const value = toField(server[name]);
    if (value !== undefined && /^\w{1,100}$/.test(name)) fields[`asset.${name}`] = value;
  }
  for (const [name, source] of Object.entries(mappedFields)) fields[name] = fields[`asset.${source}`] ?? null;
  return { fields, rows: toRows(server, shown) };
}

/** Of containers and cloud resources only an issue's own words are known (H-7): that is said, and no reason to leave it out. */
export function unknownAsset(path: string): Asset {
  const value = `not read: Halo is not known to keep servers at ${path}`;
  return { fields: {}, rows: [{ label: 'asset', value }] };
}
