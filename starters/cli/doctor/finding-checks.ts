import { createFileSource } from '../../../activities/finding-file/client.ts';
import { createHaloSource } from '../../../activities/halo/client.ts';
import { createFindingTickets } from '../../../activities/jira/findings/client.ts';
import type { FindingTickets } from '../../../activities/jira/findings/port.ts';
import { formsOf, type FindingForm } from '../../../config/halo-forms.ts';
import type { FindingSourceConfig } from '../../../config/halo-schema.ts';
import type { Config } from '../../../config/parse-config.ts';
import { failureMessage, failureType } from '../../../workflows/shared/failures.ts';
import { demand, openJira, type JiraSite } from '../vendors.ts';
import { CheckFailed, type Check, type CheckGroup } from './check.ts';
import { checkPermissions, checkStatuses, readType } from './jira-project.ts';
import { checkMoves } from './move-checks.ts';

/** The sources of findings and their tickets' projects; none while the process is off. */
export function toFindingChecks(config: Config): readonly CheckGroup[] {
  const { sources = [] } = config.processes.halo ?? {};
  return sources.flatMap((source, index) => {
    const site = config.jira.sites.find(({ name }) => name === source.site);
    const ofJira = site ? [toTicketChecks(config, source, site, `processes.halo.sources[${index}]`)] : [];
    return [source.kind === 'halo' ? toHaloChecks(config, source) : toFileChecks(source), ...ofJira];
  });
}

/** Its first page says whether the file is there and of the form that it should have. */
function toFileChecks(source: FindingSourceConfig): CheckGroup {
  const { name, path = '' } = source;
  const query = { status: 'active', since: null, criticalOnly: false, filters: {} } as const;
  const run = async () => {
    const { faults } = await createFileSource(source)
      .list(query, null)
      .catch((error: unknown) => {
        const fix = 'Correct path or format, or let this account read the file.';
        throw new CheckFailed(failureMessage(error), fix);
      });
    return faults.length === 0 ? path : `${path}; ${faults.length} of its findings cannot be read`;
  };
  return { system: `findings ${name}`, checks: [{ name: 'file', run }] };
}

/** One call answers both: a key without the role auditor opens a session and reads nothing. */
function toHaloChecks(config: Config, source: FindingSourceConfig): CheckGroup {
  const baseUrl = config.endpoints.halo ?? `https://${source.hostname}`;
  const query = { status: 'active', criticalOnly: source.criticalOnly } as const;
  const list = async () => {
    const { haloKey, haloSecret } = demand(config, ['haloKey', 'haloSecret']);
    const keys = { keyId: haloKey.reveal(), secret: haloSecret.reveal() };
    const halo = createHaloSource({ ...keys, baseUrl, api: source.api, callsPerSecond: 2 });
    const filters = Object.fromEntries(
      Object.entries(source.filters).map(([name, value]) => [name, String(value)]),
    );
    const since = new Date().toISOString();
    return halo.list({ ...query, since, filters }, null);
  };
  return {
    system: `findings ${source.name}`,
    checks: [
      {
        name: 'Halo',
        gate: true,
        async run() {
          await list().catch(passRefusals);
          return baseUrl;
        },
      },
      {
        name: 'auditor reads issues',
        async run() {
          await list().catch(toAuditorFault);
          return `${source.api}`;
        },
      },
    ],
  };
}

/** It answers and took the key: what it refuses is the next check's. */
function passRefusals(error: unknown): void {
  const type = failureType(error);
  if (type === 'CredentialRejected')
    throw new CheckFailed(
      failureMessage(error),
      'Set HALO_API_KEY and HALO_API_SECRET_KEY to a key that is active.',
    );
  if (!['PermissionDenied', 'InvalidInput', 'NotFound'].includes(type)) throw error;
}

function toAuditorFault(error: unknown): never {
  const type = failureType(error);
  if (type === 'PermissionDenied')
    throw new CheckFailed(failureMessage(error), 'Give the API key the role auditor in Halo (H-23).');
  if (type === 'InvalidInput')
    throw new CheckFailed(failureMessage(error), 'Correct filters: Halo refuses one of them.');
  throw error;
}

function toTicketChecks(
  config: Config,
  source: FindingSourceConfig,
  site: JiraSite,
  path: string,
): CheckGroup {
  const jira = () => openJira(config, site);
  const forms = formsOf(source);
  const projects = [...new Set(forms.map(({ project }) => project))];
  const first = forms.filter((form, index) => forms.findIndex((other) => isAlike(form, other)) === index);
  return {
    system: `findings ${source.name} in ${site.name}`,
    checks: [
      ...projects.map((project) => ({
        name: `permissions in ${project}`,
        run: () => checkPermissions(jira(), project),
      })),
      ...first.flatMap((form): Check[] => {
        const place = `${form.issueType} in ${form.project}`;
        const type = () => readType(jira(), form, `${path}${form.path}.issueType`);
        return [
          {
            name: `statuses of ${place}`,
            run: async () => checkStatuses(await type(), statusesOf(source, path)),
          },
          {
            name: `transitions of ${place}`,
            run: async () => checkMoves(jira(), form, { type: await type(), source, path }),
          },
        ];
      }),
      ...forms.map((form) => ({
        name: `create form of ${form.issueType} in ${form.project}${form.path === '' ? '' : ` (${form.path.slice(1)})`}`,
        run: () => checkForm(openTickets(config, source, site), form),
      })),
    ],
  };
}

const isAlike = (one: FindingForm, other: FindingForm) =>
  one.project === other.project && one.issueType === other.issueType;

function statusesOf(source: FindingSourceConfig, path: string): readonly (readonly [string, string])[] {
  return [
    ...(['closedStatuses', 'hardClosedStatuses'] as const).flatMap((key) =>
      source[key].map((name, index) => [`${path}.${key}[${index}]`, name] as const),
    ),
    ...(source.newStatus === undefined ? [] : [[`${path}.newStatus`, source.newStatus] as const]),
  ];
}

function openTickets(config: Config, { name, idField }: FindingSourceConfig, site: JiraSite): FindingTickets {
  const { jiraEmail, jiraApiToken } = demand(config, ['jiraEmail', 'jiraApiToken']);
  const access = {
    ...{ name: site.name, baseUrl: site.baseUrl },
    ...{ email: jiraEmail.reveal(), apiToken: jiraApiToken.reveal() },
  };
  return createFindingTickets({ access, source: name, idField });
}

/** The id field is one of those that have to be there. */
async function checkForm(
  tickets: FindingTickets,
  { project, issueType, fields }: FindingForm,
): Promise<string> {
  const faults = await tickets.findFormFaults({ project, issueType, fields });
  if (faults.length === 0) return `${fields.length + 1} fields`;
  throw new CheckFailed(
    faults.join('; '),
    'Put the fields on the create screen, or correct idField, mapping and static; set what is required in static.',
  );
}
