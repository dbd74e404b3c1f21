import type { Commit } from './commit.ts';
import { projectUrl, type GitlabProject } from './project.ts';
import type { Repository } from './repository.ts';
import { unifiedDiff } from './unified-diff.ts';

/** GitLab leaves the text of a file's diff out beyond this (default `diff_max_patch_bytes`). */
const maxPatchBytes = 200 * 1024;

export function toCommit(commit: Commit, project: GitlabProject, baseUrl: string) {
  return {
    id: commit.sha,
    short_id: commit.sha.slice(0, 8),
    created_at: commit.committedDate.toISOString(),
    parent_ids: [...commit.parents],
    title: commit.title,
    message: commit.message,
    author_name: commit.author.name,
    author_email: commit.author.email,
    authored_date: commit.authoredDate.toISOString(),
    committer_name: commit.committer.name,
    committer_email: commit.committer.email,
    committed_date: commit.committedDate.toISOString(),
    trailers: trailersOf(commit.message),
    extended_trailers: {},
    web_url: `${projectUrl(project, baseUrl)}/-/commit/${commit.sha}`,
  };
}

/** GitLab keeps the last value of a repeated trailer here. */
function trailersOf(message: string): Record<string, string> {
  const [subject, ...rest] = message.trim().split(/\n\n+/);
  const block = subject === undefined ? undefined : rest.at(-1);
  const lines = (block ?? '').split('\n').map((line) => /^([A-Za-z][A-Za-z-]*): (\S.*)$/.exec(line));
  if (lines.some((line) => line === null)) return {};
  return Object.fromEntries(lines.map((line) => [line?.[1] ?? '', line?.[2] ?? '']));
}

/** What a commit changed against its first parent. */
export function diffOfCommit(repository: Repository, commit: Commit) {
  return diffOf(repository.parentsOf(commit)[0]?.tree ?? new Map(), commit.tree);
}

/** Each changed file, by path. */
export function diffOf(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => toDiff(path, before, after));
}

function toDiff(path: string, before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
  const [old, fresh] = [before.get(path), after.get(path)];
  const tooLarge = (old?.length ?? 0) + (fresh?.length ?? 0) > maxPatchBytes;
  return {
    diff: tooLarge ? '' : unifiedDiff(old ?? '', fresh ?? ''),
    collapsed: false,
    too_large: tooLarge,
    new_path: path,
    old_path: path,
    a_mode: old === undefined ? '0' : '100644',
    b_mode: fresh === undefined ? '0' : '100644',
    new_file: old === undefined,
    renamed_file: false,
    deleted_file: fresh === undefined,
    generated_file: false,
  };
}

/** Added and deleted lines. */
export function statsOf(diffs: readonly { readonly diff: string }[]) {
  const lines = diffs.flatMap(({ diff }) => diff.split('\n'));
  const additions = lines.filter((line) => line.startsWith('+')).length;
  const deletions = lines.filter((line) => line.startsWith('-')).length;
  return { additions, deletions, total: additions + deletions };
}
