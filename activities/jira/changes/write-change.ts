import { editIssue, getIssue, getProject } from '../api.ts';
import type { ChangeBuild, GivenDetails } from '../../../workflows/change-approval/messages.ts';
import { readProperty, writeProperty } from '../publications.ts';
import { ensureTicket } from '../create-ticket.ts';
import { cutText, toPlainText } from '../../plain-text.ts';
import { readLine, readText, writeText } from './field-values.ts';
import { buildFields, type JiraChangesPort } from './port.ts';
import { workflowIdOf } from './read-change.ts';
import { ProjectComponents, FilledIssue } from './schema.ts';
import type { OpenChanges } from './scheme.ts';

type NewChange = Parameters<JiraChangesPort['createChange']>[0];
type Filling = Parameters<JiraChangesPort['fillChange']>[0];

/** The longest single line that Jira takes. */
const maxLine = 255;

/**
 * The story of a lost answer is `ensureTicket`'s. The create call carries everything at once, so that there is never a ticket
 * without its build: a webhook of it may be handled before the answer is back.
 */
export async function createChange(
  open: OpenChanges,
  { key, workflowId, build, details, body }: NewChange,
  pause?: (ms: number) => Promise<void>,
): Promise<{ issueId: string; ticket: string; created: boolean }> {
  const { project, issueType } = open.scheme;
  const fields = { ...(await toBuildFields(open, build)), ...(await toDetailFields(open, details)) };
  const { summary } = details;
  const order = { key, project, issueType, summary, body, labels: [], fields, property: { workflowId } };
  return ensureTicket(open, order, pause);
}

async function toBuildFields(open: OpenChanges, build: ChangeBuild): Promise<Record<string, unknown>> {
  const ids = await open.fieldIds();
  // never cut or cleaned: these are compared with the build, sign by sign
  return Object.fromEntries(buildFields.map((field) => [ids[field], build[field]]));
}

async function toDetailFields(
  open: OpenChanges,
  { justification, rollbackPlan, components = [] }: Omit<GivenDetails, 'summary'>,
): Promise<Record<string, unknown>> {
  const ids = await open.fieldIds();
  const known = await knownComponents(open, components);
  return {
    ...(justification?.trim() ? { [ids.justification]: writeText(justification) } : {}),
    ...(rollbackPlan?.trim() ? { [ids.rollbackPlan]: writeText(rollbackPlan) } : {}),
    ...(known.length > 0 ? { components: known.map((name) => ({ name })) } : {}),
  };
}

/** Jira refuses a whole ticket for one name that it does not know: such a name is left out, and stays to be asked for. */
async function knownComponents(open: OpenChanges, wanted: readonly string[]): Promise<string[]> {
  if (wanted.length === 0) return [];
  const { project } = open.scheme;
  const { components } = await open.call(`list components of ${project}`, async () =>
    ProjectComponents.parse(await getProject(open.client, { projectIdOrKey: project })),
  );
  const names = components.map(({ name }) => name);
  return [...new Set(wanted)].filter((name) => names.includes(name));
}

/**
 * One edit of what differs, none when nothing does: repeats write nothing. Jira has no conditional edit, so a person who fills a
 * field between our look and our write, a moment apart, is overwritten; the change log keeps his text.
 */
export async function fillChange(
  open: OpenChanges,
  { issueId, details, scanStatus, evidenceDigest }: Omit<Filling, 'site'>,
): Promise<{ changed: boolean }> {
  const ids = await open.fieldIds();
  const { fields: names } = open.scheme;
  const wanted = ['components', ids.justification, ids.rollbackPlan, ids.scanStatus, ids.evidenceDigest];
  const { fields } = await open.call(`read fields of change ticket ${issueId}`, async () =>
    FilledIssue.parse(await getIssue(open.client, { issueIdOrKey: issueId, fields: wanted })),
  );
  const isEmpty = (name: 'justification' | 'rollbackPlan') =>
    readText(fields[ids[name]], names[name]) === null;
  const edit: Record<string, unknown> = await toDetailFields(open, {
    ...(details.justification && isEmpty('justification') ? { justification: details.justification } : {}),
    ...(details.rollbackPlan && isEmpty('rollbackPlan') ? { rollbackPlan: details.rollbackPlan } : {}),
    ...(details.components && !fields.components?.length ? { components: details.components } : {}),
  });
  for (const [name, value] of Object.entries({ scanStatus, evidenceDigest }) as OwnField[]) {
    const line = value === undefined ? undefined : toLine(value);
    if (line !== undefined && readLine(fields[ids[name]], names[name]) !== line) edit[ids[name]] = line;
  }
  if (Object.keys(edit).length === 0) return { changed: false };
  await open.call(`fill change ticket ${issueId}`, () =>
    editIssue(open.client, { issueIdOrKey: issueId, fields: edit }),
  );
  return { changed: true };
}

type OwnField = ['scanStatus' | 'evidenceDigest', string | undefined];

function toLine(text: string): string {
  return cutText(toPlainText(text).replace(/\s+/g, ' ').trim(), maxLine);
}

/** Read, then set: a property of another run is never replaced. Setting it to what it is changes nothing. */
export async function linkChange(
  open: OpenChanges,
  issueId: string,
  workflowId: string,
): Promise<{ linked: boolean }> {
  const before = await readProperty(open, issueId);
  const owner = workflowIdOf(before);
  if (owner === null) await writeProperty(open, issueId, { ...before, workflowId, version: 1 });
  return { linked: owner === null || owner === workflowId };
}
