import { createFailure } from '../../../workflows/shared/failures.ts';
import { toFieldValue } from './field-values.ts';
import type { OpenFindings } from './open-findings.ts';
import type { Form } from './places.ts';
import type { FindingTicketOrder } from './port.ts';
import type { AllowedValue, JiraField } from './schema.ts';

/** What an order's other members say; a mapping to the id field is one too. */
const routed = ['project', 'issuetype', 'status', 'reporter'];

/**
 * The order's fields by Jira's ids, in Jira's form. @param form of the ticket; null: not known, then names that several fields
 * have are refused and choices are left to Jira
 * @throws InvalidInput a name that no field has, or a value of the wrong kind
 */
export async function toFieldValues(
  open: OpenFindings,
  fields: FindingTicketOrder['fields'],
  form: Form | null,
): Promise<Map<string, unknown>> {
  const idField = fields.length > 0 ? await open.idField() : null;
  const values = new Map<string, unknown>();
  for (const { to, value } of fields) {
    const field = await findField(open, to, form);
    // the finding's id goes there, exactly and always
    if (field.id === idField?.id) continue;
    if (routed.includes(field.id)) throw refused(to, 'it is not for findings to set');
    const choices = isChoice(field) ? await choicesOf(open, field, form) : null;
    values.set(field.id, toFieldValue(field, value, choices));
  }
  return values;
}

async function findField(open: OpenFindings, name: string, form: Form | null): Promise<JiraField> {
  const found = await open.fields.named(name);
  const onForm = found.length > 1 && form ? await open.forms.read(form) : null;
  const [only, ...others] = onForm ? found.filter(({ id }) => onForm.has(id)) : found;
  if (only && others.length === 0) return only;
  throw refused(name, found.length > 1 ? 'several fields have this name' : 'no field has this name');
}

function isChoice({ schema }: JiraField): boolean {
  return schema?.type === 'option' || (schema?.type === 'array' && schema.items === 'option');
}

async function choicesOf(
  open: OpenFindings,
  field: JiraField,
  form: Form | null,
): Promise<readonly AllowedValue[] | null> {
  return (form && (await open.forms.read(form)).get(field.id)?.allowedValues) ?? null;
}

function refused(name: string, fault: string): Error {
  return createFailure('InvalidInput', `jira: field ${name}: ${fault}`, {
    details: { system: 'jira', action: `set field ${name}` },
  });
}
