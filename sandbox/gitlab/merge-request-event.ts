import type { GitlabUser } from './accounts.ts';
import { toUser } from './entities.ts';
import { mergeRequestUrl } from './merge-request-entities.ts';
import type { MergeRequest } from './merge-request.ts';
import type { ProjectState } from './project-state.ts';
import { projectUrl } from './project.ts';
import { eventProject, eventRepository, eventUser, utcText } from './webhook-bodies.ts';

/** `approved` and `unapproved` when all rules are met, or no longer; `approval` and `unapproval` of one person. */
export type MergeRequestAction =
  'open' | 'update' | 'approved' | 'approval' | 'unapproved' | 'unapproval' | 'merge';

export interface MergeRequestHappening {
  readonly action: MergeRequestAction;
  readonly user: GitlabUser;
  readonly baseUrl: string;
  /** The head before a push; GitLab names it only then. */
  readonly oldrev?: string;
  readonly changes?: object;
}

const stateIds = { opened: 1, closed: 2, merged: 3 } as const;

/** `Merge Request Hook`. */
export function mergeRequestEvent(
  { project, repository }: ProjectState,
  mergeRequest: MergeRequest,
  { action, user, baseUrl, oldrev, changes = {} }: MergeRequestHappening,
) {
  const { name, description, git_ssh_url: url, homepage } = eventRepository(project, baseUrl);
  const inProject = eventProject(project, baseUrl);
  const reviewers = mergeRequest.approvals.map((approval) => approval.user);
  return {
    object_kind: 'merge_request',
    event_type: 'merge_request',
    user: eventUser(user),
    project: inProject,
    repository: { name, url, description, homepage },
    object_attributes: {
      ...attributesOf(mergeRequest),
      ...{ source_project_id: project.id, target_project_id: project.id },
      reviewer_ids: reviewers.map(({ id }) => id),
      url: mergeRequestUrl(mergeRequest, project, baseUrl),
      ...{ source: inProject, target: inProject },
      last_commit: lastCommit(repository.find(mergeRequest.headSha), projectUrl(project, baseUrl)),
      ...{ labels: [], action },
      ...(oldrev === undefined ? {} : { oldrev }),
    },
    labels: [],
    changes,
    reviewers: reviewers.map((reviewer) => toUser(reviewer, baseUrl)),
  };
}

function attributesOf(mergeRequest: MergeRequest) {
  const { id, iid, title, description, state } = mergeRequest;
  return {
    ...{ id, iid, target_branch: mergeRequest.targetBranch, source_branch: mergeRequest.sourceBranch },
    ...{ author_id: mergeRequest.author.id, assignee_ids: [], assignee_id: null, title },
    created_at: seconds(mergeRequest.createdAt),
    updated_at: seconds(mergeRequest.updatedAt),
    ...{ state_id: stateIds[state], state, draft: false, work_in_progress: false },
    ...{ blocking_discussions_resolved: true, merge_status: 'can_be_merged' },
    detailed_merge_status: state === 'opened' ? 'mergeable' : 'not_open',
    merge_commit_sha: mergeRequest.mergeCommitSha,
    description,
  };
}

function lastCommit(commit: ReturnType<ProjectState['repository']['find']>, home: string) {
  if (!commit) return null;
  const { sha: id, message, title, author } = commit;
  const timestamp = commit.committedDate.toISOString().replace(/\.\d+Z$/, '+00:00');
  return { id, message, title, timestamp, url: `${home}/-/commit/${id}`, author };
}

/** What an event says of a change of state. */
export function stateChange(
  before: MergeRequest['state'],
  after: MergeRequest['state'],
  times: [Date, Date],
) {
  const [previous, current] = times.map(utcText);
  return {
    state_id: { previous: stateIds[before], current: stateIds[after] },
    updated_at: { previous, current },
  };
}

const seconds = (date: Date) => date.toISOString().replace(/\.\d+Z$/, 'Z');
