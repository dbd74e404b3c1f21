import type { ReviewRules } from './messages.ts';

/** A commit as the forge stores it. Names, addresses and texts are what whoever pushed it typed: data, never proof. */
export interface RepositoryCommit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly title: string;
  readonly message: string;
  readonly authorName: string;
  readonly authorEmail: string;
  readonly committerName: string;
  readonly committerEmail: string;
  /** ISO 8601. */
  readonly committedAt: string;
  readonly href: string;
}

export interface MergeRequestFacts {
  readonly iid: number;
  readonly title: string;
  readonly href: string;
  readonly sourceBranch: string;
  readonly author: string;
  /** Head of the source branch when merged. */
  readonly headSha: string;
  readonly mergeCommitSha: string | null;
  /**
   * GitLab's `diff_refs.base_sha`: where the reviewed diff begins. Without it a fast-forward merge is taken to begin at the merge
   * request before it, which also covers what was pushed to the target branch in between.
   */
  readonly baseSha?: string | null;
  /**
   * True: somebody pushed the merge himself and GitLab only noticed (the state event `merged` has a `source_commit`): its merge
   * commit may hold anything, so it is nobody's reviewed work.
   */
  readonly mergedByPush?: boolean;
  readonly squashCommitSha: string | null;
  readonly squashed: boolean;
  readonly mergedAt: string;
  readonly mergedBy: string | null;
  /** Standing approvals. */
  readonly approvals: readonly { readonly user: string; readonly at: string | null }[];
  /** Pushes to the source branch by GitLab's own activity notes, oldest first; null: unknown. */
  readonly pushes: readonly { readonly user: string; readonly bot: boolean; readonly at: string }[] | null;
}

export interface FileChange {
  readonly path: string;
  readonly oldPath: string;
  readonly newFile: boolean;
  readonly deletedFile: boolean;
  readonly renamed: boolean;
  /** Unified diff hunks. */
  readonly diff: string;
  readonly tooLarge: boolean;
}

export interface People {
  /** User name → principal name in the configuration, else `gitlab:<user name in lower case>`. */
  readonly ofUser: (username: string) => string;
  /** Address → principal name in the configuration, else `email:<address in lower case>`. */
  readonly ofEmail: (email: string) => string;
}

/** Everything that `review-rules.ts` judges. */
export interface ReviewInput {
  readonly from: string | null;
  readonly to: string;
  readonly linear: boolean;
  readonly commits: readonly RepositoryCommit[];
  readonly mergeRequests: readonly MergeRequestFacts[];
  readonly rules: ReviewRules;
  readonly people: People;
  readonly botUsers: ReadonlySet<string>;
  /** Of single commits, as `neededDiffs` asks for them. */
  readonly diffs: ReadonlyMap<string, readonly FileChange[]>;
  readonly hrefOf: (sha: string) => string;
  readonly compareHref: string;
}
