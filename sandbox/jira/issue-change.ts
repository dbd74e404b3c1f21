import type { SandboxPerson } from '../shared/people.ts';
import { diffValues } from './field-changes.ts';
import type { ChangeItem, Issue, IssueValues, Resolution, Status } from './model.ts';
import type { Site } from './site.ts';

/** Writes one changelog entry and tells the webhooks; without items nothing happened and nobody hears of it. */
export function recordChange(
  site: Site,
  issue: Issue,
  author: SandboxPerson,
  items: readonly ChangeItem[],
  type = 'issue_generic',
): void {
  if (items.length === 0) return;
  const change = { id: site.nextId('change'), author, created: site.now(), items };
  issue.changes.push(change);
  site.issues.save(issue, change.created);
  site.publish({ name: 'jira:issue_updated', type, user: author, issue, change });
}

/** Sets fields; an assignment alone has its own event type, as in Jira. */
export function changeValues(
  site: Site,
  issue: Issue,
  author: SandboxPerson,
  values: Partial<IssueValues>,
): void {
  const before = issue.values;
  issue.values = { ...before, ...values };
  const items = diffValues(before, issue.values);
  const onlyAssignee = items.every((item) => item.fieldId === 'assignee');
  recordChange(site, issue, author, items, onlyAssignee ? 'issue_assigned' : 'issue_updated');
}

/** Sets the status without asking the workflow: whoever calls this has checked, or may force it. */
export function changeStatus(
  site: Site,
  issue: Issue,
  author: SandboxPerson,
  to: Status,
  also: StatusChange = {},
): void {
  const before = { values: issue.values, status: issue.status, resolution: issue.resolution };
  issue.values = { ...before.values, ...also.values };
  enter(issue, to, site.now(), also.resolution);
  recordChange(site, issue, author, [
    ...diffValues(before.values, issue.values),
    ...resolutionItem(before.resolution, issue.resolution),
    statusItem(before.status, to),
  ]);
}

/** What the screen of a transition took along. */
export interface StatusChange {
  readonly values?: Partial<IssueValues>;
  /** In place of the one that the workflow sets. */
  readonly resolution?: Resolution;
}

/** The status and what follows from it, without a changelog entry: resolution and moment of the new category. */
export function enter(issue: Issue, to: Status, at: Date, chosen?: Resolution): void {
  if (issue.status.category !== to.category) issue.moved = at;
  issue.status = to;
  const { resolutions } = issue.type.workflow;
  if (!resolutions) return;
  const next = resolutions[to.id] && (chosen ?? resolutions[to.id] ?? null);
  if ((next ?? null) === issue.resolution) return;
  issue.resolution = next ?? null;
  issue.resolved = next ? at : null;
}

export function resolutionItem(from: Resolution | null, to: Resolution | null): ChangeItem[] {
  if (from === to) return [];
  const side = (one: Resolution | null) => ({ id: one?.id ?? null, text: one?.name ?? null });
  return [
    {
      ...{ field: 'resolution', fieldtype: 'jira' as const, fieldId: 'resolution' },
      ...{ from: side(from).id, fromString: side(from).text },
      ...{ to: side(to).id, toString: side(to).text },
    },
  ];
}

export function statusItem(from: Status, to: Status): ChangeItem {
  return systemItem('status', [from.id, from.name], [to.id, to.name]);
}

/** An item of a field that Jira itself keeps; each side is [id, text]. */
export function systemItem(
  field: string,
  [from, fromString]: readonly [string | null, string],
  [to, toString]: readonly [string | null, string],
): ChangeItem {
  const fieldId = field === 'Key' ? {} : { fieldId: field };
  return { field, fieldtype: 'jira', ...fieldId, from, fromString, to, toString };
}
