import type { MergeRequestFacts, RepositoryCommit } from '../../../workflows/change-approval/review-facts.ts';
import type { Range } from './commits.ts';
import type { GitlabConnection } from './connection.ts';
import { GitlabApprovals, GitlabMergeRequests, type GitlabMergeRequest } from './schema.ts';

export type MergeRequestRow = Omit<MergeRequestFacts, 'approvals' | 'pushes' | 'baseSha'>;
export type Approvals = MergeRequestFacts['approvals'];

const pageSize = 100;
/** 2,000 merge requests: what is older stays unknown, and its commits need a person. */
const maxPages = 20;
const dayMs = 24 * 3_600_000;

/**
 * The merge requests that ended in the range: their merge commit, squash commit or head is one of its commits. Any target branch
 * counts: a release branch holds what was reviewed on its way into another.
 */
export async function readMergeRequests(
  gitlab: GitlabConnection,
  { project, to }: Range,
  commits: readonly RepositoryCommit[],
): Promise<readonly MergeRequestRow[]> {
  const range = new Map(commits.map((commit) => [commit.sha, commit]));
  const since = mergedSince(range, to);
  if (since === undefined) return [];
  // By creation, the only order that reading does not disturb: an update moves a merge request to the front of the others.
  const query = { state: 'merged', updatedAfter: since, orderBy: 'created_at', sort: 'desc' } as const;
  const found = new Map<number, MergeRequestRow>();
  for (let page = 1; page <= maxPages; page += 1) {
    const listed = await gitlab.call(
      `list merge requests of ${project}, page ${page}`,
      GitlabMergeRequests,
      () => gitlab.mergeRequests.all({ projectId: project, ...query, perPage: pageSize, page }),
    );
    for (const row of listed.flatMap((one) => toRow(gitlab, project, one) ?? []))
      if (landedIn(row, range)) found.set(row.iid, row);
    if (listed.length < pageSize) break;
  }
  return [...found.values()];
}

/** One call a merge request. */
export async function readApprovals(
  gitlab: GitlabConnection,
  project: string,
  iid: number,
): Promise<Approvals> {
  const { approved_by: approvedBy } = await gitlab.call(
    `read approvals of ${project}!${iid}`,
    GitlabApprovals,
    () => gitlab.approvals.showConfiguration(project, { mergerequestIId: iid }),
  );
  return (approvedBy ?? []).flatMap(({ user, approved_at: at }) =>
    user ? [{ user: user.username, at }] : [],
  );
}

/**
 * Nothing of the range was merged before: a merge request ends in a merge commit or on the first-parent line. A branch's own
 * commits may be years old and would make the list as long. A day is left for clocks.
 */
function mergedSince(range: ReadonlyMap<string, RepositoryCommit>, to: string): string | undefined {
  const ends = [...range.values()].filter(({ parents }) => parents.length > 1);
  let at = range.get(to);
  for (let steps = range.size; at !== undefined && steps > 0; steps -= 1) {
    ends.push(at);
    at = range.get(at.parents[0] ?? '');
  }
  const oldest = ends.reduce((least, { committedAt }) => Math.min(least, Date.parse(committedAt)), Infinity);
  return Number.isFinite(oldest) ? new Date(Math.max(0, oldest - dayMs)).toISOString() : undefined;
}

function landedIn(row: MergeRequestRow, range: ReadonlyMap<string, unknown>): boolean {
  return [row.mergeCommitSha, row.squashCommitSha, row.headSha].some((sha) => sha !== null && range.has(sha));
}

/** @returns undefined for one that has no head or was never merged */
function toRow(
  gitlab: GitlabConnection,
  project: string,
  one: GitlabMergeRequest,
): MergeRequestRow | undefined {
  const { iid, sha, merged_at: mergedAt, squash_commit_sha: squashCommitSha } = one;
  if (sha === null || mergedAt === null) return undefined;
  return {
    iid,
    title: one.title,
    href: one.web_url ?? gitlab.pageOf(project, `merge_requests/${iid}`),
    sourceBranch: one.source_branch,
    author: one.author?.username ?? 'ghost',
    headSha: sha,
    mergeCommitSha: one.merge_commit_sha,
    squashCommitSha,
    // a single commit is left as it is, and named as its own squash
    squashed: squashCommitSha !== null && squashCommitSha !== sha,
    mergedAt,
    mergedBy: (one.merge_user ?? one.merged_by)?.username ?? null,
  };
}
