import { randomBytes, randomInt, randomUUID } from 'node:crypto';

/** One person with an account in each vendor's stand-in. Credentials are made at each start and mean nothing elsewhere. */
export interface SandboxPerson {
  readonly name: string;
  readonly displayName: string;
  readonly email: string;
  readonly groups: readonly string[];
  readonly jira: { readonly accountId: string; readonly apiToken: string };
  readonly gitlab: { readonly username: string; readonly token: string };
  readonly slack: { readonly userId: string };
}

/** Members of this group are Jira administrators: they may force a status and manage webhooks. */
export const jiraAdministrators = 'jira-administrators';

/** Members of this group may move a change ticket into Approved; the bot does it for what people decided elsewhere. */
export const changeApprovers = 'change-approvers';

/** Members of this group, and no program, approve changes of secrets. */
export const secretApprovers = 'security';

const cast: readonly (readonly [name: string, displayName: string, groups: readonly string[]])[] = [
  ['jira-bot', 'Jira Bot', ['automation', changeApprovers]],
  ['sam', 'Sam Okafor', ['soc']],
  ['sofia', 'Sofia Lind', ['soc']],
  ['dev', 'Devi Rao', ['devops', 'devops-on-call']],
  ['dana', 'Dana Petrov', ['devops']],
  ['lee', 'Lee Park', ['devops', 'devops-leads', changeApprovers]],
  ['sue', 'Sue Adeyemi', ['security', changeApprovers]],
  ['sid', 'Sid Romero', ['security', changeApprovers]],
  ['ray', 'Ray Novak', ['release', changeApprovers]],
  ['eve', 'Eve Moreau', []],
  ['ann', 'Ann Keller', [jiraAdministrators]],
];

/** The eleven people of the sandbox (design §9), with fresh credentials. */
export function createPeople(): SandboxPerson[] {
  return cast.map(([name, displayName, groups]) => ({
    name,
    displayName,
    email: `${name}@example.com`,
    groups,
    jira: { accountId: `712020:${randomUUID()}`, apiToken: `ATATT3x${token()}` },
    gitlab: { username: name, token: `glpat-${token()}` },
    slack: { userId: `U${capitals(10)}` },
  }));
}

const token = () => randomBytes(24).toString('base64url');

function capitals(length: number): string {
  const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
