import { readDay } from '../../../activities/ledger/read-ledger.ts';
import type { Config } from '../../../config/parse-config.ts';
import type { SecretAuditConfig } from '../../../config/secret-schema.ts';
import { openLedgerTable, openTrail } from '../secret-ledger.ts';
import { openJira, type JiraSite } from '../vendors.ts';
import { CheckFailed, type Check, type CheckGroup } from './check.ts';
import { checkPermissions, checkStatuses, listFields, readType } from './jira-project.ts';
import { toQueueChecks } from './queue-checks.ts';

const path = 'processes.secrets';
const hourMs = 3_600_000;

/** The audit of secrets; none while the process is off. */
export function toSecretChecks(config: Config): readonly CheckGroup[] {
  const { secrets: audit } = config.processes;
  if (!audit) return [];
  const site = config.jira.sites.find(({ name }) => name === audit.site);
  return [
    ...(site ? [toJiraChecks(config, audit, site)] : []),
    {
      system: 'secrets',
      checks: [
        { name: `ledger ${audit.table}`, run: () => checkLedger(config) },
        ...toQueueChecks(config, audit, 'docs/secret-audit.md'),
        ...toTrailChecks(config, audit),
      ],
    },
  ];
}

function toJiraChecks(config: Config, audit: SecretAuditConfig, site: JiraSite): CheckGroup {
  const { project, issueType, fields, finding, approvedStatuses } = audit;
  // opened in the check, so that missing credentials are a finding
  const jira = () => openJira(config, site);
  const ofFindings = { project: finding.project ?? project, issueType: finding.issueType };
  const places = [...new Set([project, ofFindings.project])];
  return {
    system: `secrets in ${site.name}`,
    checks: [
      ...places.map((place) => ({
        name: `permissions in ${place}`,
        run: () => checkPermissions(jira(), place),
      })),
      {
        name: `${issueType}: statuses that approve`,
        run: async () =>
          checkStatuses(
            await readType(jira(), { project, issueType }, `${path}.issueType`),
            approvedStatuses.map((status) => [`${path}.approvedStatuses`, status] as const),
          ),
      },
      { name: 'fields', run: async () => checkFields(fields, await listFields(jira())) },
      {
        name: 'type of findings',
        run: async () => (await readType(jira(), ofFindings, `${path}.finding.issueType`)).name,
      },
    ],
  };
}

/** Names are compared exactly, and one that two fields have says nothing. */
function checkFields(
  fields: SecretAuditConfig['fields'],
  known: readonly { readonly name: string }[],
): string {
  const wanted = Object.entries(fields);
  const count = (name: string) => known.filter((field) => field.name === name).length;
  const wrong = wanted.filter(([, name]) => count(name) !== 1);
  if (wrong.length === 0) return wanted.map(([, name]) => name).join(', ');
  throw new CheckFailed(
    wrong
      .map(([, name]) => `${name}: ${count(name) === 0 ? 'is not on the site' : 'is there twice'}`)
      .join('; '),
    `Correct ${wrong.map(([key]) => `${path}.fields.${key}`).join(', ')}, or the fields in Jira.`,
  );
}

async function checkLedger(config: Config): Promise<string> {
  const { changes } = await readDay(openLedgerTable(config), new Date().toISOString().slice(0, 10));
  return `${changes.length} changes today`;
}

/** With the role that the sweep takes, so that one that is missing is found before a gap needs it. */
function toTrailChecks(config: Config, { accounts, regions }: SecretAuditConfig): readonly Check[] {
  return accounts.map(({ id, role }) => ({
    name: `CloudTrail of ${id}`,
    async run() {
      if (role === undefined) return 'no role: it is not compared';
      const trail = openTrail(config);
      const [to, from] = [Date.now(), Date.now() - hourMs].map((ms) => new Date(ms).toISOString());
      const asked = regions.map((region) =>
        trail.lookUpChanges({ ...{ account: id, region, from: from ?? '', to: to ?? '' }, cursor: null }),
      );
      const pages = await Promise.all(asked);
      const found = pages.flatMap(({ events }) => events).length;
      const more = pages.some(({ cursor }) => cursor !== null) ? ' or more' : '';
      return `${found}${more} changes within an hour in ${regions.join(', ')}`;
    },
  }));
}
