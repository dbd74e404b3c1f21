import type { Commit } from './commit.ts';
import { ancestorsOf, type Repository } from './repository.ts';

/** As `git log from..to`: newest first, a child always before its parents. */
export function logOf(
  repository: Repository,
  to: Commit,
  { from, firstParent = false }: { readonly from?: Commit | undefined; readonly firstParent?: boolean } = {},
): Commit[] {
  const excluded = from ? ancestorsOf(repository, [from]) : new Set<string>();
  const seen = new Set<string>();
  const front: Commit[] = [];
  const log: Commit[] = [];

  function meet(commit: Commit | undefined) {
    if (!commit || excluded.has(commit.sha) || seen.has(commit.sha)) return;
    seen.add(commit.sha);
    front.push(commit);
  }

  meet(to);
  while (front.length > 0) {
    const [next] = front.splice(newestIndex(front), 1);
    if (!next) break;
    log.push(next);
    const parents = repository.parentsOf(next);
    for (const parent of firstParent ? parents.slice(0, 1) : parents) meet(parent);
  }
  return log;
}

/** The newest commit that both can reach. */
export function mergeBase(repository: Repository, a: Commit, b: Commit): Commit | undefined {
  const ancestors = ancestorsOf(repository, [a]);
  return logOf(repository, b).find(({ sha }) => ancestors.has(sha));
}

function newestIndex(commits: readonly Commit[]): number {
  return commits.reduce(
    (best, commit, index) =>
      commit.committedDate.getTime() > (commits[best]?.committedDate.getTime() ?? 0) ? index : best,
    0,
  );
}
