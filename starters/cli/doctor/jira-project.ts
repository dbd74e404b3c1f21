import { z } from 'zod';
import { nearestName } from '../../../config/nearest-name.ts';
import type { Rest } from '../rest.ts';
import { CheckFailed } from './check.ts';

/** What several processes look at in a Jira project: its types, their statuses and what the account may do there. */

const TypesWithStatuses = z.array(
  z.object({ id: z.string(), name: z.string(), statuses: z.array(z.object({ name: z.string() })) }),
);
const Fields = z.array(z.object({ id: z.string(), name: z.string() }));
const Permissions = z.object({
  permissions: z.record(z.string(), z.object({ name: z.string(), havePermission: z.boolean() })),
});

export type IssueType = z.infer<typeof TypesWithStatuses>[number];
export type JiraField = z.infer<typeof Fields>[number];

export interface Place {
  readonly project: string;
  readonly issueType: string;
}

/** @param setting where the configuration names the type @throws CheckFailed the project has no such type */
export async function readType(
  jira: Rest,
  { project, issueType }: Place,
  setting: string,
): Promise<IssueType> {
  const url = `/rest/api/3/project/${project}/statuses`;
  const types = await jira.get(`read project ${project}`, url, TypesWithStatuses);
  const type = types.find(({ name }) => name === issueType);
  if (type) return type;
  const known = types.map(({ name }) => name);
  const near = nearestName(issueType, known) ?? known.join(', ');
  throw new CheckFailed(`not in project ${project}`, `Set ${setting} to one that it has: ${near}.`);
}

/**
 * Names are compared exactly: a site that says "To Do" is mapped by the configuration, never guessed.
 * @param wanted where the configuration has each name, and the name
 * @throws CheckFailed names that the type's workflow has not
 */
export function checkStatuses(
  type: IssueType,
  wanted: readonly (readonly [setting: string, name: string])[],
): string {
  const known = type.statuses.map(({ name }) => name);
  const missing = wanted.filter(([, name]) => !known.includes(name));
  if (missing.length === 0) return wanted.map(([, name]) => name).join(', ');
  const fixes = missing.map(([setting, name]) => {
    const near = nearestName(name, known);
    return `set ${setting} to ${near === undefined ? 'the site’s name' : `"${near}"`}`;
  });
  throw new CheckFailed(
    `not on the site: ${missing.map(([, name]) => name).join(', ')}; it has ${known.join(', ')}`,
    `Map them: ${fixes.join('; ')}; or add them to the workflow.`,
  );
}

export function listFields(jira: Rest): Promise<readonly JiraField[]> {
  return jira.get('list fields', '/rest/api/3/field', Fields);
}

/** What Lockkeeper does to a ticket, by Jira's keys (H-34). */
const needed = ['BROWSE_PROJECTS', 'CREATE_ISSUES', 'EDIT_ISSUES', 'ADD_COMMENTS', 'TRANSITION_ISSUES'];
/** Attachments and watchers travel besides (S-84). */
export const incidentRights: readonly string[] = [...needed, 'CREATE_ATTACHMENTS', 'MANAGE_WATCHERS'];

const words: Readonly<Record<string, string>> = {
  BROWSE_PROJECTS: 'browse',
  CREATE_ISSUES: 'create',
  EDIT_ISSUES: 'edit',
  ADD_COMMENTS: 'comment',
  TRANSITION_ISSUES: 'transition',
  CREATE_ATTACHMENTS: 'attach',
  MANAGE_WATCHERS: 'watch',
};

/** @param wanted Jira's keys of rights · @throws CheckFailed naming what the account may not do */
export async function checkPermissions(
  jira: Rest,
  project: string,
  wanted: readonly string[] = needed,
): Promise<string> {
  const url = `/rest/api/3/mypermissions?projectKey=${project}&permissions=${wanted.join(',')}`;
  const { permissions } = await jira.get(`read permissions in ${project}`, url, Permissions);
  const lacking = wanted.filter((key) => permissions[key]?.havePermission !== true);
  if (lacking.length === 0) return wanted.map((key) => words[key] ?? key).join(', ');
  throw new CheckFailed(
    `the account may not: ${lacking.join(', ')}`,
    `Give the bot a role in ${project} that has these permissions.`,
  );
}
