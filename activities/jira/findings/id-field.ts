import { createFailure } from '../../../workflows/shared/failures.ts';
import type { FieldCatalog } from '../fields.ts';
import type { JiraField } from '../form-schema.ts';

/** The single-line custom field that has the finding's id. @throws NotFound, InvalidInput */
export async function findIdField(catalog: FieldCatalog, nameOrId: string): Promise<JiraField> {
  const found = (await catalog.named(nameOrId)).filter(({ id }) => /^customfield_\d+$/.test(id));
  const [only] = found;
  if (!only || found.length > 1) {
    const type = only ? 'InvalidInput' : 'NotFound';
    const text = `jira: id field ${nameOrId}: ${found.length} custom fields have this name; name exactly one in idField`;
    throw createFailure(type, text, { details: { system: 'jira', expected: 'one custom field' } });
  }
  if (only.schema?.type === 'string') return only;
  throw createFailure('InvalidInput', `jira: id field ${nameOrId}: it is not a field of one line of text`, {
    details: { system: 'jira', expected: 'string', found: only.schema?.type ?? 'unknown' },
  });
}
