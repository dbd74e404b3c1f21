import { caseStatuses } from '../workflows/incident-sync/sides.ts';
import type { ConfigFault } from './fault.ts';
import type { ConnectionOutline } from './incident-outline.ts';

/** AWS alone sets them: UpdateCaseStatus takes neither. */
const ofAws = ['Acknowledged', 'Ready to Close'];
const closed = 'Closed';
const same = (left: string | undefined, right: string | undefined) =>
  left !== undefined && left.toLowerCase() === right?.toLowerCase();

/** Statuses: each of Jira means one of the case, and closed is closed on both sides (B1). Jira's names are compared regardless of case. */
export function findStatusFaults({ path, toIssue, toCase }: ConnectionOutline): ConfigFault[] {
  return [
    ...toCase.flatMap(([from, to]) =>
      to !== undefined && ofAws.includes(to)
        ? [
            {
              path: `${path}.statuses.toCase.${from}`,
              problem: `is ${to}, which AWS alone sets`,
              fix: 'name another status of the case, or leave it out',
            },
          ]
        : [],
    ),
    ...findSameNames(path, toCase),
    ...findClosedFaults(path, toIssue, toCase),
  ];
}

function findSameNames(path: string, toCase: ConnectionOutline['toCase']): ConfigFault[] {
  return toCase.flatMap(([from], index) => {
    const first = toCase.findIndex(([other]) => same(other, from));
    if (first === index) return [];
    const problem = `is the status ${toCase[first]?.[0] ?? ''} again`;
    return [{ path: `${path}.statuses.toCase.${from}`, problem, fix: 'name each status of Jira once' }];
  });
}

function findClosedFaults(
  path: string,
  toIssue: ConnectionOutline['toIssue'],
  toCase: ConnectionOutline['toCase'],
): ConfigFault[] {
  const meaningOf = (status: string | undefined) => toCase.find(([from]) => same(from, status))?.[1];
  if (!toIssue.some(([from]) => from === closed))
    return [
      {
        path: `${path}.statuses.toIssue.${closed}`,
        problem: 'is missing: no issue would be closed with its case',
        fix: 'set it to the Jira status of closed issues',
      },
    ];
  return toIssue.flatMap(([from, to]) => {
    const meaning = meaningOf(to);
    const place = `${path}.statuses.toIssue.${from}`;
    if (from === closed && meaning !== undefined && meaning !== closed)
      return [
        {
          path: place,
          problem: `is "${to ?? ''}", which means ${meaning} in toCase`,
          fix: `let it mean ${closed} there, or name another status`,
        },
      ];
    if (from !== closed && meaning === closed)
      return [
        {
          path: place,
          problem: `is "${to ?? ''}", which means ${closed}: an open case would look closed`,
          fix: 'name a status of open issues',
        },
      ];
    return [];
  });
}

/** What is allowed and easily meant otherwise: ways that have no way back, and statuses that are held. */
export function findStatusWarnings({ path, toIssue, toCase }: ConnectionOutline): ConfigFault[] {
  const oneWay = toIssue.flatMap(([from, to]) =>
    to === undefined || toCase.some(([back]) => same(back, to))
      ? []
      : [
          {
            path: `${path}.statuses.toIssue.${from}`,
            problem: `"${to}" is not in toCase: who moves an issue there by hand does not move the case`,
            fix: `add it to statuses.toCase, unless that is meant`,
          },
        ],
  );
  const held = caseStatuses
    .filter((status) => status !== closed && !toIssue.some(([from]) => from === status))
    .map((status) => ({
      path: `${path}.statuses.toIssue`,
      problem: `has no "${status}": the issue of such a case keeps its status, and the run says status:unmapped`,
      fix: 'name a Jira status for it, unless that is meant',
    }));
  return [...oneWay, ...held];
}
