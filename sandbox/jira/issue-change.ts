import type { SandboxPerson } from '../shared/people.ts';
import { diffValues } from './field-changes.ts';
import type { ChangeItem, Issue, IssueValues, Status } from './model.ts';
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
export function changeStatus(site: Site, issue: Issue, author: SandboxPerson, to: Status): void {
  const item = statusItem(issue.status, to);
  issue.status = to;
  recordChange(site, issue, author, [item]);
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
