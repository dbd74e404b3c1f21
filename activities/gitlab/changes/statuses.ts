import { z } from 'zod';
import { createFailure, failureMessage, failureType } from '../../../workflows/shared/failures.ts';
import { cutText, toPlainText } from '../../plain-text.ts';
import type { GitlabConnection } from './connection.ts';
import type { CommitStatusState, GitlabChangesPort } from './port.ts';
import { GitlabMergeRequests, GitlabStatusChecks } from './schema.ts';

type StatusInput = Parameters<GitlabChangesPort['setCommitStatus']>[0];

/** GitLab takes 255 characters. */
const maxText = 255;
const maxMergeRequests = 20;
/** Whatever the answer says: it was taken. */
const Done = z.unknown().transform(() => true);

/**
 * One status per SHA and name: safe to repeat, also after a lost answer. GitLab refuses a state that stands already: that is
 * success. Two writers at once answer 409, which passes.
 */
export async function setCommitStatus(gitlab: GitlabConnection, input: StatusInput): Promise<void> {
  const { project, sha, name, state, description, targetUrl } = input;
  const action = `set status ${name} of ${sha} in ${project}`;
  const line = cutText(toPlainText(description).replace(/\s+/g, ' ').trim(), maxText);
  try {
    await gitlab.call(action, Done, () =>
      gitlab.commits.editStatus(project, sha, state, { name, description: line, targetUrl }),
    );
  } catch (error) {
    if (failureType(error) === 'Conflict')
      throw createFailure('Unavailable', failureMessage(error), { cause: error });
    if (!standsAlready(error, state)) throw error;
  }
}

/** `Cannot transition status via :enqueue from :pending`, in one of GitLab's spellings. */
function standsAlready(error: unknown, state: CommitStatusState): boolean {
  const said = /cannot transition status via \W*\w+\W+from \W*(\w+)/i.exec(failureMessage(error));
  return failureType(error) === 'InvalidInput' && said?.[1] === state;
}

/**
 * Ultimate only: elsewhere the path does not exist or is forbidden. A SHA that is no longer the head (409) has nobody waiting for
 * an answer. Safe to repeat: the last answer stands.
 */
export async function answerStatusCheck(
  gitlab: GitlabConnection,
  { project, mergeRequest, sha, checkId, passed }: Parameters<GitlabChangesPort['answerStatusCheck']>[0],
): Promise<{ answered: boolean }> {
  const status = passed ? 'passed' : 'failed';
  const answered = await ifAvailable(['Conflict'], () =>
    gitlab.call(`answer status check ${checkId} of ${project}!${mergeRequest}`, Done, () =>
      gitlab.statusChecks.set(project, mergeRequest, sha, checkId, { status }),
    ),
  );
  return { answered: answered ?? false };
}

/** Each failed check of the open merge requests whose head the SHA is. One that is not failed any more (422) needs no retry. */
export async function retryStatusChecks(
  gitlab: GitlabConnection,
  { project, sha }: { project: string; sha: string },
): Promise<{ retried: number }> {
  const action = `list open merge requests of ${sha} in ${project}`;
  const listed = await ifAvailable([], () =>
    gitlab.call(action, GitlabMergeRequests, () =>
      gitlab.commits.allMergeRequests(project, sha, {
        state: 'opened',
        perPage: maxMergeRequests,
        page: 1,
      } as object),
    ),
  );
  let retried = 0;
  for (const { iid } of (listed ?? []).filter((one) => one.sha === sha))
    for (const checkId of await listFailedChecks(gitlab, project, iid))
      if (await retryCheck(gitlab, project, iid, checkId)) retried += 1;
  return { retried };
}

async function listFailedChecks(
  gitlab: GitlabConnection,
  project: string,
  iid: number,
): Promise<readonly number[]> {
  const checks = await ifAvailable([], () =>
    gitlab.call(`list status checks of ${project}!${iid}`, GitlabStatusChecks, () =>
      gitlab.statusChecks.all(project, { mergerequestIId: iid, perPage: 100, page: 1 }),
    ),
  );
  return (checks ?? []).filter(({ status }) => status === 'failed').map(({ id }) => id);
}

async function retryCheck(
  gitlab: GitlabConnection,
  project: string,
  iid: number,
  checkId: number,
): Promise<boolean> {
  const path = `projects/${encodeURIComponent(project)}/merge_requests/${iid}/status_checks/${checkId}/retry`;
  const retried = await ifAvailable(['InvalidInput', 'Conflict'], () =>
    gitlab.call(`retry status check ${checkId} of ${project}!${iid}`, Done, () => gitlab.post(path, {})),
  );
  return retried ?? false;
}

/** @returns undefined where this GitLab has no such thing, or the failure is one of `others` */
async function ifAvailable<T>(others: readonly string[], run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (['NotFound', 'PermissionDenied', ...others].includes(failureType(error))) return undefined;
    throw error;
  }
}
