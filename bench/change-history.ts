/** A request as a stand-in for GitLab sees it. */
export interface GitlabRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface HistoryShape {
  readonly mergeRequests: number;
  /** Of each merge request, its merge commit included. */
  readonly commitsEach: number;
  /** Commits that nobody reviewed, before everything else. */
  readonly bumps?: number;
}

interface Commit {
  readonly id: string;
  readonly parent_ids: readonly string[];
  readonly title: string;
}

const started = Date.UTC(2026, 9, 1);
const timeOf = (minute: number) => new Date(started + minute * 60_000).toISOString();
const author = { username: 'dev' };

/** 40 hex digits that tell which commit it is. */
export const shaOf = (number: number) => number.toString(16).padStart(40, '0');

/**
 * A branch of reviewed merge requests, each with its merge commit, and GitLab's answers about it: commits and merge requests in
 * pages, approvals, activity by GraphQL, diffs. `from` is what was approved last.
 */
export function createHistory({ mergeRequests, commitsEach, bumps = 0 }: HistoryShape) {
  const commits: Commit[] = [];
  let head = shaOf(0);
  const commit = (parents: readonly string[], title: string) => {
    const id = shaOf(commits.length + 1);
    commits.push({ id, parent_ids: parents, title });
    return id;
  };
  for (let one = 1; one <= bumps; one += 1) head = commit([head], `Version 1.0.${one}`);
  const merged = Array.from({ length: mergeRequests }, (_, index) => {
    let branch = head;
    for (let one = 1; one < commitsEach; one += 1) branch = commit([branch], `Step ${one} of ${index + 1}`);
    head = commit([head, branch], `Merge branch 'work-${index + 1}'`);
    return { iid: index + 1, sha: branch, merge_commit_sha: head, at: commits.length };
  });
  const newestFirst = commits.map(toGitlabCommit).reverse();
  const listed = merged.map(toGitlabMergeRequest).reverse();
  return {
    from: shaOf(0),
    to: head,
    commits: commits.length,
    /** @returns undefined for what this stand-in does not know */
    answer({ path, query, body }: GitlabRequest): object | undefined {
      const [, call = ''] = /^\/api\/(?:v4\/projects\/[^/]+\/)?(.+)$/.exec(path) ?? [];
      if (call === 'repository/commits') return pageOf(newestFirst, query);
      if (call === 'merge_requests') return pageOf(listed, query);
      if (call === 'graphql') return toActivity(body);
      if (/^merge_requests\/\d+\/approvals$/.test(call)) return approvals;
      return /^repository\/commits\/\w+\/diff$/.test(call) ? versionDiff : undefined;
    },
  };
}

export type History = ReturnType<typeof createHistory>;

function pageOf(items: readonly object[], query: URLSearchParams): object {
  const size = Number(query.get('per_page'));
  const start = (Number(query.get('page')) - 1) * size;
  return items.slice(start, start + size);
}

function toGitlabCommit(commit: Commit, index: number): object {
  return {
    ...commit,
    message: `${commit.title}\n`,
    author_name: 'Dev',
    author_email: 'dev@example.com',
    committer_name: 'Dev',
    committer_email: 'dev@example.com',
    committed_date: timeOf(index),
    web_url: `https://gitlab.test/shop/web/-/commit/${commit.id}`,
  };
}

function toGitlabMergeRequest(one: {
  iid: number;
  sha: string;
  merge_commit_sha: string;
  at: number;
}): object {
  const { at, ...rest } = one;
  return {
    ...rest,
    title: `WEB-${one.iid} Work`,
    web_url: `https://gitlab.test/shop/web/-/merge_requests/${one.iid}`,
    source_branch: `work-${one.iid}`,
    author,
    merge_user: { username: 'lee' },
    merged_at: timeOf(at + 5),
    squash_commit_sha: null,
  };
}

const approvals = { approved_by: [{ user: { username: 'sue' }, approved_at: '2027-01-01T00:00:00.000Z' }] };

function toActivity(body: unknown): object {
  const { iids } = (body as { variables: { iids: string[] } }).variables;
  const notes = {
    nodes: [
      {
        createdAt: timeOf(0),
        system: true,
        body: 'added 1 commit',
        author: { ...author, bot: false },
        systemNoteMetadata: { action: 'commit' },
      },
    ],
    pageInfo: { hasNextPage: false, endCursor: null },
  };
  return { data: { project: { mergeRequests: { nodes: iids.map((iid) => ({ iid, notes })) } } } };
}

const versionDiff = [
  {
    new_path: 'package.json',
    old_path: 'package.json',
    new_file: false,
    deleted_file: false,
    renamed_file: false,
    diff: '@@ -1,4 +1,4 @@\n {\n   "name": "web",\n-  "version": "1.0.0",\n+  "version": "1.0.1",\n   "private": true\n',
  },
];
