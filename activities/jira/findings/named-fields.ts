import { toFieldValue } from '../field-values.ts';
import type { OpenFindings } from './open-findings.ts';
import type { FindingTicketOrder } from './port.ts';
import { choicesOf, findFormField, refusedField } from '../form-field.ts';
import type { Form } from '../forms.ts';

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
    const field = await findFormField(open, to, form);
    // the finding's id goes there, exactly and always
    if (field.id === idField?.id) continue;
    if (routed.includes(field.id)) throw refusedField(to, 'it is not for findings to set');
    values.set(field.id, toFieldValue(field, value, await choicesOf(open, field, form)));
  }
  return values;
}
