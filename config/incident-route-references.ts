import { canonicalJson } from './canonical-json.ts';
import { findDuplicates } from './duplicates.ts';
import type { ConfigFault } from './fault.ts';
import type { ConnectionOutline, IncidentRouteOutline } from './incident-outline.ts';
import type { Outline } from './outline.ts';
import { findPersonFaults } from './people-references.ts';

/** Routes of a connection: each named once and reached, with people who are known; severe ones need something to hold. */
export function findRouteFaults({ path, routes }: ConnectionOutline, outline: Outline): ConfigFault[] {
  return [
    ...findDuplicates(`${path}.routes`, 'name', routes),
    ...routes.flatMap((route) => [
      ...findTakenName(route),
      ...findPersonFaults({ path: `${route.path}.assignee`, name: route.assignee, needsJira: true }, outline),
      ...findSevereFaults(route, outline),
    ]),
    ...findUnreached(routes),
  ];
}

function findTakenName({ path, name }: IncidentRouteOutline): ConfigFault[] {
  if (name !== 'default') return [];
  return [{ path: `${path}.name`, problem: '"default" is what no route takes', fix: 'name it otherwise' }];
}

function findSevereFaults(
  { path, severe, sync }: IncidentRouteOutline,
  { incidents }: Outline,
): ConfigFault[] {
  if (!severe) return [];
  const at = `${path}.severe`;
  if (!sync)
    return [{ path: at, problem: 'is set, and sync: false follows no case', fix: 'remove one of the two' }];
  if (incidents.hasFreeze) return [];
  return [
    { path: at, problem: 'holds nothing: freeze is not configured', fix: 'configure freeze, or remove it' },
  ];
}

function findUnreached(routes: readonly IncidentRouteOutline[]): ConfigFault[] {
  const conditions = routes.map(({ when }) => canonicalJson(when));
  return routes.flatMap(({ path, when }, index) => {
    const first = routes.findIndex(
      (other, earlier) =>
        earlier < index && (isEverything(other.when) || conditions[earlier] === conditions[index]),
    );
    const before = routes[first];
    if (!before) return [];
    const problem = isEverything(before.when)
      ? `is never asked: ${before.name ?? before.path} takes every case`
      : `is the same as that of ${before.name ?? before.path}, which is tried before`;
    const fix = isEverything(when) ? 'remove one of the two routes' : 'move it up, or remove it';
    return [{ path: `${path}.when`, problem, fix }];
  });
}

function isEverything(when: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(when).length === 0;
}
