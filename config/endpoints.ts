import type { Environment } from './environment.ts';
import type { ConfigFault } from './fault.ts';
import type { Outline } from './outline.ts';

/** Where the vendors are. Without the sandbox, AWS, Slack, Halo and Security Incident Response are where they are known to be. */
export interface Endpoints {
  readonly sandbox: boolean;
  readonly aws?: string;
  readonly slack?: string;
  readonly halo?: string;
  readonly securityIr?: string;
}

const overrides = {
  aws: 'LOCKKEEPER_AWS_ENDPOINT',
  slack: 'LOCKKEEPER_SLACK_API_URL',
  halo: 'LOCKKEEPER_HALO_BASE_URL',
  securityIr: 'LOCKKEEPER_SECURITY_IR_ENDPOINT',
} as const;

export function readEndpoints(env: Environment): Endpoints {
  const { [overrides.aws]: aws, [overrides.slack]: slack, [overrides.halo]: halo } = env;
  const securityIr = env[overrides.securityIr];
  return {
    sandbox: isSandbox(env),
    ...(aws ? { aws } : {}),
    ...(slack ? { slack } : {}),
    ...(halo ? { halo: halo.replace(/\/+$/, '') } : {}),
    ...(securityIr ? { securityIr: securityIr.replace(/\/+$/, '') } : {}),
  };
}

/**
 * Production talks https to the vendors and to nobody else; the sandbox stays on this machine (design §7). A sandbox
 * without its endpoints of AWS, Slack and, where they are configured, Halo and incidents would reach the real ones.
 */
export function findEndpointFaults(outline: Outline, env: Environment): ConfigFault[] {
  const baseUrls = findBaseUrls(outline);
  if (isSandbox(env))
    return [...findMissingOverrides(outline, env), ...findOutsideUrls(outline, env, baseUrls)];
  return [
    ...baseUrls.filter(([, url]) => !url.startsWith('https:')).map(toPlainFault),
    ...findForeignQueues(outline),
    ...findOverrides(env),
  ];
}

function isSandbox(env: Environment): boolean {
  return env['LOCKKEEPER_SANDBOX'] === '1';
}

type Place = readonly [path: string, url: string];

/** What is no URL at all is a fault of form, reported there. */
function findBaseUrls(outline: Outline): Place[] {
  const sites = outline.sites.map(({ baseUrl }, index) => [`jira.sites[${index}].baseUrl`, baseUrl] as const);
  return keepUrls([
    ...sites,
    // requests to it carry a session's credentials
    ...findQueueUrls(outline),
    ['gitlab.baseUrl', outline.gitlabUrl] as const,
    // people's Jira tokens are sent there
    ['decisions.gatewayUrl', outline.gatewayUrl] as const,
  ]);
}

function findQueueUrls({ incidents, secrets }: Outline): Place[] {
  return keepUrls([
    ...incidents.connections.map(({ path, queueUrl }) => [`${path}.queueUrl`, queueUrl] as const),
    ['processes.secrets.queueUrl', secrets.queueUrl] as const,
    ['processes.secrets.deadLetterUrl', secrets.deadLetterUrl] as const,
  ]);
}

function keepUrls(places: readonly (readonly [string, string | undefined])[]): Place[] {
  return places.flatMap(([path, url]) =>
    url !== undefined && URL.canParse(url) ? [[path, url] as const] : [],
  );
}

function toPlainFault([path]: Place): ConfigFault {
  return {
    path,
    problem: 'is not https',
    fix: 'use https; plain http is for the sandbox (LOCKKEEPER_SANDBOX=1)',
  };
}

/** Requests to a queue are signed with a session of ours, wherever its URL points. */
function findForeignQueues(outline: Outline): ConfigFault[] {
  return findQueueUrls(outline)
    .filter(([, url]) => url.startsWith('https:') && !/\.amazonaws\.com(\.cn)?$/.test(new URL(url).hostname))
    .map(([path]) => ({
      path,
      problem: 'is no queue of AWS',
      fix: 'set it to the URL that SQS gives the queue',
    }));
}

function findOverrides(env: Environment): ConfigFault[] {
  return Object.values(overrides)
    .filter((variable) => env[variable] !== undefined)
    .map((path) => ({ path, problem: 'is for the sandbox only', fix: 'unset it' }));
}

function findMissingOverrides({ halo, incidents }: Outline, env: Environment): ConfigFault[] {
  const unused = [
    ...(halo.sources.some(({ kind }) => kind === 'halo') ? [] : [overrides.halo]),
    ...(incidents.connections.length > 0 ? [] : [overrides.securityIr]),
  ];
  return Object.values(overrides)
    .filter((variable) => !unused.some((one) => one === variable) || env[variable] !== undefined)
    .filter((variable) => !URL.canParse(env[variable] ?? ''))
    .map((path) => ({
      path,
      problem: 'is not set to a URL, and the sandbox would reach the real service',
      fix: 'set it to the sandbox’s URL, or unset LOCKKEEPER_SANDBOX',
    }));
}

function findOutsideUrls(outline: Outline, env: Environment, baseUrls: readonly Place[]): ConfigFault[] {
  const address = env['TEMPORAL_ADDRESS'];
  const others = keepUrls([
    ['temporal.uiUrl', outline.uiUrl],
    ...outline.probeUrls,
    ...Object.values(overrides).map((variable) => [variable, env[variable]] as const),
    ['TEMPORAL_ADDRESS', address === undefined ? undefined : `grpc://${address}`],
  ]);
  return [...baseUrls, ...others]
    .filter(([, url]) => !isLoopback(url))
    .map(([path]) => ({
      path,
      problem: 'is not on this machine, and LOCKKEEPER_SANDBOX=1 allows nothing else',
      fix: 'use 127.0.0.1, or unset LOCKKEEPER_SANDBOX',
    }));
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.[0-9]{1,3}){3}$/.test(hostname);
}
