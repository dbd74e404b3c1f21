import { getIssue } from '../api.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import type { Form } from '../forms.ts';
import { putIssue } from '../put-issue.ts';
import { namingFields } from '../refusals.ts';
import { markLog, readOwnChanges, valueBefore } from './change-log.ts';
import { isOwnLabel } from './labels.ts';
import type { OpenIncidents } from './open-incidents.ts';
import { isSameValue } from './same-value.ts';
import { PlacedIssue } from './schema.ts';
import { toNamedValues, type NamedValue, type PlainFields } from './write-values.ts';

/**
 * One edit of what differs, none when nothing does: a text that reads the same keeps its looks, and a repeat writes nothing. Jira has no
 * conditional edit, so somebody may write between the caller's look and this one call: the change log, which nobody can write to, says what stood
 * there. A field that the issue's screens lack is refused by itself, after the others are written.
 * @throws InvalidInput names what Jira refuses
 */
export async function writeFields(
  open: OpenIncidents,
  issueId: string,
  fields: PlainFields,
): Promise<Readonly<Record<string, string | null>>> {
  if (Object.keys(fields).length === 0) return {};
  const found = await Promise.all(Object.keys(fields).map((name) => open.fields.named(name)));
  const mark = await markLog(open, issueId);
  const issue = await readPresent(
    open,
    issueId,
    found.flat().map(({ id }) => id),
  );
  const form: Form = { project: issue.project.key, issueType: issue.issuetype.name };
  const wanted = await toNamedValues(open, fields, form);
  const differing = wanted.filter((one) => !isSameValue(one.value, issue[one.field.id]));
  const refused = await namingFields(open.fields, () => edit(open, issueId, differing, issue));
  const written = differing.filter(({ field }) => !refused.includes(field.id));
  // in a later attempt, what an earlier one wrote seems to have been there
  const mayHaveWritten = mark.earlier.length > 0 ? wanted : written;
  const changes = mayHaveWritten.length > 0 ? await readOwnChanges(open, issueId, mark) : [];
  if (refused.length > 0) throw notOnScreen(refused.map((id) => open.fields.nameOf(id)));
  const before = mayHaveWritten.map(({ name, field }) => [name, valueBefore(changes, field)] as const);
  const isWritten = (name: string) => written.some((one) => one.name === name);
  return Object.fromEntries(
    before.flatMap(([name, value]) =>
      value !== undefined || isWritten(name) ? [[name, value ?? null] as const] : [],
    ),
  );
}

type Present = PlacedIssue['fields'];

async function readPresent(open: OpenIncidents, issueId: string, ids: readonly string[]): Promise<Present> {
  const wanted = [...new Set(['status', 'project', 'issuetype', ...ids])];
  const { fields } = await open.call(`read fields of issue ${issueId}`, async () =>
    PlacedIssue.parse(await getIssue(open.client, { issueIdOrKey: issueId, fields: wanted })),
  );
  return fields;
}

/**
 * A person may have moved the issue to where some of our fields are on no screen: Jira refuses the whole edit then, and the rest is written
 * without them. @returns their ids
 */
async function edit(
  open: OpenIncidents,
  issueId: string,
  values: readonly NamedValue[],
  present: Present,
): Promise<string[]> {
  const fields = values.map(
    ({ field, value }) => [field.id, withOwnLabels(field.id, value, present)] as const,
  );
  const put = (kept: typeof fields) =>
    open.call(`edit issue ${issueId}`, () =>
      putIssue(open, { issueIdOrKey: issueId, fields: Object.fromEntries(kept) }),
    );
  if (fields.length === 0) return [];
  const missing = await put(fields);
  const kept = fields.filter(([id]) => !missing.includes(id));
  if (missing.length > 0 && kept.length > 0) missing.push(...(await put(kept)));
  return missing;
}

/** Labels are set as a whole: those by which the issue is found stay. */
function withOwnLabels(id: string, value: unknown, { labels }: Present): unknown {
  if (id !== 'labels' || !Array.isArray(value) || !Array.isArray(labels)) return value;
  const own = labels.filter((label: unknown) => typeof label === 'string' && isOwnLabel(label)) as unknown[];
  return [...new Set<unknown>([...own, ...(value as readonly unknown[])])];
}

function notOnScreen(names: readonly string[]): Error {
  const text = `jira: edit issue: not on its edit screen: ${names.join(', ')}`;
  return createFailure('InvalidInput', text, { details: { system: 'jira', action: 'edit issue' } });
}
