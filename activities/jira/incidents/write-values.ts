import { choicesOf, findFormField, refusedField } from '../form-field.ts';
import type { JiraField } from '../form-schema.ts';
import type { Form } from '../forms.ts';
import { isRichText, toFieldValue } from '../field-values.ts';
import type { OpenIncidents } from './open-incidents.ts';
import { findAccount } from './people.ts';
import { fromPlain } from './plain-adf.ts';

export type PlainFields = Readonly<Record<string, string | readonly string[]>>;

/** What Jira itself keeps, or other calls say. */
const notSet = ['project', 'issuetype', 'status', 'reporter', 'creator', 'created', 'updated', 'resolution'];

export interface NamedValue {
  readonly field: JiraField;
  /** As the caller calls it. */
  readonly name: string;
  readonly plain: string | readonly string[];
  /** In Jira's form. */
  readonly value: unknown;
}

/**
 * Values by the names of their fields, in Jira's form. Lines are cut to 255 characters and long texts to what Jira stores, which they say.
 * @throws InvalidInput a name that no field has or several, or a value of the wrong kind: before any call that writes
 */
export async function toNamedValues(
  open: OpenIncidents,
  fields: PlainFields,
  form: Form,
): Promise<NamedValue[]> {
  const named: NamedValue[] = [];
  for (const [name, plain] of Object.entries(fields)) {
    const field = await findFormField(open, name, form);
    if (notSet.includes(field.id)) throw refusedField(name, 'it is not set as a field');
    named.push({ field, name, plain, value: await toValue(open, field, plain, form) });
  }
  return named;
}

async function toValue(
  open: OpenIncidents,
  field: JiraField,
  plain: string | readonly string[],
  form: Form,
): Promise<unknown> {
  if (plain.length === 0) return field.schema?.type === 'array' ? [] : null;
  if (isRichText(field) && typeof plain === 'string') return fromPlain(plain);
  const { type, items } = field.schema ?? {};
  const isPerson = type === 'user' || (type === 'array' && items === 'user');
  const given = isPerson ? await toAccounts(open, field, plain) : plain;
  return toFieldValue(field, given, await choicesOf(open, field, form));
}

/** An e-mail is looked up; anything else must be an account id. */
async function toAccounts(
  open: OpenIncidents,
  field: JiraField,
  plain: string | readonly string[],
): Promise<readonly string[]> {
  const accounts: string[] = [];
  for (const one of typeof plain === 'string' ? [plain] : plain) {
    const accountId = one.includes('@') ? await findAccount(open, one) : one;
    if (accountId === null) throw refusedField(field.name, 'not exactly one person has this e-mail');
    accounts.push(accountId);
  }
  return accounts;
}
