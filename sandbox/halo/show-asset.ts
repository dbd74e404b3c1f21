import { groups } from './catalogue.ts';
import type { HaloAsset } from './model.ts';
import { toShortIso } from './moments.ts';
import { hex, mix, withoutHyphens } from './scramble.ts';

const clouds = new WeakMap<HaloAsset, Cloud>();

/** What an issue in v3 tells of its asset's cloud; a server that stands in no cloud has none of these. */
export function cloudOf(asset: HaloAsset): Cloud | undefined {
  if (asset.provider === null) return undefined;
  const made = clouds.get(asset) ?? makeCloud(asset);
  clouds.set(asset, made);
  return made;
}

function makeCloud(asset: HaloAsset) {
  const hash = mix(asset.seed, asset.n, 20);
  const aws = asset.provider === 'aws';
  const regions = aws ? ['us-west-2', 'eu-central-1', 'ap-south-1'] : ['westeurope', 'eastus'];
  const environment = ['production', 'staging', 'development', 'dmz'][Math.floor(asset.group / 2) % 4] ?? '';
  return {
    accountId: aws
      ? `15283605${String(hash % 10_000).padStart(4, '0')}`
      : `${hex(hash, 8)}-5f1e-4c1d-9d0a-1f2e3d4c5b6a`,
    region: regions[hash % regions.length] ?? '',
    imageId: aws ? `ami-${hex(hash, 8)}` : 'Canonical:UbuntuServer:16.04-LTS',
    instanceId: aws ? `i-${hex(hash, 8)}${hex(mix(asset.n, asset.seed, 21), 8)}1` : `vm-${hex(hash, 8)}`,
    tags: [
      { key: 'environment', value: environment },
      { key: 'Name', value: `halo-${asset.provider}-${asset.hostname}` },
    ],
  };
}

export type Cloud = ReturnType<typeof makeCloud>;

const addressOf = (asset: HaloAsset) => `10.${asset.n & 127}.${(asset.n >>> 7) & 255}.${1 + (asset.n % 250)}`;

export const fqdnOf = (asset: HaloAsset) =>
  asset.provider === 'aws'
    ? `${asset.hostname}.${cloudOf(asset)?.region ?? ''}.compute.internal`
    : `${asset.hostname}.example.internal`;

/** `GET /v1/servers/{id}`, all fields of the old tool's recorded server. */
export function toServer(asset: HaloAsset, baseUrl: string): object {
  const id = withoutHyphens(asset.id);
  const hash = mix(asset.seed, asset.n, 22);
  const linux = asset.os === 'linux';
  const group = groups[asset.group];
  const connecting = `18.${hash & 255}.${(hash >>> 8) & 255}.${1 + ((hash >>> 16) % 250)}`;
  return {
    created_at: toShortIso(asset.scannedAt - 200 * 86_400_000_000),
    ...{ id, url: `${baseUrl}/v1/servers/${id}`, hostname: asset.hostname, server_label: null },
    reported_fqdn: fqdnOf(asset),
    ...{ primary_ip_address: addressOf(asset), connecting_ip_address: connecting, state: asset.state },
    ...{ daemon_version: '4.2.4', read_only: false },
    ...(linux
      ? {
          platform: 'ubuntu',
          platform_version: '16.04',
          os_version: '4.4.0-138-generic',
          kernel_name: 'Linux',
        }
      : { platform: 'windows', platform_version: '2016', os_version: '10.0.14393', kernel_name: 'Windows' }),
    ...{ kernel_machine: 'x86_64', self_verification_failed: false },
    connecting_ip_fqdn: `ec2-${connecting.replaceAll('.', '-')}.compute.amazonaws.com`,
    last_state_change: toShortIso(asset.scannedAt - 86_400_000_000),
    docker_inspection: 'Disabled',
    ...{ group_id: withoutHyphens(group?.id ?? ''), group_name: group?.name, group_path: group?.path },
    firewall_policy: null,
    interfaces: [{ name: 'eth0', ip_address: addressOf(asset), netmask: '255.255.255.0', mac_address: null }],
    ...toCloudFields(asset),
    ...asset.overlay,
  };
}

function toCloudFields(asset: HaloAsset): object {
  const cloud = cloudOf(asset);
  if (!cloud)
    return { csp_provider: null, csp_account_id: null, csp_instance_id: null, csp_instance_tags: [] };
  const { accountId, region, imageId, instanceId, tags } = cloud;
  const zone = `${region}${asset.provider === 'aws' ? 'c' : ''}`;
  const type = asset.provider === 'aws' ? 't2.micro' : 'Standard_B2s';
  const ec2 = {
    ...{ ec2_instance_id: instanceId, ec2_account_id: accountId, ec2_kernel_id: null, ec2_image_id: imageId },
    ...{ ec2_availability_zone: zone, ec2_region: region, ec2_private_ip: addressOf(asset) },
    ...{ ec2_instance_type: type, ec2_security_groups: ['default'] },
  };
  return {
    ...(asset.provider === 'aws' ? { aws_ec2: ec2 } : {}),
    csp_provider: asset.provider === 'aws' ? 'aws_ec2' : 'azure',
    ...{ csp_account_id: accountId, csp_availability_zone: zone, csp_image_id: imageId },
    ...{ csp_instance_id: instanceId, csp_instance_type: type, csp_kernel_id: null },
    ...{ csp_private_ip: addressOf(asset), csp_region: region, csp_security_groups: ['default'] },
    csp_instance_tags: tags,
  };
}
