import type { FileChange, RepositoryCommit } from '../../../workflows/change-approval/review-facts.ts';
import type { GitlabConnection } from './connection.ts';
import { GitlabCommit, GitlabCommits, GitlabDiffs } from './schema.ts';

/** A change of more commits is nobody's to review: it is left to a person as a whole. */
export const maxCommits = 5_000;
const pageSize = 100;

export interface Range {
  readonly project: string;
  /** Null: nothing was approved before. */
  readonly from: string | null;
  readonly to: string;
}

/**
 * The commits of `from..to`, newest first; a page of one hundred a call, one page past `maxCommits` at most. Both ends are SHAs,
 * so that pages do not move. Without `from` the newest hundred: a first deploy always needs a person (C-26), and what people
 * are shown, and who may not approve, comes from these.
 */
export async function readCommits(
  gitlab: GitlabConnection,
  range: Range,
  onPage: (page: number) => void,
): Promise<readonly RepositoryCommit[]> {
  const { project, from, to } = range;
  const refName = from === null ? to : `${from}..${to}`;
  const pages = from === null ? 1 : maxCommits / pageSize + 1;
  const commits: RepositoryCommit[] = [];
  for (let page = 1; page <= pages; page += 1) {
    const listed = await gitlab.call(`list commits of ${project}, page ${page}`, GitlabCommits, () =>
      gitlab.commits.all(project, { refName, perPage: pageSize, page }),
    );
    commits.push(...listed.map((commit) => toCommit(gitlab, project, commit)));
    onPage(page);
    if (listed.length < pageSize) break;
  }
  return commits;
}

/** GitLab answers an unknown SHA with an empty list. @throws NotFound */
export async function requireCommit(gitlab: GitlabConnection, project: string, sha: string): Promise<void> {
  await gitlab.call(`read commit ${sha} of ${project}`, GitlabCommit, () =>
    gitlab.commits.show(project, sha),
  );
}

/**
 * Whether `from` is an ancestor of `to`, without a call: then, and only then, some commit of the whole of `from..to` has it as
 * a parent. (GitLab's compare would answer with all diffs, merge_base with one more call.)
 */
export function isLinear({ from, to }: Range, commits: readonly RepositoryCommit[]): boolean {
  return from === null || from === to || commits.some(({ parents }) => parents.includes(from));
}

/** What a commit changes against its first parent. A list that fills its page may go on: then no file of it is whole. */
export async function readDiff(
  gitlab: GitlabConnection,
  project: string,
  sha: string,
): Promise<readonly FileChange[]> {
  const files = await gitlab.call(`read diff of ${sha} in ${project}`, GitlabDiffs, () =>
    gitlab.commits.showDiff(project, sha, { perPage: pageSize, page: 1 }),
  );
  return files.map((file) => ({
    path: file.new_path,
    oldPath: file.old_path,
    newFile: file.new_file ?? false,
    deletedFile: file.deleted_file ?? false,
    renamed: file.renamed_file ?? false,
    diff: file.diff ?? '',
    tooLarge: files.length >= pageSize || (file.too_large ?? false) || (file.collapsed ?? false),
  }));
}

function toCommit(gitlab: GitlabConnection, project: string, commit: GitlabCommit): RepositoryCommit {
  return {
    sha: commit.id,
    parents: commit.parent_ids ?? [],
    title: commit.title,
    message: commit.message,
    authorName: commit.author_name,
    authorEmail: commit.author_email,
    committerName: commit.committer_name,
    committerEmail: commit.committer_email,
    committedAt: commit.committed_date,
    href: commit.web_url ?? gitlab.pageOf(project, `commit/${commit.id}`),
  };
}
