import { undefinedName, type ConfigFault } from './fault.ts';
import type { OutlinedApproval } from './approval-outline.ts';
import type { Outline } from './outline.ts';

/** Approvals: each that is named exists, and people can give it: groups that are large enough, a channel, keys to sign with. */
export function findApprovalFaults(outline: Outline): ConfigFault[] {
  const { approvals, approvalUses } = outline;
  const names = approvals.map(({ name }) => name);
  const unknown = approvalUses.flatMap(({ path, name }) =>
    name === undefined || names.includes(name) ? [] : [undefinedName(path, name, 'approvals', names)],
  );
  return [
    ...unknown,
    ...approvals.flatMap((approval) => findFaultsOf(approval, outline)),
    ...findExceptionFaults(outline),
    ...findMissingKeys(outline),
  ];
}

function findFaultsOf(approval: OutlinedApproval, outline: Outline): ConfigFault[] {
  const path = `approvals.${approval.name}`;
  const { channel, override } = approval;
  const { channels } = outline;
  const unknownChannel =
    channel === undefined || channels.includes(channel)
      ? []
      : [undefinedName(`${path}.channel`, channel, 'slack.channels', channels)];
  return [
    ...unknownChannel,
    ...approval.quorum.flatMap((_, index) => findQuorumFaults(approval, index, outline)),
    ...override.flatMap((place) =>
      place.name === undefined ? [] : findGroupFaults(`${path}.${place.path}`, place.name, 1, outline),
    ),
    ...findReminderFaults(`${path}.reminders`, approval.reminders),
  ];
}

/** A group that stands twice needs people for both. */
function findQuorumFaults(
  { name, quorum }: OutlinedApproval,
  index: number,
  outline: Outline,
): ConfigFault[] {
  const group = quorum[index]?.group;
  if (group === undefined) return [];
  const needed = quorum
    .slice(0, index + 1)
    .filter((seat) => seat.group === group)
    .reduce((sum, { count }) => sum + count, 0);
  return findGroupFaults(`approvals.${name}.quorum[${index}].group`, group, needed, outline);
}

function findGroupFaults(path: string, name: string, needed: number, { groups }: Outline): ConfigFault[] {
  const group = groups.find((one) => one.name === name);
  const known = groups.map((one) => one.name);
  if (!group) return [undefinedName(path, name, 'groups', known)];
  const size = group.members && new Set(group.members).size;
  if (size === undefined || size >= needed) return [];
  const problem = `needs ${needed} of "${name}", which has ${size}`;
  return [{ path, problem, fix: `add people to groups.${name}, or ask for fewer` }];
}

function findReminderFaults(path: string, minutes: readonly unknown[]): ConfigFault[] {
  return minutes.flatMap((after, index) => {
    const before = minutes[index - 1];
    if (typeof after !== 'number' || typeof before !== 'number' || after > before) return [];
    const problem = 'is not later than the one before it';
    return [{ path: `${path}[${index}].afterMinutes`, problem, fix: 'list reminders in rising order' }];
  });
}

/** Going on in spite of a hold is no single person's decision (design §4). */
function findExceptionFaults({ approvals, approvalUses }: Outline): ConfigFault[] {
  const use = approvalUses.find(({ path }) => path === 'freeze.exception');
  const approval = approvals.find(({ name }) => name === use?.name);
  if (!approval || approval.quorum.reduce((sum, { count }) => sum + count, 0) >= 2) return [];
  const problem = `"${approval.name}" needs one person only`;
  return [
    { path: 'freeze.exception', problem, fix: 'name an approval whose quorum is of at least two people' },
  ];
}

/** Without keys nobody can decide, and without the team's id nobody in Slack. */
function findMissingKeys({ approvals, approvalUses, hasDecisions, teamId }: Outline): ConfigFault[] {
  const [first] = approvalUses;
  if (!first) return [];
  const faults: ConfigFault[] = [];
  if (!hasDecisions)
    faults.push({
      path: 'decisions',
      problem: `is missing, and ${first.path} asks people`,
      fix: 'set gatewayUrl and publicKeys, then run: lockkeeper setup keys',
    });
  const used = new Set(approvalUses.map(({ name }) => name));
  const shown = approvals.find(({ name, buttons }) => buttons && used.has(name));
  if (shown && teamId === undefined)
    faults.push({
      path: 'slack.teamId',
      problem: `is missing, and approvals.${shown.name} has buttons in Slack`,
      fix: 'set it to the id of the Slack workspace, or buttons: false',
    });
  return faults;
}
