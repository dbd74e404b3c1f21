import { type Origin, findOrigins } from './commit-origin.ts';
import { type Crowd, createCrowd, pushersOf, writersOf } from './commit-people.ts';
import type { CodeReview, CommitFinding } from './facts.ts';
import { type Objection, judgeMergeRequest } from './merge-request-verdict.ts';
import { oneLine } from './one-line.ts';
import type { RepositoryCommit, ReviewInput } from './review-facts.ts';
import { isVersionBump } from './version-bump.ts';

const most = { findings: 20, mergeRequests: 30, issues: 30, authors: 200, diffs: 10 } as const;

/** What became of a commit: reviewed, a version bump, or why neither. */
type Fate = 'reviewed' | 'exempt' | Objection;

interface Judgement {
  readonly origins: readonly Origin[];
  readonly fates: ReadonlyMap<string, Fate>;
  readonly crowd: Crowd;
}

/**
 * Judges every commit since the last approved change: reviewed by somebody who neither wrote, pushed nor opened it (C-16), by the
 * approvals of the merge request that brought it, as its head stood on the merge. Pure: `neededDiffs` says what to read before.
 */
export function reviewCommits(input: ReviewInput): CodeReview {
  const { commits, compareHref, from, to, linear } = input;
  const judgement = exemptBumps(judgeCommits(input), input);
  const fates = commits.map(({ sha }) => judgement.fates.get(sha));
  const findings = commits.flatMap((commit) => toFinding(commit, judgement, input) ?? []);
  return {
    from,
    to,
    commits: commits.length,
    reviewed: fates.filter((fate) => fate === 'reviewed').length,
    exempt: fates.filter((fate) => fate === 'exempt').length,
    findings: findings.slice(0, most.findings),
    moreFindings: Math.max(0, findings.length - most.findings),
    mergeRequests: mergeRequestsOf(judgement),
    issues: issuesOf(judgement, commits),
    authors: authorsOf(judgement, input),
    linear,
    href: compareHref,
  };
}

/** Commits whose diffs could make them version bumps: those that nobody reviewed, the likeliest first. At most ten. */
export function neededDiffs(input: ReviewInput): readonly string[] {
  if (input.rules.versionFiles.length === 0) return [];
  const { fates } = judgeCommits(input);
  const open = input.commits.filter(
    ({ sha, parents }) => parents.length === 1 && isObjection(fates.get(sha)),
  );
  // the title decides what is read, never what is exempt
  const likely = open.filter(({ title }) => /version|bump|release|[0-9]+\.[0-9]+/i.test(title));
  return [...new Set([...likely, ...open])].slice(0, most.diffs).map(({ sha }) => sha);
}

function judgeCommits(input: ReviewInput): Judgement {
  const { commits, mergeRequests, rules, people, botUsers } = input;
  const crowd = createCrowd(people, rules, botUsers);
  const origins = findOrigins(commits, mergeRequests);
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]));
  const fates = new Map<string, Fate>();
  for (const origin of origins) {
    const own = [...origin.brought].filter((sha) => fates.get(sha) !== 'reviewed');
    const writers = peopleOf(
      origin,
      own.flatMap((sha) => bySha.get(sha) ?? []),
      crowd,
    );
    const objection = judgeMergeRequest(origin, writers, rules, crowd);
    for (const sha of own) if (isOpen(fates.get(sha), objection)) fates.set(sha, objection ?? 'reviewed');
    if (origin.mergeCommit !== null) fates.set(origin.mergeCommit, fateOfMerge(origin, objection, fates));
  }
  for (const commit of commits)
    if (!fates.has(commit.sha)) fates.set(commit.sha, withoutMergeRequest(commit, crowd));
  return { origins, fates, crowd };
}

/** The first objection stays unless another merge request brought the commit reviewed; a squash stays one (C-20). */
function isOpen(fate: Fate | undefined, objection: Objection | null): boolean {
  return fate === undefined || (objection === null && isObjection(fate) && fate.rule !== 'squash');
}

function peopleOf(origin: Origin, own: readonly RepositoryCommit[], crowd: Crowd): ReadonlySet<string> {
  const { mergeRequest, how } = origin;
  return new Set([
    crowd.people.ofUser(mergeRequest.author),
    ...pushersOf(mergeRequest, crowd),
    ...own.flatMap((commit) => writersOf(commit, how === 'squash', crowd)),
  ]);
}

/** GitLab's own merge commit brings nothing but what it merges; one that a person made and pushed may bring anything. */
function fateOfMerge(origin: Origin, objection: Objection | null, fates: ReadonlyMap<string, Fate>): Fate {
  if (origin.how === 'foreign') return objection ?? 'reviewed';
  if (origin.mergeRequest.mergedByPush === true)
    return { rule: 'merge', text: 'merged by hand and pushed: it may hold changes of its own' };
  const brought = [...origin.brought].map((sha) => fates.get(sha));
  if (!objection || brought.length === 0) return objection ?? 'reviewed';
  if (brought.some(isObjection)) return objection;
  return brought.includes('exempt') ? 'exempt' : 'reviewed';
}

function withoutMergeRequest(commit: RepositoryCommit, crowd: Crowd): Objection {
  if (commit.parents.length > 1) return { rule: 'merge', text: 'a merge that no merge request covers' };
  const machine = writersOf(commit, false, crowd).find((name) => crowd.isMachine(name));
  return machine === undefined
    ? { rule: 'direct-push', text: 'no merge request brought it' }
    : { rule: 'bot', text: `made by a machine (${machine}), and no merge request brought it` };
}

/** Version bumps need no review (C-17), nor does the merge of nothing else. */
function exemptBumps(judgement: Judgement, { diffs, rules }: ReviewInput): Judgement {
  const fates = new Map(judgement.fates);
  for (const [sha, fate] of judgement.fates) {
    const changes = diffs.get(sha);
    if (isObjection(fate) && changes && isVersionBump(changes, rules.versionFiles)) fates.set(sha, 'exempt');
  }
  for (const origin of judgement.origins) {
    const fate = origin.mergeCommit === null ? undefined : fates.get(origin.mergeCommit);
    if (origin.mergeCommit !== null && isObjection(fate))
      fates.set(origin.mergeCommit, fateOfMerge(origin, fate, fates));
  }
  return { ...judgement, fates };
}

const isObjection = (fate: Fate | undefined): fate is Objection => typeof fate === 'object';

function toFinding(
  { sha, title }: RepositoryCommit,
  { fates, origins }: Judgement,
  { hrefOf }: ReviewInput,
): CommitFinding | undefined {
  const fate = fates.get(sha);
  if (!isObjection(fate)) return undefined;
  const origin = origins.find(({ brought, mergeCommit }) => brought.has(sha) || mergeCommit === sha);
  const through = origin ? ` (!${origin.mergeRequest.iid})` : '';
  const text = `${sha.slice(0, 8)} “${oneLine(title, 80)}”${through}: ${oneLine(fate.text, 200)}`;
  return { sha, rule: fate.rule, text, href: hrefOf(sha) };
}

function mergeRequestsOf({ origins }: Judgement): CodeReview['mergeRequests'] {
  return origins
    .map(({ mergeRequest }) => mergeRequest)
    .sort((a, b) => a.iid - b.iid)
    .slice(0, most.mergeRequests)
    .map(({ iid, title, href }) => ({ iid, title: oneLine(title, 120), href }));
}

/** `SHA-256` and its like look the same as the key of an issue. */
const noIssue = /^(?:UTF|SHA|ISO|RFC|CVE|CWE|AES|RSA|MD|TLS|SSL|HTTP|BASE|GHSA|PEP|ES)-/;

function issuesOf({ origins }: Judgement, commits: readonly RepositoryCommit[]): readonly string[] {
  const texts = [
    ...origins.flatMap(({ mergeRequest }) => [mergeRequest.sourceBranch, mergeRequest.title]),
    ...commits.map(({ title }) => title),
  ];
  const keys = texts.flatMap(
    (text) => text.match(/(?<![A-Za-z0-9])[A-Z][A-Z0-9_]{1,19}-[1-9][0-9]{0,8}(?![0-9A-Za-z])/g) ?? [],
  );
  return [...new Set(keys)].filter((key) => !noIssue.test(key)).slice(0, most.issues);
}

function authorsOf({ origins, crowd }: Judgement, { commits }: ReviewInput): readonly string[] {
  const merges = new Set(
    origins.flatMap(({ mergeCommit, mergeRequest }) =>
      mergeRequest.mergedByPush ? [] : (mergeCommit ?? []),
    ),
  );
  const squashes = new Set(origins.flatMap(({ how, brought }) => (how === 'squash' ? [...brought] : [])));
  const writers = commits
    .filter(({ sha }) => !merges.has(sha))
    .flatMap((commit) => writersOf(commit, squashes.has(commit.sha), crowd));
  const pushers = origins.flatMap(({ mergeRequest }) => pushersOf(mergeRequest, crowd));
  return [...new Set([...writers, ...pushers])].slice(0, most.authors);
}
