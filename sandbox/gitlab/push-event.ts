import type { GitlabUser } from './accounts.ts';
import { diffOfCommit } from './commit-entities.ts';
import type { Commit } from './commit.ts';
import type { ProjectState } from './project-state.ts';
import { projectUrl } from './project.ts';
import { eventProject, eventRepository } from './webhook-bodies.ts';

const noCommit = '0'.repeat(40);
/** GitLab names the newest twenty. */
const namedCommits = 20;

interface Move {
  readonly branch: string;
  readonly before: string | undefined;
  /** Oldest first. */
  readonly commits: readonly Commit[];
}

/** `Push Hook`. The pusher stands in it, whoever wrote and committed. */
export function pushEvent(
  { project, repository }: ProjectState,
  { branch, before, commits }: Move,
  { user, baseUrl }: { readonly user: GitlabUser; readonly baseUrl: string },
) {
  const after = repository.head(branch).sha;
  const home = projectUrl(project, baseUrl);
  return {
    ...{
      object_kind: 'push',
      event_name: 'push',
      before: before ?? noCommit,
      after,
      ref: `refs/heads/${branch}`,
    },
    ...{ ref_protected: branch === project.defaultBranch, checkout_sha: after, message: null },
    ...{
      user_id: user.id,
      user_name: user.name,
      user_username: user.username,
      user_email: null,
      user_avatar: null,
    },
    project_id: project.id,
    project: eventProject(project, baseUrl),
    commits: commits.slice(-namedCommits).map((commit) => ({
      ...{ id: commit.sha, message: commit.message, title: commit.title, author: commit.author },
      timestamp: commit.committedDate.toISOString().replace(/\.\d+Z$/, '+00:00'),
      url: `${home}/-/commit/${commit.sha}`,
      ...filesOf(diffOfCommit(repository, commit)),
    })),
    total_commits_count: commits.length,
    push_options: {},
    repository: eventRepository(project, baseUrl),
  };
}

function filesOf(diffs: ReturnType<typeof diffOfCommit>) {
  const paths = (wanted: (diff: (typeof diffs)[number]) => boolean) =>
    diffs.filter(wanted).map(({ new_path: path }) => path);
  return {
    added: paths((diff) => diff.new_file),
    modified: paths((diff) => !diff.new_file && !diff.deleted_file),
    removed: paths((diff) => diff.deleted_file),
  };
}
