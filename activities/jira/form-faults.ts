import { failureMessage, failureType } from '../../workflows/shared/failures.ts';
import type { FormAccess } from './form-field.ts';
import type { Form, FormFields } from './forms.ts';

/** Set by every order; whoever creates is the reporter. */
const alwaysSet = ['project', 'issuetype', 'summary', 'description', 'labels', 'reporter'];
/** Without these on the form an order cannot be given at all: Jira refuses what is not there. */
const alwaysNeeded = ['summary', 'description', 'labels'];

interface Wanted {
  /** Names or ids of fields that orders set. */
  readonly fields: readonly string[];
  /** Ids of fields that each order needs besides; asked for when there is such a form. */
  readonly needed?: () => Promise<readonly string[]>;
}

/** Two reads, once a form. What an order sets only at times, such as components, is covered when it is among the named fields. */
export async function faultsOfForm(
  open: FormAccess,
  { project, issueType }: Form,
  { fields, needed }: Wanted,
): Promise<readonly string[]> {
  const place = `${issueType} in ${project}`;
  let form: FormFields;
  try {
    form = await open.forms.read({ project, issueType });
  } catch (error) {
    if (failureType(error) !== 'NotFound') throw error;
    const text = failureMessage(error);
    return [
      text.includes('has no issue type')
        ? text.replace(/^jira: /, '')
        : `there is no project ${project} that the account may see`,
    ];
  }
  const ids = needed ? await needed() : [];
  const faults: string[] = [];
  const named = new Set([...alwaysSet, ...ids]);
  for (const name of fields) {
    const found = await open.fields.named(name);
    const onForm = found.filter(({ id }) => form.has(id));
    if (found.length === 0) faults.push(`there is no field "${name}"`);
    else if (onForm.length === 0) faults.push(`the field "${name}" is not on the create form of ${place}`);
    else if (onForm.length > 1) faults.push(`${onForm.length} fields on ${place} are called "${name}"`);
    for (const { id } of onForm) named.add(id);
  }
  for (const id of [...alwaysNeeded, ...ids])
    if (!form.has(id))
      faults.push(`the field "${open.fields.nameOf(id)}" is not on the create form of ${place}`);
  for (const { fieldId, name, required, hasDefaultValue } of form.values())
    if (required && hasDefaultValue !== true && !named.has(fieldId))
      faults.push(`the create form of ${place} requires the field "${name}", which nothing sets`);
  return [...new Set(faults)];
}
