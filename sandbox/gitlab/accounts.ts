import type { SandboxPerson } from '../shared/people.ts';
import type { VendorRequest } from '../shared/front.ts';
import { accessLevels, type GitlabProject, type Role } from './project.ts';

/** A person or a project's bot. */
export interface GitlabUser {
  readonly id: number;
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly bot: boolean;
  /** Role by project id; a project without one cannot be seen. */
  readonly roles: Readonly<Record<number, Role>>;
}

/** Tokens and whom they belong to. */
export interface Accounts {
  /** Whose token the call carries, in `PRIVATE-TOKEN` or as Bearer. */
  userOf(request: VendorRequest): GitlabUser | undefined;
  /** By user name; a stranger's account is made, so that a history may have people whom nobody knows. */
  named(username: string): GitlabUser;
}

/** A project access token; its user is a bot of the project (GitLab docs, project access tokens). */
export interface ProjectToken {
  readonly token: string;
  readonly role: Role;
}

const firstPersonId = 2;
const botId = 900;
const firstStrangerId = 1000;

/** @param projects the token is one of the first */
export function createAccounts(
  people: readonly SandboxPerson[],
  projects: readonly [GitlabProject, ...GitlabProject[]],
  projectToken: ProjectToken,
): Accounts {
  const byToken = new Map<string, GitlabUser>(
    people.map((person, index) => [person.gitlab.token, toUser(person, firstPersonId + index, projects)]),
  );
  byToken.set(projectToken.token, botUser(projects[0], projectToken.role));
  const byName = new Map([...byToken.values()].map((user) => [user.username, user]));

  function named(username: string): GitlabUser {
    const user = byName.get(username) ?? stranger(username, firstStrangerId + byName.size);
    byName.set(username, user);
    return user;
  }

  return { userOf: (request) => byToken.get(tokenOf(request) ?? ''), named };
}

export function roleIn(user: GitlabUser, project: GitlabProject): Role | undefined {
  return user.roles[project.id];
}

/** Whether the user's role in the project is at least this one. */
export function hasRole(user: GitlabUser, project: GitlabProject, needed: Role): boolean {
  const role = roleIn(user, project);
  return role !== undefined && accessLevels[role] >= accessLevels[needed];
}

function tokenOf(request: VendorRequest): string | undefined {
  const token = request.headers['private-token'];
  if (typeof token === 'string' && token !== '') return token;
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function toUser(person: SandboxPerson, id: number, projects: readonly GitlabProject[]): GitlabUser {
  const { username } = person.gitlab;
  const roles = projects.flatMap((project) => {
    const role = highestRole(person.groups.map((group) => project.roles[group]));
    return role ? [[project.id, role] as const] : [];
  });
  const identity = { id, username, name: person.displayName, email: person.email };
  return { ...identity, bot: false, roles: Object.fromEntries(roles) };
}

function botUser(project: GitlabProject, role: Role): GitlabUser {
  const username = `project_${project.id}_bot`;
  const email = `${username}@noreply.localhost`;
  return { id: botId, username, name: 'lockkeeper', email, bot: true, roles: { [project.id]: role } };
}

/** GitLab makes the bots; ours are known by their names: `project_52_bot`, `renovate-bot`. */
function stranger(username: string, id: number): GitlabUser {
  const bot = /(^|[-_])bot($|[-_\d])/.test(username);
  return { id, username, name: username, email: `${username}@elsewhere.example`, bot, roles: {} };
}

function highestRole(roles: readonly (Role | undefined)[]): Role | undefined {
  const held = roles.filter((role) => role !== undefined);
  return held.sort((a, b) => accessLevels[b] - accessLevels[a])[0];
}
