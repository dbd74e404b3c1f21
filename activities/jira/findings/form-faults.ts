import { failureMessage, failureType } from '../../../workflows/shared/failures.ts';
import type { FormFields } from './forms.ts';
import type { OpenFindings } from './open-findings.ts';
import type { FindingTickets } from './port.ts';

/** Set by every order; whoever creates is the reporter. */
const alwaysSet = ['project', 'issuetype', 'summary', 'description', 'labels', 'reporter'];
/** Without these on the form an order cannot be given at all: Jira refuses what is not there. */
const alwaysNeeded = ['summary', 'description', 'labels'];

/** Two reads, once a form. What an order sets only at times, such as components, is covered when it is among the named fields. */
export async function findFormFaults(
  open: OpenFindings,
  { project, issueType, fields }: Parameters<FindingTickets['findFormFaults']>[0],
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
  const idField = await open.idField();
  const faults: string[] = [];
  const named = new Set([...alwaysSet, idField.id]);
  for (const name of fields) {
    const found = await open.fields.named(name);
    const onForm = found.filter(({ id }) => form.has(id));
    if (found.length === 0) faults.push(`there is no field "${name}"`);
    else if (onForm.length === 0) faults.push(`the field "${name}" is not on the create form of ${place}`);
    else if (onForm.length > 1) faults.push(`${onForm.length} fields on ${place} are called "${name}"`);
    for (const { id } of onForm) named.add(id);
  }
  for (const id of [...alwaysNeeded, idField.id])
    if (!form.has(id))
      faults.push(`the field "${open.fields.nameOf(id)}" is not on the create form of ${place}`);
  for (const { fieldId, name, required, hasDefaultValue } of form.values())
    if (required && hasDefaultValue !== true && !named.has(fieldId))
      faults.push(`the create form of ${place} requires the field "${name}", which nothing sets`);
  return [...new Set(faults)];
}
