import { z } from 'zod';
import { documentToIssue } from '../../config/incident-defaults.ts';
import type { Secret } from '../../config/secret.ts';
import { checkPermissions, checkStatuses, incidentRights, readType } from './doctor/jira-project.ts';
import type { CheckGroup } from './doctor/check.ts';
import { createRest, type Rest } from './rest.ts';
import type { JiraOptions, LogLevel } from './sync-jira-input.ts';

const Myself = z.object({ accountId: z.string(), displayName: z.string().optional() });
const Project = z.object({ id: z.string(), key: z.string(), name: z.string() });

/** @param write takes a line of the log; no line has the token */
export function openSite(
  { email, url }: Pick<JiraOptions, 'email' | 'url'>,
  token: Secret,
  { level, write }: { level: LogLevel; write: (line: string) => void },
): Rest {
  const basic = Buffer.from(`${email}:${token.reveal()}`).toString('base64');
  const rest = createRest('jira', url.replace(/\/+$/, ''), { authorization: `Basic ${basic}` });
  if (level === 'error') return rest;
  return {
    ...rest,
    async get(action, path, shape) {
      const line = level === 'debug' ? `${action}: GET ${path}` : action;
      try {
        const answer = await rest.get(action, path, shape);
        write(`${line}: ok`);
        return answer;
      } catch (error) {
        write(`${line}: failed`);
        throw error;
      }
    },
  };
}

/** What a connection needs of Jira (S-75, S-76, S-84, S-90). */
export function toSiteChecks(jira: Rest, { projectKey, issueType }: JiraOptions): CheckGroup {
  const place = { project: projectKey, issueType };
  return {
    system: 'jira',
    checks: [
      {
        name: 'credentials',
        gate: true,
        async run() {
          const { accountId, displayName } = await jira.get('read own account', '/rest/api/3/myself', Myself);
          return displayName === undefined ? accountId : `${displayName} (${accountId})`;
        },
      },
      {
        name: `project ${projectKey}`,
        gate: true,
        async run() {
          const path = `/rest/api/3/project/${projectKey}`;
          return (await jira.get(`read project ${projectKey}`, path, Project)).name;
        },
      },
      { name: 'rights', run: () => checkPermissions(jira, projectKey, incidentRights) },
      {
        name: `issue type ${issueType}`,
        gate: true,
        run: async () => (await readType(jira, place, '--issue-type')).name,
      },
      {
        name: 'statuses',
        async run() {
          const type = await readType(jira, place, '--issue-type');
          const names = [...new Set<string>(Object.values(documentToIssue))];
          return checkStatuses(
            type,
            names.map((name) => ['statuses of the connection', name] as const),
          );
        },
      },
    ],
  };
}
