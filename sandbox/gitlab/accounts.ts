import type { SandboxPerson } from '../shared/people.ts';
import type { VendorRequest } from '../shared/front.ts';
import { accessLevels, type GitlabProject, type Role } from './project.ts';

/** A person or the project's bot; without a role in the project it cannot see the project. */
export interface GitlabUser {
  readonly id: number;
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly bot: boolean;
  readonly role: Role | undefined;
}

/** Tokens and whom they belong to. */
export interface Accounts {
  /** Whose token the call carries, in `PRIVATE-TOKEN` or as Bearer. */
  userOf(request: VendorRequest): GitlabUser | undefined;
}

/** A project access token; its user is a bot of the project (GitLab docs, project access tokens). */
export interface ProjectToken {
  readonly token: string;
  readonly role: Role;
}

const firstPersonId = 2;
const botId = 900;

export function createAccounts(
  people: readonly SandboxPerson[],
  project: GitlabProject,
  projectToken: ProjectToken,
): Accounts {
  const users = new Map<string, GitlabUser>(
    people.map((person, index) => [person.gitlab.token, toUser(person, firstPersonId + index, project)]),
  );
  users.set(projectToken.token, botUser(project, projectToken.role));
  return { userOf: (request) => users.get(tokenOf(request) ?? '') };
}

function tokenOf(request: VendorRequest): string | undefined {
  const token = request.headers['private-token'];
  if (typeof token === 'string' && token !== '') return token;
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function toUser(person: SandboxPerson, id: number, project: GitlabProject): GitlabUser {
  const { username } = person.gitlab;
  const role = highestRole(person.groups.map((group) => project.roles[group]));
  return { id, username, name: person.displayName, email: person.email, bot: false, role };
}

function botUser(project: GitlabProject, role: Role): GitlabUser {
  const username = `project_${project.id}_bot`;
  return { id: botId, username, name: 'lockkeeper', email: `${username}@noreply.localhost`, bot: true, role };
}

function highestRole(roles: readonly (Role | undefined)[]): Role | undefined {
  const held = roles.filter((role) => role !== undefined);
  return held.sort((a, b) => accessLevels[b] - accessLevels[a])[0];
}
