import { findPerson } from '../../config/people.ts';
import type { Config } from '../../config/parse-config.ts';
import { listedPeople } from '../../workflows/approval/listed-people.ts';
import { failureType } from '../../workflows/shared/failures.ts';

/** Where the members of groups that the configuration does not list itself come from. What is left out has no members. */
export interface GroupSources {
  /** @returns Slack user ids */
  readonly slackUserGroup?: (id: string) => Promise<readonly string[]>;
  /** @returns Jira account ids */
  readonly jiraGroup?: (name: string) => Promise<readonly string[]>;
}

export interface Standing {
  /** The person who is decided for; null: in one's own name. */
  readonly actingFor: string | null;
  /** Of the groups that were asked for, those that the person (or who is acted for) belongs to. */
  readonly groups: readonly string[];
}

export interface Membership {
  /** Names of people. A group that is unknown, here or to its source, has none. @throws what the source throws while it is down */
  readonly membersOf: (group: string) => Promise<readonly string[]>;
  /**
   * As what somebody decides. Asked for `actingFor` without a delegation for it: no groups. Left out: in one's own name if
   * that counts, else for the one among those who delegated who counts most.
   */
  readonly standing: (input: {
    person: string;
    groups: readonly string[];
    actingFor?: string;
  }) => Promise<Standing>;
}

/** Who belongs to what now: asked at the time of each decision. Delegations hold by their dates, one hop only. */
export function createMembership(
  config: Pick<Config, 'people' | 'groups' | 'delegations'>,
  sources: GroupSources,
  now: () => number,
): Membership {
  async function membersOf(name: string): Promise<readonly string[]> {
    const listed = listedPeople(name);
    if (listed) return listed.filter((person) => findPerson(config, { name: person }));
    const group = Object.hasOwn(config.groups, name) ? config.groups[name] : undefined;
    if (!group) return [];
    if ('slackUserGroup' in group) {
      const ids = await readMembers(sources.slackUserGroup, group.slackUserGroup);
      return ids.flatMap((slack) => findPerson(config, { slack })?.name ?? []);
    }
    if ('jiraGroup' in group) {
      const ids = await readMembers(sources.jiraGroup, group.jiraGroup);
      return ids.flatMap((jira) => findPerson(config, { jira })?.name ?? []);
    }
    return group;
  }

  function delegatorsOf(person: string): readonly string[] {
    const at = now();
    return config.delegations
      .filter(({ to, start, end }) => to === person && Date.parse(start) <= at && at < Date.parse(end))
      .map(({ from }) => from)
      .filter((from) => from !== person);
  }

  return {
    membersOf,
    async standing({ person, groups, actingFor }) {
      if (!findPerson(config, { name: person })) return nobody;
      const known = await Promise.all(
        groups.map(async (group) => ({ group, members: await membersOf(group) })),
      );
      const as = (name: string): Standing => ({
        actingFor: name === person ? null : name,
        groups: known.filter(({ members }) => members.includes(name)).map(({ group }) => group),
      });
      const delegators = delegatorsOf(person);
      if (actingFor !== undefined)
        return [person, ...delegators].includes(actingFor) ? as(actingFor) : nobody;
      const own = as(person);
      if (own.groups.length > 0) return own;
      return delegators
        .map(as)
        .reduce((best, one) => (one.groups.length > best.groups.length ? one : best), own);
    },
  };
}

const nobody: Standing = { actingFor: null, groups: [] };

async function readMembers(
  source: ((group: string) => Promise<readonly string[]>) | undefined,
  group: string,
): Promise<readonly string[]> {
  try {
    return (await source?.(group)) ?? [];
  } catch (error) {
    if (failureType(error) === 'NotFound') return [];
    throw error;
  }
}
