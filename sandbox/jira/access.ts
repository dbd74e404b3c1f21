import type { SandboxPerson } from '../shared/people.ts';
import { jiraAdministrators } from '../shared/people.ts';
import { badRequest } from './answers.ts';
import type { Issue, Project, Visibility } from './model.ts';

/** Who sees what: by the permissions of a project, an issue's security level and a comment's visibility. */
export interface Access {
  browses(person: SandboxPerson, project: Project): boolean;
  sees(person: SandboxPerson, issue: Pick<Issue, 'project' | 'values'>): boolean;
  reads(person: SandboxPerson, visibility: Visibility | null): boolean;
  /** Takes the right to browse a project away from somebody, or gives it back. */
  setBrowse(person: SandboxPerson, project: Project, may: boolean): void;
  /** Whose e-mail nobody is shown. */
  readonly withoutEmail: ReadonlySet<SandboxPerson>;
  setEmail(person: SandboxPerson, shown: boolean): void;
  clear(): void;
}

/** Roles of every project here, and the group that holds each; null: everybody. */
const roles: Readonly<Record<string, string | null>> = {
  Administrators: jiraAdministrators,
  Responders: 'soc',
  Users: null,
};

export function createAccess(): Access {
  const barred = new Map<SandboxPerson, Set<string>>();
  let withoutEmail: ReadonlySet<SandboxPerson> = new Set();
  const browses = (person: SandboxPerson, { key }: Project) => !barred.get(person)?.has(key);

  return {
    browses,
    sees(person, { project, values: { security } }) {
      const may = !security || security.groups.some((group) => person.groups.includes(group));
      return may && browses(person, project);
    },
    reads(person, visibility) {
      if (!visibility) return true;
      const group = visibility.type === 'group' ? visibility.value : roles[visibility.value];
      return group === null || (group !== undefined && person.groups.includes(group));
    },
    setBrowse(person, { key }, may) {
      const keys = barred.get(person) ?? new Set();
      if (may) keys.delete(key);
      else keys.add(key);
      barred.set(person, keys);
    },
    get withoutEmail() {
      return withoutEmail;
    },
    setEmail(person, shown) {
      const others = [...withoutEmail].filter((one) => one !== person);
      withoutEmail = new Set(shown ? others : [...others, person]);
    },
    clear() {
      barred.clear();
      withoutEmail = new Set();
    },
  };
}

/** `{type: group | role, value}`; the service gives the group's id as `identifier` besides. */
export function parseVisibility(value: unknown): Visibility | null {
  if (value === undefined || value === null) return null;
  const { type, value: named, identifier } = value as Readonly<Record<string, unknown>>;
  const name = named ?? identifier;
  if ((type !== 'group' && type !== 'role') || typeof name !== 'string')
    throw badRequest('visibility: type (group or role) and value are expected');
  if (type === 'role' && !Object.hasOwn(roles, name))
    throw badRequest(`Role: ${name} does not exist or you do not have permission to see it.`);
  return { type, value: name };
}
