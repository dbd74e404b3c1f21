import type { ChangeBuild } from '../../../workflows/change-approval/messages.ts';
import { jiraPropertyKey } from '../../../workflows/shared/names.ts';
import { failureType } from '../../../workflows/shared/failures.ts';
import { readBuild } from './field-values.ts';
import type { ChangeTicket, JiraChangesPort } from './port.ts';
import { readChange, workflowIdOf } from './read-change.ts';
import { isEnded, type OpenChanges, statusOf } from './scheme.ts';
import { changesWhere, fieldTerm, isOpenTerm, searchAll } from './search.ts';

/**
 * Searches by the number of the build, compares the three fields here, and reads what it found again: the index may be
 * minutes behind. A ticket that is so new that the search does not know it is found by `createChange`, by its key.
 */
export async function findChange(
  open: OpenChanges,
  build: ChangeBuild,
): Promise<{ ticket: ChangeTicket | null; ended: number }> {
  const ids = await open.fieldIds();
  const jql = changesWhere(open, await fieldTerm(open, 'build', build.build));
  const found = await searchAll(open, `${jql} ORDER BY created ASC, key ASC`);
  const named = found.filter(({ fields }) => isOfBuild(readBuild(open.scheme, ids, fields), build));
  let ticket: ChangeTicket | null = null;
  let ended = 0;
  // all are read: how many have ended is part of the keys of what is said next, so it must not depend on the index
  for (const { id } of named) {
    const now = await readIfThere(open, id);
    if (!now?.inScope || !isOfBuild(now.build, build)) continue;
    if (isEnded(now.status)) ended += 1;
    else ticket ??= now;
  }
  return { ticket, ended };
}

async function readIfThere(open: OpenChanges, issueId: string): Promise<ChangeTicket | undefined> {
  try {
    return await readChange(open, issueId);
  } catch (error) {
    if (failureType(error) === 'NotFound') return undefined;
    throw error;
  }
}

function isOfBuild(found: ChangeTicket['build'], wanted: ChangeBuild): boolean {
  return (['environment', 'project', 'build'] as const).every((field) => found[field] === wanted[field]);
}

/** For the sweep. A period, not a date: Jira reads dates in the time zone of whoever asks. */
export async function findChanges(
  open: OpenChanges,
  changedWithinMinutes: number,
): ReturnType<JiraChangesPort['findChanges']> {
  const ids = await open.fieldIds();
  const recent = `updated >= -${changedWithinMinutes}m`;
  const jql = changesWhere(open, isOpenTerm(open), recent);
  const found = await searchAll(open, `${jql} ORDER BY created ASC, key ASC`);
  return found.map(({ id, key, fields, properties }) => ({
    issueId: id,
    key,
    workflowId: workflowIdOf(properties?.[jiraPropertyKey]),
    status: statusOf(open.scheme, fields.status),
    build: readBuild(open.scheme, ids, fields),
  }));
}
