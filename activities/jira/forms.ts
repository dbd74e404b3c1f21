import { getCreateIssueMetaIssueTypeId, getCreateIssueMetaIssueTypes } from './api.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { readPages } from './pages.ts';
import type { OpenAccess } from './site.ts';
import { FormPage, FormTypePage, type FormField } from './form-schema.ts';

/** Which form and which workflow an issue has. */
export interface Form {
  readonly project: string;
  readonly issueType: string;
}

export const formKey = ({ project, issueType }: Form) => JSON.stringify([project, issueType]);

/** What can be set when an issue of a type is created in a project, by field's id. */
export type FormFields = ReadonlyMap<string, FormField>;

/** Create metadata, two calls a form; kept for ten minutes, since a choice may be added. */
export interface Forms {
  /** @throws NotFound the account sees no such project, or it has no such type */
  read(form: Form): Promise<FormFields>;
}

type Access = Pick<OpenAccess, 'client' | 'call'>;

const keptMs = 600_000;

export function createForms(access: Access, now: () => number = Date.now): Forms {
  const known = new Map<string, { readonly at: number; readonly reading: Promise<FormFields> }>();
  return {
    read(form) {
      const key = formKey(form);
      const found = known.get(key);
      if (found && now() - found.at < keptMs) return found.reading;
      const reading = readForm(access, form).catch((error: unknown) => {
        known.delete(key);
        throw error;
      });
      known.set(key, { at: now(), reading });
      return reading;
    },
  };
}

async function readForm(access: Access, { project, issueType }: Form): Promise<FormFields> {
  const types = await readPages(async (startAt) => {
    const page = await access.call(`read issue types of ${project}`, async () =>
      FormTypePage.parse(
        await getCreateIssueMetaIssueTypes(access.client, { projectIdOrKey: project, startAt }),
      ),
    );
    return { items: page.issueTypes ?? page.createMetaIssueType ?? [], total: page.total };
  });
  const type = types.find(({ name }) => name === issueType);
  if (!type) throw noType(project, issueType, types);
  const fields = await readPages(async (startAt) => {
    const page = await access.call(`read create form of ${issueType} in ${project}`, async () => {
      const wanted = { projectIdOrKey: project, issueTypeId: type.id, startAt };
      return FormPage.parse(await getCreateIssueMetaIssueTypeId(access.client, wanted));
    });
    return { items: page.fields ?? page.results ?? [], total: page.total };
  });
  return new Map(fields.map((field) => [field.fieldId, field]));
}

function noType(project: string, issueType: string, types: readonly { readonly name: string }[]): Error {
  const names = types.map(({ name }) => name).join(', ') || 'none';
  const text = `jira: ${project} has no issue type "${issueType}" that this account may create, but ${names}`;
  return createFailure('NotFound', text, {
    details: { system: 'jira', action: `read create form of ${project}`, expected: issueType, found: names },
  });
}
