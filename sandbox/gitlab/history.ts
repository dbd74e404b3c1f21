import { z } from 'zod';
import type { ProjectState } from './project-state.ts';
import { Seed, plant } from './seed.ts';

export const HistoryInput = z.strictObject({
  project: z.union([z.string(), z.number()]).optional(),
  /** On the default branch afterwards, merge commits included. */
  commits: z.number().int().min(1).max(20_000),
  /** At most half as many as commits; 0: everything is pushed directly. */
  mergeRequests: z.number().int().min(0).default(0),
});

const minuteMs = 60_000;
const authors = ['dana', 'dev'] as const;
const reviewers = ['lee', 'sue', 'sid'] as const;

export interface History {
  /** Head before and after. */
  readonly from: string;
  readonly to: string;
  readonly mergeRequests: readonly number[];
}

/**
 * A long history without anything to object to: merge requests of devops, approved after their last commit, merged by lee; ten
 * minutes between commits, the last one now. No pipelines, no events.
 */
export function makeHistory(state: ProjectState, input: z.infer<typeof HistoryInput>): History {
  const { commits, mergeRequests: count } = input;
  if (count * 2 > commits)
    throw new Error('mergeRequests: at most half as many as commits, each has a merge commit');
  const { repository, project } = state;
  const from = repository.head(project.defaultBranch).sha;
  const firstMinute = state.now().getTime() - commits * 10 * minuteMs;
  const mergeRequests: number[] = [];
  let made = 0;
  const clock = () => new Date(firstMinute + (made += 1) * 10 * minuteMs);

  if (count === 0) for (let n = 0; n < commits; n += 1) plainCommit(state, project.defaultBranch, clock(), n);
  for (let n = 0; n < count; n += 1) {
    const share = Math.floor(((n + 1) * commits) / count) - Math.floor((n * commits) / count);
    mergeRequests.push(mergedBranch(state, { n, ownCommits: share - 1, clock }));
  }
  return { from, to: repository.head(project.defaultBranch).sha, mergeRequests };
}

function mergedBranch(
  state: ProjectState,
  turn: { n: number; ownCommits: number; clock: () => Date },
): number {
  const { repository, project } = state;
  const branch = `feature/SHOP-${turn.n + 1}`;
  const shas = Array.from({ length: turn.ownCommits }, (_, index) =>
    plainCommit(state, branch, turn.clock(), turn.n * 100 + index, turn.n),
  );
  const mergedAt = turn.clock();
  const title = `SHOP-${turn.n + 1} improve part ${turn.n % 40}`;
  const parents = [repository.head(project.defaultBranch).sha, shas.at(-1) ?? ''];
  const iid = Math.max(0, ...state.mergeRequests.all.map((one) => one.iid)) + 1;
  const subject = `Merge branch '${branch}' into '${project.defaultBranch}'`;
  const message = `${subject}\n\n${title}\n\nSee merge request ${project.path}!${iid}\n`;
  const merge = {
    title: subject,
    message,
    author: signatureOf(state, 'lee'),
    authoredDate: mergedAt.toISOString(),
  };
  const { commits } = plantRaw(state, { commits: [{ ...merge, parents, branch: project.defaultBranch }] });
  const approval = {
    user: pick(reviewers, turn.n),
    at: new Date(mergedAt.getTime() - minuteMs).toISOString(),
  };
  const mergeRequest = {
    ...{
      iid,
      title,
      sourceBranch: branch,
      author: pick(authors, turn.n),
      commits: shas,
      approvals: [approval],
    },
    ...{ mergeCommitSha: commits[0], mergedAt: mergedAt.toISOString(), mergedBy: 'lee' },
  };
  return plantRaw(state, { mergeRequests: [mergeRequest] }).mergeRequests[0] ?? iid;
}

function plainCommit(state: ProjectState, branch: string, at: Date, n: number, who = n): string {
  const file = { path: `src/part-${n % 40}.ts`, after: `export const part = ${n};\n` };
  const commit = { title: `Improve part ${n % 40}`, author: signatureOf(state, pick(authors, who)), branch };
  const dated = {
    ...commit,
    authoredDate: at.toISOString(),
    message: `Improve part ${n % 40}\n\nStep ${n}\n`,
  };
  return plantRaw(state, { commits: [{ ...dated, files: [file] }] }).commits[0] ?? '';
}

const plantRaw = (state: ProjectState, seed: z.input<typeof Seed>) => plant(state, Seed.parse(seed));

function signatureOf({ accounts }: ProjectState, username: string) {
  const { name, email } = accounts.named(username);
  return { name, email };
}

function pick<T>(choices: readonly [T, ...T[]], n: number): T {
  return choices[n % choices.length] ?? choices[0];
}
