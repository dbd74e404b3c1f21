import { createHash } from 'node:crypto';

/** Who wrote or committed: git knows names and addresses, never accounts. */
export interface Signature {
  readonly name: string;
  readonly email: string;
}

/** A whole file before and after; a missing `after` deletes it, a missing `before` is what the parent has. */
export interface FileChange {
  readonly path: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

export interface Commit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly title: string;
  readonly message: string;
  readonly author: Signature;
  readonly committer: Signature;
  readonly authoredDate: Date;
  readonly committedDate: Date;
  /** Every file of the commit by its path. */
  readonly tree: Map<string, string>;
}

export interface CommitInput {
  /** Made from the content when absent. */
  readonly sha?: string | undefined;
  readonly parents: readonly string[];
  readonly title: string;
  /** The whole message; default: the title alone. */
  readonly message?: string | undefined;
  readonly author: Signature;
  readonly committer?: Signature | undefined;
  readonly authoredDate: Date;
  readonly committedDate?: Date | undefined;
  readonly files?: readonly FileChange[] | undefined;
}

/** @param base the files of the first parent, merged where there are two */
export function makeCommit(input: CommitInput, base: ReadonlyMap<string, string>): Commit {
  const { parents, title, author, authoredDate, files = [] } = input;
  const { committer = author, committedDate = authoredDate } = input;
  const message = input.message ?? `${title}\n`;
  const tree = new Map(base);
  for (const { path, after } of files) {
    if (after === undefined) tree.delete(path);
    else tree.set(path, after);
  }
  const content = JSON.stringify([parents, message, author, committer, authoredDate, committedDate, files]);
  const sha = input.sha ?? createHash('sha1').update(content).digest('hex');
  return { sha, parents, title, message, author, committer, authoredDate, committedDate, tree };
}
