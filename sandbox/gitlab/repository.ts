import { makeCommit, type Commit, type CommitInput } from './commit.ts';
import type { GitlabProject } from './project.ts';

/** The commits of one project and what its branches point at, in memory. */
export interface Repository {
  readonly branches: ReadonlyMap<string, string>;
  /** Puts the commit where its parents are known; the branch moves to it. @throws unknown parent, or the SHA is taken */
  add(input: CommitInput, branch?: string): Commit;
  setBranch(name: string, sha: string): void;
  /** By SHA, by at least 7 letters of it, or by branch. */
  find(revision: string): Commit | undefined;
  /** Of the branch. @throws there is none */
  head(branch: string): Commit;
  parentsOf(commit: Commit): Commit[];
}

export function createRepository(project: GitlabProject): Repository {
  const commits = new Map<string, Commit>();
  const branches = new Map<string, string>();

  function add(input: CommitInput, branch?: string): Commit {
    const parents = input.parents.map((sha) => commits.get(sha) ?? unknown(sha));
    for (const { path, before } of input.files ?? []) if (before !== undefined) assume(parents, path, before);
    const commit = makeCommit(input, mergedTree(parents));
    if (commits.has(commit.sha)) throw new Error(`sha ${commit.sha}: there is such a commit already`);
    commits.set(commit.sha, commit);
    if (branch !== undefined) branches.set(branch, commit.sha);
    return commit;
  }

  /** A file that the history never mentioned was there from the start. */
  function assume(parents: readonly Commit[], path: string, content: string) {
    const seen = new Set<string>();
    const queue = [...parents];
    for (let commit = queue.pop(); commit; commit = queue.pop()) {
      if (seen.has(commit.sha) || commit.tree.has(path)) continue;
      seen.add(commit.sha);
      commit.tree.set(path, content);
      queue.push(...parentsOf(commit));
    }
  }

  /** The first parent's files with what the others changed since they left it. */
  function mergedTree([first, ...others]: readonly Commit[]): Map<string, string> {
    const tree = new Map(first?.tree);
    for (const other of others) {
      const base = first ? commonAncestor(first, other) : undefined;
      for (const [path, content] of other.tree) if (base?.tree.get(path) !== content) tree.set(path, content);
      for (const path of base?.tree.keys() ?? []) if (!other.tree.has(path)) tree.delete(path);
    }
    return tree;
  }

  function commonAncestor(a: Commit, b: Commit): Commit | undefined {
    const ancestors = ancestorsOf(repository, [a]);
    return [...ancestorsOf(repository, [b])]
      .map((sha) => commits.get(sha))
      .find((one) => one && ancestors.has(one.sha));
  }

  function find(revision: string): Commit | undefined {
    const sha = branches.get(revision) ?? revision.toLowerCase();
    const exact = commits.get(sha);
    if (exact ?? !/^[0-9a-f]{7,39}$/.test(sha)) return exact;
    const hits = [...commits.values()].filter((commit) => commit.sha.startsWith(sha));
    return hits.length === 1 ? hits[0] : undefined;
  }

  const parentsOf = (commit: Commit) => commit.parents.map((sha) => commits.get(sha) ?? unknown(sha));
  const repository: Repository = {
    branches,
    add,
    setBranch: (name, sha) => void branches.set(name, (commits.get(sha) ?? unknown(sha)).sha),
    find,
    head: (branch) => commits.get(branches.get(branch) ?? '') ?? unknown(branch),
    parentsOf,
  };
  const { sha, title, createdAt, files } = project.rootCommit;
  const author = { name: 'DevOps', email: 'devops@localhost' };
  const first = Object.entries(files).map(([path, after]) => ({ path, after }));
  add({ sha, parents: [], title, author, authoredDate: createdAt, files: first }, project.defaultBranch);
  return repository;
}

/** Everything that can be reached from these, themselves included, nearest first. */
export function ancestorsOf(repository: Repository, tips: readonly Commit[]): Set<string> {
  const seen = new Set<string>();
  let front = [...tips];
  while (front.length > 0) {
    const fresh = front.filter(({ sha }) => !seen.has(sha));
    for (const { sha } of fresh) seen.add(sha);
    front = fresh.flatMap((commit) => repository.parentsOf(commit));
  }
  return seen;
}

function unknown(what: string): never {
  throw new Error(`${what}: there is no such commit or branch`);
}
