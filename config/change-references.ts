import { findDuplicates } from './duplicates.ts';
import { undefinedName, type ConfigFault } from './fault.ts';
import type { Outline } from './outline.ts';

/** The change process: site, policies, channels and approvals that are defined, and inspections that are nobody's own. */
export function findChangeFaults(outline: Outline): ConfigFault[] {
  const { change, channels } = outline;
  if (!change.present) return [];
  const policies = change.policies.map(({ name }) => name);
  return [
    ...findSiteFaults(outline),
    ...change.environments.flatMap(({ path, name }) =>
      name === undefined || policies.includes(name)
        ? []
        : [undefinedName(path, name, 'processes.change.policies', policies)],
    ),
    ...change.channels.flatMap(({ path, name }) =>
      name === undefined || channels.includes(name)
        ? []
        : [undefinedName(path, name, 'slack.channels', channels)],
    ),
    ...findSameNames('statuses', change.statuses),
    ...findSameNames('fields', change.fields),
    ...findDuplicates('processes.change.planRules', 'id', change.planRules),
    ...findInspectionFaults(outline),
  ];
}

/** Its own project or type: an event of one ticket is for one process. */
function findSiteFaults({ change, sites }: Outline): ConfigFault[] {
  const { site, project, issueType } = change;
  if (site === undefined) return [];
  const known = sites.flatMap(({ name }) => name ?? []);
  if (!known.includes(site)) return [undefinedName('processes.change.site', site, 'jira.sites', known)];
  const { baseUrl } = sites.find(({ name }) => name === site) ?? {};
  const taken = sites.findIndex(
    (one) => one.baseUrl === baseUrl && one.project === project && one.issueType === issueType,
  );
  if (taken < 0 || project === undefined) return [];
  const problem = `has the project and the issue type of jira.sites[${taken}]`;
  return [{ path: 'processes.change', problem, fix: 'give changes a project or an issue type of their own' }];
}

/** Two meanings of one status would be told apart by chance. */
function findSameNames(
  key: 'statuses' | 'fields',
  names: readonly (readonly [meaning: string, name: unknown])[],
): ConfigFault[] {
  return names.flatMap(([meaning, name], index) => {
    const first = names.findIndex(([, other]) => other === name);
    if (first === index) return [];
    const problem = `has the same name as ${names[first]?.[0] ?? ''}`;
    return [{ path: `processes.change.${key}.${meaning}`, problem, fix: 'give each its own' }];
  });
}

/** What approves by itself is inspected (C-29), and by somebody who had no part in it. */
function findInspectionFaults({ change, approvals }: Outline): ConfigFault[] {
  const automatic = change.policies.find(({ autoApprove }) => autoApprove);
  if (!change.inspection)
    return automatic
      ? [
          {
            path: 'processes.change.inspection',
            problem: `is missing, and processes.change.policies.${automatic.name} approves by itself`,
            fix: 'set version, approval and switchOnApproval in it',
          },
        ]
      : [];
  const { approval: name } = change.inspection;
  const approval = approvals.find((one) => one.name === name);
  const missing = ['requester', 'author'].filter((who) => approval && !approval.exclude.includes(who));
  if (!approval || missing.length === 0) return [];
  const problem = `"${approval.name}" lets the ${missing.join(' and the ')} of a change inspect it`;
  return [
    {
      path: 'processes.change.inspection.approval',
      problem,
      fix: `name ${missing.join(' and ')} in approvals.${approval.name}.exclude`,
    },
  ];
}
