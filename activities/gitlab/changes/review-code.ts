import type { CodeReview } from '../../../workflows/change-approval/facts.ts';
import type { ReviewRules } from '../../../workflows/change-approval/messages.ts';
import type {
  FileChange,
  MergeRequestFacts,
  People,
  RepositoryCommit,
  ReviewInput,
} from '../../../workflows/change-approval/review-facts.ts';
import { neededDiffs, reviewCommits } from '../../../workflows/change-approval/review-rules.ts';
import { isLinear, maxCommits, readCommits, readDiff, requireCommit, type Range } from './commits.ts';
import type { GitlabConnection } from './connection.ts';
import { runInParallel } from './in-parallel.ts';
import { readApprovals, readMergeRequests, type MergeRequestRow } from './merge-requests.ts';
import { baseBatch, pushBatch, readBases, readPushes } from './pushes.ts';
import { openCursor, type Progress, type ReviewCursor } from './review-cursor.ts';

/** Calls at a time: more would only wait for the rate. */
const width = 4;
const maxDiffs = 10;
const maxAuthors = 200;

/**
 * Reads what the rules judge. For 1,000 commits of 100 merge requests: 11 pages of commits, two of merge requests, five questions
 * for pushes, at most 10 diffs, and one call a merge request for its approvals. Only reads: a repeat goes on where the cursor stands.
 */
export async function reviewCode(
  gitlab: GitlabConnection,
  people: People,
  input: Range & { readonly rules: ReviewRules },
  progress: Progress,
): Promise<CodeReview> {
  const cursor = openCursor(input, progress, Date.now());
  try {
    return await judge(gitlab, people, input, cursor);
  } catch (error) {
    cursor.flush();
    throw error;
  }
}

async function judge(
  gitlab: GitlabConnection,
  people: People,
  input: Range & { readonly rules: ReviewRules },
  cursor: ReviewCursor,
): Promise<CodeReview> {
  const { project, from, to, rules } = input;
  const commits = await readCommits(gitlab, input, () => cursor.save());
  const compareHref = gitlab.pageOf(project, from === null ? `commits/${to}` : `compare/${from}...${to}`);
  if (commits.length > maxCommits) return tooMany(input, commits, people, compareHref);
  if (commits.length === 0 && from !== to) await requireCommit(gitlab, project, to);
  const mergeRequests = await gatherMergeRequests(gitlab, input, commits, cursor);
  const facts: ReviewInput = {
    from,
    to,
    linear: isLinear(input, commits),
    commits,
    mergeRequests,
    rules,
    people,
    botUsers: findBots(mergeRequests),
    diffs: new Map(),
    hrefOf: (sha) => gitlab.pageOf(project, `commit/${sha}`),
    compareHref,
  };
  const diffs = new Map<string, readonly FileChange[]>();
  for (const sha of neededDiffs(facts).slice(0, maxDiffs)) {
    diffs.set(sha, await readDiff(gitlab, project, sha));
    cursor.save();
  }
  return reviewCommits({ ...facts, diffs });
}

async function gatherMergeRequests(
  gitlab: GitlabConnection,
  range: Range,
  commits: readonly RepositoryCommit[],
  cursor: ReviewCursor,
): Promise<readonly MergeRequestFacts[]> {
  const { project } = range;
  const rows = await readMergeRequests(gitlab, range, commits);
  cursor.save();
  const unknown = rows.map(({ iid }) => iid).filter((iid) => !cursor.pushes.has(iid));
  await runInParallel(inBatches(unknown, pushBatch), width, async (iids) => {
    for (const [iid, pushes] of await readPushes(gitlab, project, iids)) cursor.pushes.set(iid, pushes);
    cursor.save();
  });
  const unread = rows.map(({ iid }) => iid).filter((iid) => !cursor.approvals.has(iid));
  await runInParallel(unread, width, async (iid) => {
    cursor.approvals.set(iid, await readApprovals(gitlab, project, iid));
    cursor.save();
  });
  const bases = await gatherBases(gitlab, project, rows);
  return rows.map((row) => toFacts(row, cursor, bases));
}

/** Only a fast-forward merge leaves no commit that tells where it began. */
async function gatherBases(
  gitlab: GitlabConnection,
  project: string,
  rows: readonly MergeRequestRow[],
): Promise<ReadonlyMap<number, string>> {
  const bases = new Map<number, string>();
  const forwarded = rows.filter(({ mergeCommitSha, headSha, squashed }) => {
    return !squashed && (mergeCommitSha === null || mergeCommitSha === headSha);
  });
  const iids = forwarded.map(({ iid }) => iid);
  for (const batch of inBatches(iids, baseBatch))
    for (const [iid, base] of await readBases(gitlab, project, batch)) bases.set(iid, base);
  return bases;
}

function toFacts(
  row: MergeRequestRow,
  { approvals, pushes }: ReviewCursor,
  bases: ReadonlyMap<number, string>,
): MergeRequestFacts {
  const { iid } = row;
  return {
    ...row,
    approvals: approvals.get(iid) ?? [],
    pushes: pushes.get(iid) ?? null,
    baseSha: bases.get(iid) ?? null,
  };
}

function inBatches(items: readonly number[], size: number): readonly (readonly number[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** Whom GitLab itself calls a bot; names of project tokens are known by their form, to the rules. */
function findBots(mergeRequests: readonly MergeRequestFacts[]): ReadonlySet<string> {
  const pushes = mergeRequests.flatMap((one) => one.pushes ?? []);
  return new Set(pushes.filter(({ bot }) => bot).map(({ user }) => user.toLowerCase()));
}

/** Not judged at all, and so never passed: as if the branch had been rewritten. */
function tooMany(
  { from, to }: Range,
  commits: readonly RepositoryCommit[],
  people: People,
  href: string,
): CodeReview {
  const addresses = commits.flatMap(({ authorEmail, committerEmail }) => [authorEmail, committerEmail]);
  const text = `more than ${maxCommits} commits since the last approved change: too many to be judged one by one`;
  return {
    from,
    to,
    commits: commits.length,
    reviewed: 0,
    exempt: 0,
    findings: [{ sha: to, rule: 'unknown', text, href }],
    moreFindings: 0,
    mergeRequests: [],
    issues: [],
    authors: [...new Set(addresses)].map((address) => people.ofEmail(address)).slice(0, maxAuthors),
    linear: false,
    href,
  };
}
