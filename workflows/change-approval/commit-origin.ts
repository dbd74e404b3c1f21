import type { MergeRequestFacts, RepositoryCommit } from './review-facts.ts';

/** What one merge request brought into the range. */
export interface Origin {
  readonly mergeRequest: MergeRequestFacts;
  /** `foreign`: its merge commit brings something else than the head that was approved. */
  readonly how: 'merge' | 'squash' | 'fast-forward' | 'foreign';
  /** Made on the merge, with two parents; not in `brought`. */
  readonly mergeCommit: string | null;
  readonly brought: ReadonlySet<string>;
}

type Range = ReadonlyMap<string, RepositoryCommit>;

/** Which merge request brought which commit, the one that brought least first: so that a branch's own merge requests come before its own. */
export function findOrigins(
  commits: readonly RepositoryCommit[],
  mergeRequests: readonly MergeRequestFacts[],
): readonly Origin[] {
  const range: Range = new Map(commits.map((commit) => [commit.sha, commit]));
  const landings = new Set(mergeRequests.flatMap((each) => landingOf(each, range) ?? []));
  return mergeRequests
    .flatMap((each) => findOrigin(each, range, landings) ?? [])
    .sort((a, b) => a.brought.size - b.brought.size || a.mergeRequest.iid - b.mergeRequest.iid);
}

function findOrigin(
  mergeRequest: MergeRequestFacts,
  range: Range,
  landings: ReadonlySet<string>,
): Origin | undefined {
  const { headSha, mergeCommitSha } = mergeRequest;
  const merge = mergeCommitSha === null ? undefined : range.get(mergeCommitSha);
  if (merge && merge.parents.length > 1) return ofMergeCommit(mergeRequest, merge, range);
  const squash = squashOf(mergeRequest, range);
  if (squash) {
    const how = squash.parents.length > 1 ? 'foreign' : 'squash';
    return { mergeRequest, how, mergeCommit: null, brought: new Set([squash.sha]) };
  }
  // merged somewhere else: how its commits came here is another story
  if (mergeCommitSha !== null && mergeCommitSha !== headSha) return undefined;
  const head = range.get(headSha);
  return (
    head && {
      mergeRequest,
      how: 'fast-forward',
      mergeCommit: null,
      brought: fastForwarded(mergeRequest, head, range, landings),
    }
  );
}

function ofMergeCommit(mergeRequest: MergeRequestFacts, merge: RepositoryCommit, range: Range): Origin {
  const [first = '', second = '', ...others] = merge.parents;
  const brought = minus(reach(second, range), reach(first, range));
  const isSquash = second !== mergeRequest.headSha && second === mergeRequest.squashCommitSha;
  const isWhole = isSquash ? brought.size <= 1 : second === mergeRequest.headSha;
  const how = others.length > 0 || !isWhole ? 'foreign' : isSquash ? 'squash' : 'merge';
  return { mergeRequest, how, mergeCommit: merge.sha, brought };
}

/** GitLab names no squash commit for a single commit that it left as it is; some versions name it as the merge commit. */
function squashOf(
  { headSha, mergeCommitSha, squashCommitSha }: MergeRequestFacts,
  range: Range,
): RepositoryCommit | undefined {
  const sha = squashCommitSha ?? mergeCommitSha;
  return sha === null || sha === headSha ? undefined : range.get(sha);
}

function landingOf(mergeRequest: MergeRequestFacts, range: Range): string | undefined {
  const { headSha, mergeCommitSha, squashCommitSha } = mergeRequest;
  return (
    [mergeCommitSha, squashCommitSha, headSha].find((sha) => sha !== null && range.has(sha)) ?? undefined
  );
}

function fastForwarded(
  { baseSha }: MergeRequestFacts,
  head: RepositoryCommit,
  range: Range,
  landings: ReadonlySet<string>,
): ReadonlySet<string> {
  const all = reach(head.sha, range);
  if (typeof baseSha === 'string') return minus(all, reach(baseSha, range));
  let before = head.parents[0];
  while (before !== undefined && range.has(before) && !landings.has(before))
    before = range.get(before)?.parents[0];
  return minus(all, reach(before ?? '', range));
}

/** The commits of the range that `sha` contains, itself included. */
function reach(sha: string, range: Range): Set<string> {
  const found = new Set<string>();
  const next = [sha];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    const commit = found.has(at) ? undefined : range.get(at);
    if (!commit) continue;
    found.add(at);
    next.push(...commit.parents);
  }
  return found;
}

function minus(all: ReadonlySet<string>, without: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...all].filter((sha) => !without.has(sha)));
}
