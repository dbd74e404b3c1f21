import type { GitlabUser } from './accounts.ts';

export interface Approval {
  readonly user: GitlabUser;
  readonly at: Date;
  /** Head of the source branch then; GitLab's REST never shows it. */
  readonly sha: string;
}

/** A system note; `action` is GitLab's `systemNoteMetadata.action`. */
export interface ActivityNote {
  readonly id: number;
  readonly at: Date;
  readonly user: GitlabUser;
  readonly action: string;
  readonly text: string;
}

export interface MergeRequest {
  readonly id: number;
  readonly iid: number;
  readonly title: string;
  readonly description: string;
  readonly sourceBranch: string;
  readonly targetBranch: string;
  readonly author: GitlabUser;
  readonly createdAt: Date;
  updatedAt: Date;
  state: 'opened' | 'merged' | 'closed';
  /** Where the source branch left the target. */
  readonly baseSha: string;
  /** Of the source branch, oldest first. */
  commits: readonly string[];
  headSha: string;
  mergeCommitSha: string | null;
  squashCommitSha: string | null;
  mergedAt: Date | null;
  mergedBy: GitlabUser | null;
  approvals: Approval[];
  readonly notes: ActivityNote[];
}

export interface MergeRequestStore {
  readonly all: readonly MergeRequest[];
  /** The iid is the next one when absent. @throws the iid is taken */
  add(
    input: Omit<MergeRequest, 'id' | 'iid' | 'notes'> & { readonly iid?: number | undefined },
  ): MergeRequest;
  note(mergeRequest: MergeRequest, note: Omit<ActivityNote, 'id'>): void;
  find(iid: number): MergeRequest | undefined;
  /** Those that brought the commit: as one of theirs, as merge commit or as squash commit; newest first. */
  ofCommit(sha: string): MergeRequest[];
}

/** GitLab numbers merge requests and notes over all projects. */
const idsPerProject = 1000;

export function createMergeRequestStore(projectId: number): MergeRequestStore {
  const all: MergeRequest[] = [];
  let lastNote = projectId * idsPerProject;

  function add(input: Parameters<MergeRequestStore['add']>[0]): MergeRequest {
    const iid = input.iid ?? Math.max(0, ...all.map((one) => one.iid)) + 1;
    if (find(iid)) throw new Error(`iid ${iid}: there is such a merge request already`);
    const mergeRequest: MergeRequest = { ...input, id: projectId * idsPerProject + iid, iid, notes: [] };
    all.push(mergeRequest);
    return mergeRequest;
  }

  const find = (iid: number) => all.find((one) => one.iid === iid);
  return {
    all,
    add,
    note: (mergeRequest, note) => void mergeRequest.notes.push({ id: (lastNote += 1), ...note }),
    find,
    ofCommit: (sha) =>
      all
        .filter(
          (one) => one.commits.includes(sha) || one.mergeCommitSha === sha || one.squashCommitSha === sha,
        )
        .reverse(),
  };
}

/** As GitLab words it when commits are pushed to a merge request that exists already. */
export function pushedText(commits: readonly { readonly sha: string; readonly title: string }[]): string {
  const items = commits.map(({ sha, title }) => `<li>${sha.slice(0, 8)} - ${title}</li>`);
  const count = commits.length === 1 ? '1 commit' : `${commits.length} commits`;
  return `added ${count}\n\n<ul>${items.join('')}</ul>`;
}
