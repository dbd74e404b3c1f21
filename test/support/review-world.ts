import assert from 'node:assert/strict';
import type { ReviewRules } from '../../workflows/change-approval/messages.ts';
import type {
  FileChange,
  MergeRequestFacts,
  People,
  RepositoryCommit,
  ReviewInput,
} from '../../workflows/change-approval/review-facts.ts';
import { reviewCommits } from '../../workflows/change-approval/review-rules.ts';

/** 40 characters that tell the commit's name. */
export const shaOf = (name: string) => name.padEnd(40, '0');

const named: Readonly<Record<string, string>> = {
  dev: 'dev',
  dana: 'dana',
  lee: 'lee',
  sue: 'sue',
  d_ev: 'dev',
};

/** dev, dana, lee and sue are in the configuration; dev has two user names and two addresses. */
const people: People = {
  ofUser: (username) => named[username] ?? `gitlab:${username.toLowerCase()}`,
  ofEmail: (email) => {
    const [, name = ''] = /^([a-z_]+)@example\.com$/.exec(email) ?? [];
    return named[name] ?? `email:${email.toLowerCase()}`;
  },
};

export function commitOf(
  name: string,
  parents: readonly string[],
  changes: Partial<RepositoryCommit> & { readonly by?: string } = {},
): RepositoryCommit {
  const { by = 'dev', ...rest } = changes;
  const email = by.includes('@') ? by : `${by}@example.com`;
  const title = rest.title ?? `Change ${name}`;
  return {
    sha: shaOf(name),
    parents: parents.map(shaOf),
    title,
    message: title,
    authorName: by,
    authorEmail: email,
    committerName: by,
    committerEmail: email,
    committedAt: '2026-11-01T08:00:00Z',
    href: `https://gitlab.test/-/commit/${name}`,
    ...rest,
  };
}

/** Of dev, pushed at 9, approved by dana at 10, merged by lee at 11. */
export function mergeRequestOf(
  iid: number,
  headSha: string,
  changes: Partial<MergeRequestFacts> = {},
): MergeRequestFacts {
  return {
    iid,
    title: `Merge request ${iid}`,
    href: `https://gitlab.test/-/merge_requests/${iid}`,
    sourceBranch: `feature-${iid}`,
    author: 'dev',
    headSha: shaOf(headSha),
    mergeCommitSha: null,
    squashCommitSha: null,
    squashed: false,
    mergedAt: '2026-11-02T11:00:00Z',
    mergedBy: 'lee',
    approvals: [{ user: 'dana', at: '2026-11-02T10:00:00Z' }],
    pushes: [{ user: 'dev', bot: false, at: '2026-11-02T09:00:00Z' }],
    ...changes,
  };
}

export const strict: ReviewRules = { mode: 'strict', bots: ['release-bot'], versionFiles: ['package.json'] };

export function reviewOf(
  commits: readonly RepositoryCommit[],
  mergeRequests: readonly MergeRequestFacts[] = [],
  changes: Partial<ReviewInput> = {},
): ReviewInput {
  return {
    from: shaOf('base'),
    to: commits.at(-1)?.sha ?? shaOf('base'),
    linear: true,
    commits,
    mergeRequests,
    rules: strict,
    people,
    botUsers: new Set(['renovate']),
    diffs: new Map(),
    hrefOf: (sha) => `https://gitlab.test/-/commit/${sha}`,
    compareHref: 'https://gitlab.test/-/compare',
    ...changes,
  };
}

export function fileOf(path: string, diff: string, changes: Partial<FileChange> = {}): FileChange {
  return {
    path,
    oldPath: path,
    newFile: false,
    deletedFile: false,
    renamed: false,
    diff,
    tooLarge: false,
    ...changes,
  };
}

/** A hunk of the lines given with their signs. */
export function hunkOf(start: number, ...lines: readonly string[]): string {
  const count = (sign: string) =>
    lines.filter((line) => line.startsWith(' ') || line.startsWith(sign)).length;
  return [`@@ -${start},${count('-')} +${start},${count('+')} @@`, ...lines, ''].join('\n');
}

export const packageBump = fileOf(
  'package.json',
  hunkOf(
    1,
    ' {',
    '   "name": "web",',
    '-  "version": "1.4.2",',
    '+  "version": "1.4.3",',
    '   "private": true,',
  ),
);

export const at = (time: string) => `2026-11-02T${time}:00Z`;

/** main: base — M, and f1 — f2 merged by it. */
export const merged = (
  changes: Partial<MergeRequestFacts> = {},
  f2: Partial<RepositoryCommit> & { by?: string } = {},
) =>
  reviewOf(
    [commitOf('f1', ['base']), commitOf('f2', ['f1'], f2), commitOf('m', ['base', 'f2'], { by: 'lee' })],
    [mergeRequestOf(1, 'f2', { mergeCommitSha: shaOf('m'), ...changes })],
  );

/** `<commit> <rule>` of each finding; no commit is lost. */
export const rulesOf = (input: ReviewInput) => {
  const review = reviewCommits(input);
  assert.equal(
    review.reviewed + review.exempt + review.findings.length + review.moreFindings,
    review.commits,
  );
  return review.findings.map(({ sha, rule }) => `${sha.replace(/0+$/, '')} ${rule}`);
};
