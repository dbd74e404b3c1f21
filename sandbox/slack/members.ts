import type { SandboxPerson } from '../shared/people.ts';

/** One account in the workspace's directory. Guests, bots and people of foreign teams are seeded. */
export interface SlackMember {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly email: string | undefined;
  /** Another team than the workspace's: somebody from a shared channel. */
  readonly teamId: string;
  readonly isBot: boolean;
  /** A guest. */
  readonly isRestricted: boolean;
  /** A guest of one channel. */
  readonly isUltraRestricted: boolean;
  readonly deleted: boolean;
}

/** As Slack shows a user; what is missing keeps the value that the account of this name has, or that of a plain member. */
export interface SeededUser {
  readonly name: string;
  readonly id?: string;
  readonly real_name?: string;
  readonly team_id?: string;
  readonly is_bot?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
  readonly deleted?: boolean;
  readonly profile?: { readonly email?: string };
}

export function toMember(person: SandboxPerson, teamId: string): SlackMember {
  return {
    id: person.slack.userId,
    name: person.name,
    realName: person.displayName,
    email: person.email,
    teamId,
    ...plain,
  };
}

/** Puts the seeded account into the directory, in the place of the one of the same name if there is one. */
export function seedMember(members: SlackMember[], seeded: SeededUser, teamId: string): SlackMember {
  const at = members.findIndex(({ name }) => name === seeded.name);
  const before = members[at] ?? stranger(seeded.name, teamId);
  const member: SlackMember = {
    id: seeded.id ?? before.id,
    name: seeded.name,
    realName: seeded.real_name ?? before.realName,
    email: seeded.profile?.email ?? before.email,
    teamId: seeded.team_id ?? before.teamId,
    isBot: seeded.is_bot ?? before.isBot,
    isRestricted: seeded.is_restricted ?? before.isRestricted,
    isUltraRestricted: seeded.is_ultra_restricted ?? before.isUltraRestricted,
    deleted: seeded.deleted ?? before.deleted,
  };
  if (at < 0) members.push(member);
  else members[at] = member;
  return member;
}

function stranger(name: string, teamId: string): SlackMember {
  const id = `U0${name.toUpperCase().replace(/[^A-Z0-9]/g, '')}`;
  return { id, name, realName: name, email: undefined, teamId, ...plain };
}

const plain = { isBot: false, isRestricted: false, isUltraRestricted: false, deleted: false };
