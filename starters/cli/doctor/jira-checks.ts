import { z } from 'zod';
import { nearestName } from '../../../config/nearest-name.ts';
import type { Config } from '../../../config/parse-config.ts';
import type { Rest } from '../rest.ts';
import { openJira, type JiraSite } from '../vendors.ts';
import { CheckFailed, type CheckGroup } from './check.ts';

const Myself = z.object({ accountId: z.string() });
const TypesWithStatuses = z.array(
  z.object({ id: z.string(), name: z.string(), statuses: z.array(z.object({ name: z.string() })) }),
);
const Fields = z.array(z.object({ id: z.string(), name: z.string() }));
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
        run: async () => (await readType(jira(), site, path)).name,
      },
      { name: 'statuses', run: async () => checkStatuses(await readType(jira(), site, path), site, path) },
      {
        name: `field ${site.fields.agentVersion}`,
        run: async () => checkField(jira(), site, (await readType(jira(), site, path)).id, path),
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

type IssueType = z.infer<typeof TypesWithStatuses>[number];

async function readType(jira: Rest, { project, issueType }: JiraSite, path: string): Promise<IssueType> {
  const url = `/rest/api/3/project/${project}/statuses`;
  const types = await jira.get(`read project ${project}`, url, TypesWithStatuses);
  const type = types.find(({ name }) => name === issueType);
  if (type) return type;
  const known = types.map(({ name }) => name);
  const near = nearestName(issueType, known) ?? known.join(', ');
  throw new CheckFailed(`not in project ${project}`, `Set ${path}.issueType to one that it has: ${near}.`);
}

/** Names are compared exactly: a site that says "To Do" is mapped by the configuration, never guessed. */
function checkStatuses(type: IssueType, site: JiraSite, path: string): string {
  const known = type.statuses.map(({ name }) => name);
  const missing = Object.entries(site.statuses).filter(([, name]) => !known.includes(name));
  if (missing.length === 0) return Object.values(site.statuses).join(', ');
  const fixes = missing.map(([meaning, name]) => {
    const near = nearestName(name, known);
    return `set ${path}.statuses.${meaning} to ${near === undefined ? 'the site’s name' : `"${near}"`}`;
  });
  throw new CheckFailed(
    `not on the site: ${missing.map(([, name]) => name).join(', ')}; it has ${known.join(', ')}`,
    `Map them: ${fixes.join('; ')}; or add them to the workflow.`,
  );
}

async function checkField(jira: Rest, site: JiraSite, typeId: string, path: string): Promise<string> {
  const wanted = site.fields.agentVersion;
  const named = (await jira.get('list fields', '/rest/api/3/field', Fields)).filter(
    ({ name }) => name === wanted,
  );
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
