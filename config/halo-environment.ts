import { canonicalJson } from './canonical-json.ts';
import type { Environment } from './environment.ts';
import type { ConfigFault } from './fault.ts';
import { readVariables, requiredVariables, textOf } from './halo-variables.ts';
import { at, list, record, text } from './raw-values.ts';

/** The source that the variables are about. */
const sourceName = 'halo';
/** One of these says that this is an installation of the source document's; the other names are anybody's. */
const markers = ['HALO_API_HOSTNAME', 'JIRA_ISSUE_ID_FIELD'];
const key = 'HALO_API_KEY';

export interface HaloEnvironment {
  /** The file's values with those of the variables in them. */
  readonly raw: object;
  readonly faults: readonly ConfigFault[];
  readonly warnings: readonly ConfigFault[];
  /** Faults of what a variable said are the variable's. */
  readonly rename: (fault: ConfigFault) => ConfigFault;
}

/**
 * The environment of the source document (H-52 to H-71). Pure. Without `processes.halo` in the file it makes a source `halo` by
 * itself; with one, a variable wins over the file's key and a warning says so: an installation that moves to the file would
 * otherwise have variables that changed nothing, and nobody would know.
 */
export function applyHaloEnvironment(raw: object, env: Environment): HaloEnvironment {
  const halo = at(raw, 'processes', 'halo');
  if (halo !== undefined) return overrideSource(raw, env);
  const isSet = (name: string) => textOf(env, name) !== undefined;
  if (markers.some(isSet)) return makeSource(raw, env);
  if (!isSet(key)) return unchanged(raw);
  // a worker that was only given its credentials is one of a process that is off
  return Object.values(requiredVariables).some(isSet) ? makeSource(raw, env) : unchanged(raw, [toLonely()]);
}

function unchanged(raw: object, warnings: readonly ConfigFault[] = []): HaloEnvironment {
  return { raw, faults: [], warnings, rename: (fault) => fault };
}

function makeSource(raw: object, env: Environment): HaloEnvironment {
  const { values, variables, faults, warnings } = readVariables(env);
  const { site, faults: siteFaults } = chooseSite(raw, textOf(env, 'JIRA_API_URL'));
  const source = { name: sourceName, ...(site === undefined ? {} : { site }), ...values };
  const names = { ...requiredVariables, site: 'JIRA_API_URL', ...variables };
  return {
    raw: withSources(raw, [source]),
    faults: [...faults, ...siteFaults],
    warnings,
    rename: renamer('processes.halo.sources[0]', names),
  };
}

function overrideSource(raw: object, env: Environment): HaloEnvironment {
  const { values, variables, faults, warnings } = readVariables(env);
  const sources = list(raw, 'processes', 'halo', 'sources');
  const index = sources.findIndex((source) => (text(source, 'name') ?? sourceName) === sourceName);
  const source = record(sources[index]);
  if (index < 0) return unchanged(raw, [...warnings, ...Object.values(variables).map(toIdle)]);
  const path = `processes.halo.sources[${index}]`;
  const won = Object.entries(values).flatMap(([key, value]) => {
    const variable = variables[key] ?? key;
    const own = source[key];
    if (own === undefined || canonicalJson(own) === canonicalJson(value)) return [];
    return [{ path: variable, problem: `wins over ${path}.${key}`, fix: 'remove one of the two' }];
  });
  return {
    raw: withSources(raw, sources.with(index, { ...source, ...values })),
    faults: [...faults, ...findAddressFaults(raw, text(source, 'site'), textOf(env, 'JIRA_API_URL'))],
    warnings: [...warnings, ...won],
    rename: renamer(path, variables),
  };
}

function toLonely(): ConfigFault {
  const wanted = Object.values(requiredVariables).join(', ');
  return {
    path: key,
    problem: 'has no effect: no source of findings is configured',
    fix: `configure one under processes.halo, or set ${wanted}`,
  };
}

function toIdle(path: string): ConfigFault {
  return {
    path,
    problem: `has no effect: no source under processes.halo has the name ${sourceName}`,
    fix: 'unset it',
  };
}

/** Jira's address and bot are a site's: the variable chooses one. */
function chooseSite(
  raw: object,
  url: string | undefined,
): { readonly site: string | undefined; readonly faults: readonly ConfigFault[] } {
  const sites = sitesOf(raw);
  const addresses = [...new Set(sites.map(({ baseUrl }) => baseUrl))];
  const found = url === undefined ? sites[0] : sites.find(({ baseUrl }) => baseUrl === bare(url));
  const known = addresses.join(', ');
  const path = 'JIRA_API_URL';
  const fix = 'set it to the baseUrl of a site under jira.sites';
  if (sites.length === 0) return { site: undefined, faults: [] };
  if (!found)
    return {
      site: sites[0]?.name,
      faults: [{ path, problem: `"${url ?? ''}" is the address of no Jira site; there are ${known}`, fix }],
    };
  if (url === undefined && addresses.length > 1)
    return { site: found.name, faults: [{ path, problem: `is not set, and there are ${known}`, fix }] };
  return { site: found.name, faults: [] };
}

function findAddressFaults(raw: object, site: string | undefined, url: string | undefined): ConfigFault[] {
  const own = sitesOf(raw).find(({ name }) => name === site);
  if (!own || url === undefined || own.baseUrl === bare(url)) return [];
  return [
    {
      path: 'JIRA_API_URL',
      problem: `"${url}" is another address than that of the site ${own.name}, ${own.baseUrl}`,
      fix: 'unset it, or set it to the same address',
    },
  ];
}

function sitesOf(raw: object) {
  return list(raw, 'jira', 'sites').flatMap((site) => {
    const name = text(site, 'name');
    const baseUrl = text(site, 'baseUrl');
    return name === undefined || baseUrl === undefined ? [] : [{ name, baseUrl: bare(baseUrl) }];
  });
}

function bare(url: string): string {
  return url.replace(/\/+$/, '');
}

function withSources(raw: object, sources: readonly unknown[]): object {
  const processes = record(raw, 'processes');
  return { ...raw, processes: { ...processes, halo: { ...record(processes, 'halo'), sources } } };
}

function renamer(path: string, names: Readonly<Record<string, string>>) {
  return (fault: ConfigFault): ConfigFault => {
    if (!fault.path.startsWith(`${path}.`)) return fault;
    const [key = ''] = /^\w+/.exec(fault.path.slice(path.length + 1)) ?? [];
    const variable = Object.hasOwn(names, key) ? names[key] : undefined;
    return variable === undefined ? fault : { ...fault, path: variable };
  };
}
