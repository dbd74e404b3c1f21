/** Groups of exactly the people whom a run asks. No group of a configuration has a colon in its name. */
const prefix = 'people:';

/** @param people names · @returns such as `people:dana,mia` */
export function peopleGroup(people: readonly string[]): string {
  return `${prefix}${people.join(',')}`;
}

/** @returns undefined: it is a group of the configuration */
export function listedPeople(group: string): readonly string[] | undefined {
  return group.startsWith(prefix) ? group.slice(prefix.length).split(',') : undefined;
}

/** By what an envelope attests; of listed people, by who signed, for nobody has to attest that. */
export function isIn(
  group: string,
  {
    groups,
    principal,
    actingFor,
  }: {
    readonly groups: readonly string[];
    readonly principal: string;
    readonly actingFor: string | null;
  },
): boolean {
  return listedPeople(group)?.includes(actingFor ?? principal) ?? groups.includes(group);
}
