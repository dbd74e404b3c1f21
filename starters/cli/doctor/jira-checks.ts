import { z } from 'zod';
import type { Config } from '../../../config/parse-config.ts';
import type { Rest } from '../rest.ts';
import { openJira, type JiraSite } from '../vendors.ts';
import { CheckFailed, type CheckGroup } from './check.ts';
import { checkStatuses, listFields, readType } from './jira-project.ts';

const Myself = z.object({ accountId: z.string() });
const CreateFields = z.object({ fields: z.array(z.object({ fieldId: z.string(), required: z.boolean() })) });

/** @param index of the site in the configuration, for the path in a fix */
export function toJiraChecks(config: Config, site: JiraSite, index: number): CheckGroup {
  const path = `jira.sites[${index}]`;
  // opened in the check, so that missing credentials are a finding
  const jira = () => openJira(config, site);
  return {
    system: `jira ${site.name}`,
    checks: [
      { name: 'credentials', gate: true, run: () => checkBot(jira(), config, site) },
      {
        name: `issue type ${site.issueType}`,
        gate: true,
        run: async () => (await readType(jira(), site, `${path}.issueType`)).name,
      },
      {
        name: 'statuses',
        async run() {
          const type = await readType(jira(), site, `${path}.issueType`);
          const wanted = Object.entries(site.statuses);
          return checkStatuses(
            type,
            wanted.map(([meaning, name]) => [`${path}.statuses.${meaning}`, name] as const),
          );
        },
      },
      {
        name: `field ${site.fields.agentVersion}`,
        run: async () =>
          checkField(jira(), site, (await readType(jira(), site, `${path}.issueType`)).id, path),
      },
    ],
  };
}

async function checkBot(jira: Rest, config: Config, site: JiraSite): Promise<string> {
  const { accountId } = await jira.get('read own account', '/rest/api/3/myself', Myself);
  const bot = config.people.find(({ name }) => name === site.bot);
  if (accountId === bot?.jira) return `${site.bot} (${accountId})`;
  const fix = `Use the token of ${site.bot}, or set people: ${site.bot}: jira to this id.`;
  throw new CheckFailed(`the token is of ${accountId}, not of ${site.bot} (${bot?.jira ?? 'no id'})`, fix);
}

async function checkField(jira: Rest, site: JiraSite, typeId: string, path: string): Promise<string> {
  const wanted = site.fields.agentVersion;
  const named = (await listFields(jira)).filter(({ name }) => name === wanted);
  const [field] = named;
  if (!field || named.length > 1) {
    const found =
      named.length > 1 ? `several have this name: ${named.map(({ id }) => id).join(', ')}` : 'not there';
    throw new CheckFailed(found, `Name exactly one field in ${path}.fields.agentVersion.`);
  }
  const url = `/rest/api/3/issue/createmeta/${site.project}/issuetypes/${typeId}?maxResults=200`;
  const { fields } = await jira.get('read the create screen', url, CreateFields);
  const shown = fields.find(({ fieldId }) => fieldId === field.id);
  if (shown?.required === true) return `${field.id}, required`;
  throw new CheckFailed(
    shown ? `${field.id} is not required` : `${field.id} is not on the create screen`,
    `Put it on the create screen of ${site.issueType} and make it required.`,
  );
}
