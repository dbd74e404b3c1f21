import type { GitlabUser } from './accounts.ts';
import type { Commit, FileChange, Signature } from './commit.ts';
import { logOf, mergeBase } from './commit-walk.ts';
import { stateChange } from './merge-request-event.ts';
import { pushedText, type MergeRequest } from './merge-request.ts';
import type { Pipeline } from './pipeline.ts';
import type { ProjectState } from './project-state.ts';
import { pushEvent } from './push-event.ts';
import { announce } from './review.ts';

/** Who acts, and where the stand-in is reached. */
export interface Actor {
  readonly user: GitlabUser;
  readonly baseUrl: string;
}

export interface PushedCommit {
  readonly sha?: string | undefined;
  readonly title: string;
  readonly message?: string | undefined;
  /** Default: the pusher. */
  readonly author?: Signature | undefined;
  readonly committer?: Signature | undefined;
  readonly files?: readonly FileChange[] | undefined;
}

export interface Push {
  readonly branch: string;
  readonly commits: readonly PushedCommit[];
  /** Default: on the default branch only, where the CI file deploys from. */
  readonly pipeline?: boolean | undefined;
}

export interface Pushed {
  readonly commits: readonly Commit[];
  readonly pipeline: Pipeline | null;
}

/** Commits and pushes, on top of the branch or of the default branch; open merge requests of the branch notice. */
export function push(state: ProjectState, { branch, commits, pipeline }: Push, actor: Actor): Pushed {
  const { repository, project } = state;
  const before = repository.branches.get(branch);
  const pusher = { name: actor.user.name, email: actor.user.email };
  const added = commits.map((commit) => {
    const parents = [repository.branches.get(branch) ?? repository.head(project.defaultBranch).sha];
    return repository.add(
      { ...commit, author: commit.author ?? pusher, parents, authoredDate: state.now() },
      branch,
    );
  });
  const moved = { branch, before, commits: added };
  for (const mergeRequest of openOf(state, branch)) extend(state, mergeRequest, { ...moved, actor });
  const runs = (pipeline ?? branch === project.defaultBranch) && added.length > 0;
  return { commits: added, pipeline: afterPush(state, moved, actor, runs) };
}

interface Move {
  readonly branch: string;
  readonly before: string | undefined;
  readonly commits: readonly Commit[];
}

/** Tells the hooks of the branch's new head and starts its pipeline. */
function afterPush(state: ProjectState, move: Move, actor: Actor, runs: boolean): Pipeline | null {
  state.publish('push_events', actor.baseUrl, () => pushEvent(state, move, actor));
  if (!runs) return null;
  const request = {
    ref: move.branch,
    commit: state.repository.head(move.branch),
    variables: [],
    source: 'push' as const,
  };
  const from = move.before === undefined ? {} : { beforeSha: move.before };
  const pipeline = state.store.create({ ...request, ...from }, actor.user, actor.baseUrl);
  state.scheduler.advance(pipeline);
  return pipeline;
}

const openOf = ({ mergeRequests }: ProjectState, branch: string) =>
  mergeRequests.all.filter((one) => one.state === 'opened' && one.sourceBranch === branch);

function extend(
  state: ProjectState,
  mergeRequest: MergeRequest,
  { commits, actor }: Move & { readonly actor: Actor },
) {
  const at = state.now();
  const oldrev = mergeRequest.headSha;
  mergeRequest.commits = [...mergeRequest.commits, ...commits.map(({ sha }) => sha)];
  mergeRequest.headSha = mergeRequest.commits.at(-1) ?? oldrev;
  mergeRequest.updatedAt = at;
  state.mergeRequests.note(mergeRequest, {
    at,
    user: actor.user,
    action: 'commit',
    text: pushedText(commits),
  });
  if (state.resetApprovalsOnPush && mergeRequest.approvals.length > 0) {
    const names = mergeRequest.approvals.map(({ user }) => `@${user.username}`).join(', ');
    mergeRequest.approvals = [];
    const text = `reset approvals from ${names} by pushing to the branch`;
    state.mergeRequests.note(mergeRequest, { at, user: actor.user, action: 'approvals_reset', text });
  }
  announce(state, mergeRequest, { action: 'update', ...actor, oldrev });
}

export interface NewMergeRequest {
  readonly title: string;
  readonly description?: string | undefined;
  readonly sourceBranch: string;
  readonly targetBranch?: string | undefined;
}

export function openMergeRequest(state: ProjectState, input: NewMergeRequest, actor: Actor): MergeRequest {
  const { repository, project } = state;
  const { title, description = '', sourceBranch, targetBranch = project.defaultBranch } = input;
  const [head, target] = [repository.head(sourceBranch), repository.head(targetBranch)];
  const at = state.now();
  const mergeRequest = state.mergeRequests.add({
    ...{ title, description, sourceBranch, targetBranch, author: actor.user, createdAt: at, updatedAt: at },
    ...{
      state: 'opened',
      baseSha: mergeBase(repository, target, head)?.sha ?? target.sha,
      headSha: head.sha,
    },
    commits: logOf(repository, head, { from: target })
      .map(({ sha }) => sha)
      .reverse(),
    ...{ mergeCommitSha: null, squashCommitSha: null, mergedAt: null, mergedBy: null, approvals: [] },
  });
  announce(state, mergeRequest, { action: 'open', ...actor });
  return mergeRequest;
}

export interface Merge {
  /** One commit with the author's name in place of the branch's. */
  readonly squash?: boolean | undefined;
  /** The project's merge method: a merge commit (default), or none, which needs a branch that is up to date. */
  readonly method?: 'merge' | 'ff' | undefined;
  /** Changes that the merge commit makes by itself. */
  readonly files?: readonly FileChange[] | undefined;
  readonly pipeline?: boolean | undefined;
}

/** Merges and starts the pipeline of the target branch. @throws not open, or a fast forward that is none */
export function merge(
  state: ProjectState,
  mergeRequest: MergeRequest,
  options: Merge,
  actor: Actor,
): Pipeline | null {
  if (mergeRequest.state !== 'opened')
    throw new Error(`merge request ${mergeRequest.iid} is ${mergeRequest.state}`);
  const { repository } = state;
  const { targetBranch, updatedAt } = mergeRequest;
  const before = repository.head(targetBranch);
  const at = state.now();
  const tip = options.squash ? squash(state, mergeRequest, actor, at) : mergeRequest.headSha;
  if (options.method === 'ff') forward(state, mergeRequest, tip);
  else
    mergeRequest.mergeCommitSha = mergeCommit(state, mergeRequest, { tip, at, actor, files: options.files });
  Object.assign(mergeRequest, { state: 'merged', mergedAt: at, mergedBy: actor.user, updatedAt: at });
  state.mergeRequests.note(mergeRequest, { at, user: actor.user, action: 'merged', text: 'merged' });
  const changes = stateChange('opened', 'merged', [updatedAt, at]);
  announce(state, mergeRequest, { action: 'merge', ...actor, changes });
  const commits = logOf(repository, repository.head(targetBranch), { from: before }).reverse();
  const runs = options.pipeline ?? targetBranch === state.project.defaultBranch;
  return afterPush(state, { branch: targetBranch, before: before.sha, commits }, actor, runs);
}

/** On top of the target, by the merge request's author, committed by who merges. */
function squash({ repository }: ProjectState, mergeRequest: MergeRequest, { user }: Actor, at: Date): string {
  const target = repository.head(mergeRequest.targetBranch);
  const [base, head] = [repository.find(mergeRequest.baseSha), repository.find(mergeRequest.headSha)];
  const paths = [...new Set([...(base?.tree.keys() ?? []), ...(head?.tree.keys() ?? [])])];
  const changed = paths.filter((path) => base?.tree.get(path) !== head?.tree.get(path));
  const files = changed.map((path) => ({ path, after: head?.tree.get(path) }));
  const { name, email } = mergeRequest.author;
  const commit = repository.add({
    ...{ parents: [target.sha], title: mergeRequest.title, files, author: { name, email } },
    ...{ committer: { name: user.name, email: user.email }, authoredDate: at },
  });
  mergeRequest.squashCommitSha = commit.sha;
  return commit.sha;
}

function forward({ repository }: ProjectState, { targetBranch, iid }: MergeRequest, tip: string) {
  const [target, head] = [repository.head(targetBranch), repository.find(tip)];
  if (!head || mergeBase(repository, target, head)?.sha !== target.sha)
    throw new Error(
      `merge request ${iid}: the branch is behind ${targetBranch}, no fast forward is possible`,
    );
  repository.setBranch(targetBranch, tip);
}

function mergeCommit(
  { repository, project }: ProjectState,
  { sourceBranch, targetBranch, title: subject, iid }: MergeRequest,
  { tip, at, actor: { user }, files }: { tip: string; at: Date; actor: Actor; files: Merge['files'] },
): string {
  const title = `Merge branch '${sourceBranch}' into '${targetBranch}'`;
  const message = `${title}\n\n${subject}\n\nSee merge request ${project.path}!${iid}\n`;
  const author = { name: user.name, email: user.email };
  const parents = [repository.head(targetBranch).sha, tip];
  return repository.add({ parents, title, message, author, authoredDate: at, files }, targetBranch).sha;
}
