import type { Client } from '@temporalio/client';
import { createFindingsActivities } from '../../activities/findings/activities.ts';
import type { FindingSource } from '../../activities/findings/source.ts';
import { createFileSource } from '../../activities/finding-file/client.ts';
import { createHaloSource } from '../../activities/halo/client.ts';
import { createFindingTickets } from '../../activities/jira/findings/client.ts';
import type { FindingTickets } from '../../activities/jira/findings/port.ts';
import { openAccess, type OpenAccess } from '../../activities/jira/site.ts';
import type { ConfigFault } from '../../config/fault.ts';
import { formsOf } from '../../config/halo-forms.ts';
import type { FindingSourceConfig } from '../../config/halo-schema.ts';
import type { Config } from '../../config/parse-config.ts';
import { findPerson } from '../../config/people.ts';
import type { SecretName } from '../../config/secrets.ts';
import { failureMessage, failureType } from '../../workflows/shared/failures.ts';
import { toAcceptances } from './finding-acceptance.ts';
import { revealSecret } from './reveal-secret.ts';

/** None while the process is off: then nobody has to have them. */
export function haloSecrets({ processes: { halo } }: Config): readonly SecretName[] {
  if (!halo) return [];
  const ofHalo = ['haloKey', 'haloSecret'] as const;
  const asksHalo = halo.sources.some(({ kind }) => kind === 'halo');
  return ['jiraEmail', 'jiraApiToken', ...(asksHalo ? ofHalo : [])];
}

/** @returns nothing while the process is off */
export function createHaloQueue(config: Config, client: Client): object {
  const { halo } = config.processes;
  if (!halo) return {};
  const access = {
    sources: byName(halo.sources, (source) => openSource(config, source)),
    tickets: openTickets(config, halo.sources),
  };
  const { activities, checkAcceptance } = toAcceptances(config, client, access);
  const accountOf = (person: string) => findPerson(config, { name: person })?.jira;
  const findings = createFindingsActivities({ ...access, accountOf, checkAcceptance, now: Date.now });
  return { ...findings, ...activities };
}

function openSource(config: Config, source: FindingSourceConfig): FindingSource {
  if (source.kind === 'file') return createFileSource(source);
  return createHaloSource({
    baseUrl: config.endpoints.halo ?? `https://${source.hostname}`,
    keyId: revealSecret(config, 'haloKey'),
    secret: revealSecret(config, 'haloSecret'),
    api: source.api,
    callsPerSecond: source.haloCallsPerSecond,
  });
}

/** Sources of one site share its client and rate: Jira counts the calls of an account. */
function openTickets(
  config: Config,
  sources: readonly FindingSourceConfig[],
): Readonly<Record<string, FindingTickets>> {
  const sites = new Map<string, OpenAccess>();
  return byName(sources, ({ name, site, idField }) => {
    const access = sites.get(site) ?? openSite(config, site, sources);
    sites.set(site, access);
    return createFindingTickets({ access, source: name, idField });
  });
}

function openSite(config: Config, name: string, sources: readonly FindingSourceConfig[]): OpenAccess {
  const site = config.jira.sites.find((one) => one.name === name);
  if (!site) throw new Error(`no Jira site "${name}" in the configuration`);
  const rates = sources.filter((source) => source.site === name).map((one) => one.jiraCallsPerSecond);
  return openAccess({
    name,
    baseUrl: site.baseUrl,
    email: revealSecret(config, 'jiraEmail'),
    apiToken: revealSecret(config, 'jiraApiToken'),
    callsPerSecond: Math.min(...rates),
  });
}

/**
 * Asked once at the start: a required field that nothing sets would otherwise park every finding (H-28). A site that does not
 * answer contradicts nothing: the worker starts, and its calls are repeated.
 */
export async function findHaloFaults(config: Config): Promise<readonly ConfigFault[]> {
  const { halo } = config.processes;
  if (!halo) return [];
  const tickets = openTickets(config, halo.sources);
  const found = await Promise.all(
    halo.sources.flatMap((source, index) =>
      formsOf(source).map(async ({ path, ...form }) => {
        const problems = await findProblems(() => tickets[source.name]?.findFormFaults(form));
        return problems.map((problem) => ({ path: `processes.halo.sources[${index}]${path}`, problem }));
      }),
    ),
  );
  const fix = 'correct project, issueType, idField, mapping or static; or the create form in Jira';
  const problems = new Map(found.flat().map((one) => [one.problem, { ...one, fix }]));
  return [...problems.values()];
}

async function findProblems(ask: () => Promise<readonly string[]> | undefined): Promise<readonly string[]> {
  try {
    return (await ask()) ?? [];
  } catch (error) {
    const isContradiction = ['NotFound', 'InvalidInput'].includes(failureType(error));
    return isContradiction ? [failureMessage(error)] : [];
  }
}

function byName<T>(
  sources: readonly FindingSourceConfig[],
  open: (source: FindingSourceConfig) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(sources.map((source) => [source.name, open(source)]));
}
