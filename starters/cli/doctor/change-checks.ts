import type { ChangeConfig } from '../../../config/change-schema.ts';
import { nearestName } from '../../../config/nearest-name.ts';
import type { Config } from '../../../config/parse-config.ts';
import type { Rest } from '../rest.ts';
import { openJira } from '../vendors.ts';
import { CheckFailed, type CheckGroup } from './check.ts';
import { checkPermissions, checkStatuses, listFields, readType } from './jira-project.ts';

const path = 'processes.change';

/** What change tickets need in Jira; none while the process is off. */
export function toChangeChecks(config: Config): readonly CheckGroup[] {
  const { change } = config.processes;
  const site = config.jira.sites.find(({ name }) => name === change?.site);
  if (!change || !site) return [];
  // opened in the check, so that missing credentials are a finding
  const jira = () => openJira(config, site);
  const place = { project: change.project, issueType: change.issueType };
  const type = () => readType(jira(), place, `${path}.issueType`);
  return [
    {
      system: 'changes',
      checks: [
        { name: `issue type ${change.issueType}`, gate: true, run: async () => (await type()).name },
        { name: 'statuses', run: async () => checkStatuses(await type(), namesOf('statuses', change)) },
        { name: 'fields', run: () => checkFields(jira(), namesOf('fields', change)) },
        { name: `permissions in ${change.project}`, run: () => checkPermissions(jira(), change.project) },
      ],
    },
  ];
}

type Names = readonly (readonly [setting: string, name: string])[];

function namesOf(key: 'statuses' | 'fields', change: ChangeConfig): Names {
  return Object.entries(change[key]).map(([meaning, name]) => [`${path}.${key}.${meaning}`, name] as const);
}

async function checkFields(jira: Rest, wanted: Names): Promise<string> {
  // system fields have some of these names, too
  const fields = (await listFields(jira)).filter(({ id }) => id.startsWith('customfield_'));
  const wrong = wanted.filter(([, name]) => fields.filter((field) => field.name === name).length !== 1);
  if (wrong.length === 0) return `${wanted.length} found`;
  const known = fields.map(({ name }) => name);
  const fixes = wrong.map(([setting, name]) => {
    const near = known.includes(name) ? undefined : nearestName(name, known);
    return near === undefined ? `name exactly one field in ${setting}` : `set ${setting} to "${near}"`;
  });
  throw new CheckFailed(
    `not exactly one of each: ${wrong.map(([, name]) => name).join(', ')}`,
    `${fixes.join('; ')}.`,
  );
}
