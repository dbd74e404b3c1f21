import { asyncLocalStorage } from '@temporalio/activity';
import type { TicketMark } from '../../../workflows/halo-sync/ticket.ts';
import { toAdf } from '../adf.ts';
import { toLabel } from '../field-values.ts';
import { markProperty } from './mark.ts';
import { toFieldValues } from './named-fields.ts';
import type { OpenFindings } from './open-findings.ts';
import type { TicketEdit } from './port.ts';
import { putIssue } from '../put-issue.ts';
import { namingFields } from '../refusals.ts';

/** What goes with a mark. */
interface Change {
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly update?: Readonly<Record<string, readonly Operation[]>>;
  readonly properties?: readonly { readonly key: string; readonly value: unknown }[];
}
type Operation = Readonly<Partial<Record<'add' | 'remove', unknown>>>;

/**
 * One call: comment, fields and mark stand or fall together. It is not repeated here. After a lost answer nobody knows whether it
 * was done: whoever repeats reads the ticket first, past the search index, and its mark tells: a mark that says what was to be
 * written means that the comment stands as well. Watchers are told as Jira has it.
 */
export async function editTicket(open: OpenFindings, edit: TicketEdit): Promise<void> {
  const { issueId, comment, description, dueDate, addLabels, removeLabels = [], mark } = edit;
  const mapped = await toFieldValues(open, edit.fields, open.places.get(issueId) ?? null);
  const labels = [...addLabels.map(toLabel), ...takeList(mapped, 'labels')];
  const components = takeList(mapped, 'components');
  const fields = {
    ...Object.fromEntries(mapped),
    ...(description === null ? {} : { description: toAdf(description) }),
    ...(dueDate === null ? {} : { duedate: dueDate }),
  };
  await writeIssue(open, issueId, mark, {
    fields,
    update: {
      ...operations('labels', labels, removeLabels.map(toLabel)),
      ...operations('components', components),
      ...operations('comment', comment === null ? [] : [{ body: toAdf(comment) }]),
    },
  });
}

/** People's own labels and components stay: ours are added to them. */
function takeList(values: Map<string, unknown>, id: string): unknown[] {
  const value: unknown = values.get(id);
  values.delete(id);
  return Array.isArray(value) ? value : [];
}

function operations(
  id: string,
  added: readonly unknown[],
  removed: readonly unknown[] = [],
): Readonly<Record<string, Operation[]>> {
  const all = [...added.map((add) => ({ add })), ...removed.map((remove) => ({ remove }))];
  return all.length === 0 ? {} : { [id]: all };
}

/** The mark, and what goes with it. */
export async function writeIssue(
  open: OpenFindings,
  issueId: string,
  mark: TicketMark,
  { fields = {}, update = {}, properties = [] }: Change = {},
): Promise<void> {
  const write = (kept: Readonly<Record<string, unknown>>) =>
    open.call(`edit issue ${issueId}`, () =>
      putIssue(open, {
        issueIdOrKey: issueId,
        ...(Object.keys(kept).length === 0 ? {} : { fields: { ...kept } }),
        ...(Object.keys(update).length === 0 ? {} : { update }),
        properties: [...properties, markProperty(mark)],
      }),
    );
  await namingFields(open.fields, async () => {
    const missing = await write(fields);
    if (missing.length === 0) return;
    asyncLocalStorage
      .getStore()
      ?.log.warn('fields are not on the edit screen of a ticket', { issueId, fields: missing });
    const kept = Object.entries(fields).filter(([id]) => !missing.includes(id));
    const refused = await write(Object.fromEntries(kept));
    if (refused.length > 0) throw new Error(`Jira refused fields that were left out: ${refused.join(', ')}`);
  });
  const place = open.places.get(issueId);
  if (place) open.places.set(issueId, { ...place, mark });
}
