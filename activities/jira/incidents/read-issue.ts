import { asyncLocalStorage } from '@temporalio/activity';
import { getIssue, getIssueWatchers } from '../api.ts';
import { failureType } from '../../../workflows/shared/failures.ts';
import { jiraPropertyKey } from '../../../workflows/shared/names.ts';
import { findFormField } from '../form-field.ts';
import type { JiraField } from '../form-schema.ts';
import type { Form } from '../forms.ts';
import { isOwnLabel } from './labels.ts';
import { readMark } from './mark.ts';
import type { OpenIncidents } from './open-incidents.ts';
import type { IncidentIssue } from './port.ts';
import { readComments } from './read-comments.ts';
import { readValue } from './read-values.ts';
import { AttachedIssue, ReadIssue, WatcherList, type Account, type Attachments } from './schema.ts';

const systemFields = [
  ...['status', 'project', 'issuetype', 'created', 'updated', 'creator', 'resolution', 'labels'],
  'attachment',
];

/** Reads, past the search index: the issue, every page of its comments, its watchers. @throws NotFound */
export async function readIssue(
  open: OpenIncidents,
  issueId: string,
  names: readonly string[],
): Promise<IncidentIssue> {
  const found = await Promise.all(names.map((name) => open.fields.named(name)));
  const ids = found.flat().map(({ id }) => id);
  const bot = await open.botAccountId();
  const issue = await fetchIssue(open, issueId, ids);
  const [comments, watchers] = await Promise.all([readComments(open, issueId), readWatchers(open, issueId)]);
  const { status, project, issuetype, created, updated, creator, resolution, labels, attachment } =
    issue.fields;
  const form = { project: project.key, issueType: issuetype.name };
  return {
    issueId: issue.id,
    key: issue.key,
    ...form,
    status: status.name,
    done: status.statusCategory.key === 'done',
    resolution: resolution?.name ?? null,
    createdAt: created,
    updatedAt: updated,
    labels: labels ?? [],
    fields: await readValues(open, names, form, issue.fields),
    comments,
    attachments: toAttachments(attachment, bot),
    // we watch what we write, by Jira's own habit
    watchers: watchers
      .filter(({ accountId }) => accountId !== bot)
      .map(({ accountId, emailAddress }) => ({ accountId, email: emailAddress ?? null })),
    mark: readMark(issue.properties?.[jiraPropertyKey], open.connection),
    reporterIsBot: creator?.accountId === bot,
  };
}

async function fetchIssue(open: OpenIncidents, issueId: string, ids: readonly string[]) {
  return open.call(`read issue ${issueId}`, async () =>
    ReadIssue.parse(
      await getIssue(open.client, {
        issueIdOrKey: issueId,
        fields: [...new Set([...systemFields, ...ids])],
        properties: [jiraPropertyKey],
      }),
    ),
  );
}

/** @returns by the names as asked; a field that the issue's project does not have is left out: it is not empty, it is not there */
async function readValues(
  open: OpenIncidents,
  names: readonly string[],
  form: Form,
  values: Readonly<Record<string, unknown>>,
): Promise<IncidentIssue['fields']> {
  const read: Record<string, string | readonly string[] | null> = {};
  for (const name of names) {
    const field = await findFormField(open, name, form);
    if (Object.hasOwn(values, field.id)) read[name] = ownLabelsOff(field, readValue(field, values[field.id]));
  }
  return read;
}

/** Our own labels find the issue again: they are no value of the field. */
function ownLabelsOff<T>(field: JiraField, value: T): T | readonly string[] {
  if (field.id !== 'labels' || !Array.isArray(value)) return value;
  return (value as readonly string[]).filter((label) => !isOwnLabel(label));
}

function toAttachments(attachments: Attachments, bot: string): IncidentIssue['attachments'] {
  return (attachments ?? []).map(({ id, filename, size, created, author }) => ({
    ...{ id, fileName: filename, size, createdAt: created },
    byBot: author?.accountId === bot,
  }));
}

/** The files alone, past the search index. */
export async function readAttachments(open: OpenIncidents, issueId: string) {
  const bot = await open.botAccountId();
  const { fields } = await open.call(`read attachments of issue ${issueId}`, async () =>
    AttachedIssue.parse(await getIssue(open.client, { issueIdOrKey: issueId, fields: ['attachment'] })),
  );
  return toAttachments(fields.attachment, bot);
}

/**
 * People who watch. A site may have watching switched off, and an account may lack the right to see who does: then nobody is known,
 * and the rest flows.
 */
export async function readWatchers(open: OpenIncidents, issueId: string): Promise<readonly Account[]> {
  try {
    const { watchers } = await open.call(`read watchers of issue ${issueId}`, async () =>
      WatcherList.parse(await getIssueWatchers(open.client, { issueIdOrKey: issueId })),
    );
    return watchers ?? [];
  } catch (error) {
    if (!['PermissionDenied', 'NotFound'].includes(failureType(error))) throw error;
    asyncLocalStorage.getStore()?.log.warn('watchers of an issue cannot be read', { issueId });
    return [];
  }
}
