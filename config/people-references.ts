import { undefinedName, type ConfigFault } from './fault.ts';
import { findDuplicates } from './duplicates.ts';
import type { OutlinedDelegation } from './approval-outline.ts';
import type { Outline } from './outline.ts';

/** Sites, people, groups and who is on call: each name once, each reference to somebody who is defined. */
export function findPeopleFaults(outline: Outline): ConfigFault[] {
  return [
    ...findDuplicates('jira.sites', 'name', outline.sites),
    ...(['name', 'jira', 'gitlab', 'slack'] as const).flatMap((field) =>
      findDuplicates('people', field, outline.people),
    ),
    ...findReferences(outline).flatMap((reference) => findPersonFaults(reference, outline)),
    ...outline.sites.flatMap(({ statuses }, index) => findStatusFaults(statuses, index)),
    ...outline.delegations.flatMap(findDelegationFaults),
  ];
}

export interface PersonReference {
  readonly path: string;
  readonly name: string | undefined;
  /** Lockkeeper acts as this person in Jira, or assigns tickets to it. */
  readonly needsJira: boolean;
}

function findReferences(outline: Outline): PersonReference[] {
  const bots = outline.sites.map(({ bot }, index) => ({ path: `jira.sites[${index}].bot`, name: bot }));
  const members = outline.groups.flatMap((group) =>
    (group.members ?? []).map((name, index) => ({
      path: `groups.${group.name}[${index}]`,
      name,
      needsJira: false,
    })),
  );
  const delegates = outline.delegations.flatMap(({ from, to }, index) => [
    { path: `delegations[${index}].from`, name: from, needsJira: false },
    { path: `delegations[${index}].to`, name: to, needsJira: false },
  ]);
  const acting = [...bots, { path: 'onCall', name: outline.onCall }];
  return [...acting.map((reference) => ({ ...reference, needsJira: true })), ...members, ...delegates];
}

/** Nothing is wrong with a reference that is left out. */
export function findPersonFaults(
  { path, name, needsJira }: PersonReference,
  { people }: Pick<Outline, 'people'>,
): ConfigFault[] {
  if (name === undefined) return [];
  const person = people.find((one) => one.name === name);
  const known = people.flatMap((one) => one.name ?? []);
  if (!person) return [undefinedName(path, name, 'people', known)];
  if (!needsJira || person.jira !== undefined) return [];
  return [
    { path, problem: `"${name}" has no Jira account id`, fix: 'set jira: of this person under people' },
  ];
}

function findStatusFaults(statuses: readonly (readonly [string, unknown])[], site: number): ConfigFault[] {
  return statuses.flatMap(([meaning, name], index) => {
    const first = statuses.findIndex(([, other]) => other === name);
    if (first === index) return [];
    const problem = `has the same status as ${statuses[first]?.[0] ?? ''}`;
    return [{ path: `jira.sites[${site}].statuses.${meaning}`, problem, fix: 'name six different statuses' }];
  });
}

function findDelegationFaults({ from, to, start, end }: OutlinedDelegation, index: number): ConfigFault[] {
  const path = `delegations[${index}]`;
  const faults: ConfigFault[] = [];
  if (from !== undefined && from === to)
    faults.push({ path: `${path}.to`, problem: `is "${to}" too`, fix: 'name somebody else' });
  if (start !== undefined && end !== undefined && Date.parse(end) <= Date.parse(start))
    faults.push({ path: `${path}.end`, problem: 'is not after start', fix: 'set it to a later time' });
  return faults;
}
