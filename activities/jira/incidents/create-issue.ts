import { createIssue as postIssue } from '../api.ts';
import { toLabel, toLine } from '../field-values.ts';
import { refusedField } from '../form-field.ts';
import type { AllowedValue } from '../form-schema.ts';
import { namingFields } from '../refusals.ts';
import { CreatedIssue } from '../schema.ts';
import { markProperty } from './mark.ts';
import type { OpenIncidents } from './open-incidents.ts';
import { fromPlain } from './plain-adf.ts';
import type { IssueOrder } from './port.ts';
import { toNamedValues } from './write-values.ts';

/**
 * The create call has no idempotency key: it is made once, and label, mark and security level travel in it, so that the issue can be found, and
 * is seen by nobody else, from its first moment. After a lost answer nobody knows whether it was made: `findMarked` tells, late.
 * @throws InvalidInput by name, what the site does not have or requires besides; nothing was made
 */
export async function createIssue(
  open: OpenIncidents,
  order: IssueOrder,
): Promise<{ issueId: string; key: string }> {
  const fields = await toFields(open, order);
  const made = await namingFields(open.fields, () =>
    open.call(`create an issue in ${order.project}`, async () =>
      CreatedIssue.parse(await postIssue(open.client, { fields, properties: [markProperty(order.mark)] })),
    ),
  );
  return { issueId: made.id, key: made.key };
}

async function toFields(open: OpenIncidents, order: IssueOrder) {
  const { project, issueType, summary, description, priority, securityLevel, assigneeAccountId } = order;
  const named = await toNamedValues(open, order.fields, { project, issueType });
  const mapped = new Map(named.map(({ field, value }) => [field.id, value]));
  const labels = [toLabel(order.label), ...listIn(mapped, 'labels')];
  const components = [...order.components.map((name) => ({ name })), ...listIn(mapped, 'components')];
  return {
    summary: toLine(summary),
    description: fromPlain(description),
    ...(priority === null ? {} : { priority: { name: priority } }),
    ...(assigneeAccountId === null ? {} : { assignee: { accountId: assigneeAccountId } }),
    ...(securityLevel === null ? {} : { security: await toLevel(open, order, securityLevel) }),
    ...Object.fromEntries(mapped),
    ...(components.length === 0 ? {} : { components }),
    project: { key: project },
    issuetype: { name: issueType },
    labels: [...new Set(labels)],
  };
}

/** By the id that the form has for the name: a level that is not there must never become none. */
async function toLevel(
  open: OpenIncidents,
  { project, issueType }: IssueOrder,
  name: string,
): Promise<{ id: string }> {
  const form = await open.forms.read({ project, issueType });
  const level = findChoice(form.get('security')?.allowedValues, name);
  if (level?.id !== undefined) return { id: level.id };
  throw refusedField('security', `${issueType} in ${project} has no security level "${name}"`);
}

/** By name in any case, or by id. */
export function findChoice(
  choices: readonly AllowedValue[] | null | undefined,
  name: string,
): AllowedValue | undefined {
  return choices?.find((one) => one.id === name || one.name?.toLowerCase() === name.toLowerCase());
}

function listIn(values: ReadonlyMap<string, unknown>, id: string): unknown[] {
  const value = values.get(id);
  return Array.isArray(value) ? value : [];
}
