import { z } from 'zod';
import type { CommitInput } from './commit.ts';
import { mergeBase } from './commit-walk.ts';
import { pushedText, type Approval, type MergeRequest } from './merge-request.ts';
import type { ProjectState } from './project-state.ts';

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
export const SignatureInput = z.strictObject({ name: z.string(), email: z.string() });
export const FileInput = z.strictObject({
  path: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
});
export const shaInput = z.string().regex(/^[0-9a-f]{40}$/);

const CommitSeed = z.strictObject({
  sha: shaInput.optional(),
  /** Default: the branch's head, else the default branch's. */
  parents: z.array(z.string()).optional(),
  title: z.string(),
  message: z.string().optional(),
  author: SignatureInput,
  committer: SignatureInput.optional(),
  authoredDate: moment,
  committedDate: moment.optional(),
  files: z.array(FileInput).optional(),
  branch: z.string().optional(),
});

const activityKinds = [
  'commit',
  'approved',
  'unapproved',
  'approvals_reset',
  'merged',
  'opened',
  'title',
] as const;
const MergeRequestSeed = z.strictObject({
  iid: z.number().int().positive().optional(),
  title: z.string(),
  description: z.string().default(''),
  sourceBranch: z.string(),
  targetBranch: z.string().optional(),
  author: z.string(),
  createdAt: moment.optional(),
  /** Oldest first. */
  commits: z.array(z.string()).min(1),
  headSha: z.string().optional(),
  mergeCommitSha: shaInput.optional(),
  squashCommitSha: shaInput.optional(),
  mergedAt: moment.optional(),
  mergedBy: z.string().optional(),
  approvals: z
    .array(z.strictObject({ user: z.string(), at: moment, sha: z.string().optional() }))
    .default([]),
  /** Default: made from the approvals and the merge. */
  activity: z
    .array(
      z.strictObject({
        at: moment,
        user: z.string(),
        kind: z.enum(activityKinds),
        text: z.string().optional(),
        shas: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});
type MergeRequestSeed = z.infer<typeof MergeRequestSeed>;

const StatusCheckSeed = z.strictObject({
  name: z.string(),
  externalUrl: z.url(),
  sharedSecret: z.string().optional(),
});

/** `POST /_sandbox/seed` for one project; nothing of it is published and no pipeline starts. */
export const Seed = z.strictObject({
  project: z.union([z.string(), z.number()]).optional(),
  hooks: z.array(z.looseObject({ url: z.string() })).default([]),
  commits: z.array(CommitSeed).default([]),
  mergeRequests: z.array(MergeRequestSeed).default([]),
  statusChecks: z.array(StatusCheckSeed).default([]),
  resetApprovalsOnPush: z.boolean().optional(),
});
export type Seed = z.infer<typeof Seed>;

/** @returns what was made: SHAs and iids in the order given */
export function plant(state: ProjectState, seed: Omit<Seed, 'hooks' | 'project'>) {
  const commits = seed.commits.map((commit) => plantCommit(state, commit));
  const mergeRequests = seed.mergeRequests.map((one) => plantMergeRequest(state, one).iid);
  const statusChecks = seed.statusChecks.map((check) => state.statusChecks.add(check).id);
  if (seed.resetApprovalsOnPush !== undefined) state.resetApprovalsOnPush = seed.resetApprovalsOnPush;
  return { commits, mergeRequests, statusChecks };
}

function plantCommit({ repository, project }: ProjectState, seed: z.output<typeof CommitSeed>): string {
  const { branch, parents: given, ...rest } = seed;
  const at = branch !== undefined && repository.branches.has(branch) ? branch : project.defaultBranch;
  const parents = given ?? [repository.head(at).sha];
  const input: CommitInput = { ...rest, parents: parents.map((name) => repository.find(name)?.sha ?? name) };
  return repository.add(input, branch).sha;
}

function plantMergeRequest(state: ProjectState, seed: MergeRequestSeed): MergeRequest {
  const { accounts, repository, project, mergeRequests } = state;
  const found = seed.commits.map((name) => repository.find(name) ?? unknownCommit(name));
  const head = repository.find(seed.headSha ?? found.at(-1)?.sha ?? '') ?? unknownCommit(seed.headSha ?? '');
  const { title, description, sourceBranch, targetBranch = project.defaultBranch, mergedAt = null } = seed;
  const createdAt = seed.createdAt ?? found[0]?.authoredDate ?? state.now();
  const approvals = seed.approvals.map(({ user, at, sha = head.sha }) => ({
    user: accounts.named(user),
    at,
    sha,
  }));
  const mergeRequest = mergeRequests.add({
    ...{ iid: seed.iid, title, description, sourceBranch, targetBranch, author: accounts.named(seed.author) },
    ...{ createdAt, updatedAt: mergedAt ?? lastApproval(approvals) ?? createdAt },
    ...{ state: mergedAt ? 'merged' : 'opened', headSha: head.sha, commits: found.map(({ sha }) => sha) },
    baseSha: baseOf(state, found[0]?.sha ?? head.sha, targetBranch),
    mergeCommitSha: seed.mergeCommitSha ?? null,
    squashCommitSha: seed.squashCommitSha ?? null,
    ...{ mergedAt, mergedBy: mergedAt ? accounts.named(seed.mergedBy ?? seed.author) : null, approvals },
  });
  for (const note of notesOf(state, mergeRequest, seed)) mergeRequests.note(mergeRequest, note);
  return mergeRequest;
}

function baseOf({ repository }: ProjectState, first: string, targetBranch: string): string {
  const [commit, target] = [repository.find(first), repository.head(targetBranch)];
  const parent = commit && repository.parentsOf(commit)[0];
  return parent?.sha ?? (commit && mergeBase(repository, target, commit)?.sha) ?? first;
}

function notesOf(
  { accounts, repository }: ProjectState,
  mergeRequest: MergeRequest,
  { activity }: MergeRequestSeed,
) {
  if (!activity) return derivedNotes(mergeRequest);
  return activity.map(({ at, user, kind, text, shas = [] }) => {
    const commits = shas.map((sha) => repository.find(sha) ?? unknownCommit(sha));
    const worded = kind === 'commit' ? pushedText(commits) : (wording[kind] ?? kind);
    return { at, user: accounts.named(user), action: kind, text: text ?? worded };
  });
}

/** The commits that a merge request starts with are in no note, as in GitLab. */
function derivedNotes({ approvals, mergedAt, mergedBy }: MergeRequest) {
  const approved = approvals.map(({ user, at }) => ({
    at,
    user,
    action: 'approved',
    text: wording.approved,
  }));
  const merged =
    mergedAt && mergedBy ? [{ at: mergedAt, user: mergedBy, action: 'merged', text: 'merged' }] : [];
  return [...approved, ...merged];
}

const wording: Readonly<Record<string, string>> & { readonly approved: string } = {
  approved: 'approved this merge request',
  unapproved: 'unapproved this merge request',
  approvals_reset: 'reset approvals by pushing to the branch',
};

const lastApproval = (approvals: readonly Approval[]) =>
  approvals.map(({ at }) => at).sort((a, b) => +b - +a)[0];

function unknownCommit(name: string): never {
  throw new Error(`${name}: there is no such commit`);
}
