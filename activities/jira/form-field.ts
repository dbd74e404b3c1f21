import { createFailure } from '../../workflows/shared/failures.ts';
import type { FieldCatalog } from './fields.ts';
import type { AllowedValue, JiraField } from './form-schema.ts';
import type { Form, Forms } from './forms.ts';

/** What is known of a site's fields and forms. */
export interface FormAccess {
  readonly fields: FieldCatalog;
  readonly forms: Forms;
}

/**
 * @param form of the issue; null: not known, then names that several fields have are refused
 * @throws InvalidInput no field has this name, or several have
 */
export async function findFormField(open: FormAccess, name: string, form: Form | null): Promise<JiraField> {
  const found = await open.fields.named(name);
  const onForm = found.length > 1 && form ? await open.forms.read(form) : null;
  const [only, ...others] = onForm ? found.filter(({ id }) => onForm.has(id)) : found;
  if (only && others.length === 0) return only;
  throw refusedField(name, found.length > 1 ? 'several fields have this name' : 'no field has this name');
}

/** What the form lets one choose from. @returns null: not known, Jira judges */
export async function choicesOf(
  open: FormAccess,
  field: JiraField,
  form: Form | null,
): Promise<readonly AllowedValue[] | null> {
  if (!isChoice(field) || !form) return null;
  return (await open.forms.read(form)).get(field.id)?.allowedValues ?? null;
}

function isChoice({ schema }: JiraField): boolean {
  return schema?.type === 'option' || (schema?.type === 'array' && schema.items === 'option');
}

export function refusedField(name: string, fault: string): Error {
  return createFailure('InvalidInput', `jira: field ${name}: ${fault}`, {
    details: { system: 'jira', action: `set field ${name}` },
  });
}
