import { notFound } from './answers.ts';
import type { Issue, Project } from './model.ts';

/** An issue as the search index knew it at a moment. */
interface Indexed {
  readonly at: Date;
  readonly issue: Issue;
}

export interface IssueStore {
  all(): Issue[];
  find(idOrKey: string): Issue | undefined;
  /** As find, with Jira's 404. */
  get(idOrKey: string): Issue;
  add(issue: Issue): void;
  remove(issue: Issue): void;
  /** A move: the key changes, the id stays, the old key leads to the issue for ever. */
  moveTo(issue: Issue, project: Project): void;
  nextKey(project: Project): string;
  /** Every change ends here: stamps `updated` and hands the state to the index. */
  save(issue: Issue, at: Date): void;
  /** What search sees: the newest state that was saved at or before the moment. Deleted issues are gone at once. */
  indexedAt(moment: Date): Issue[];
  clear(): void;
}

/** Older states are kept so that the index can be made late after the fact; a product never looks further back. */
const keptStates = 20;

export function createIssueStore(): IssueStore {
  const issues = new Map<string, Issue>();
  const idsByKey = new Map<string, string>();
  const indexed = new Map<string, Indexed[]>();
  // Numbers go on after a reset: real keys and ids are never used twice.
  const lastNumber = new Map<string, number>();

  // Keys in any case, old keys of moved issues included.
  function find(idOrKey: string): Issue | undefined {
    return issues.get(idOrKey) ?? issues.get(idsByKey.get(idOrKey.toUpperCase()) ?? '');
  }

  function nextKey(project: Project): string {
    const number = (lastNumber.get(project.key) ?? 0) + 1;
    lastNumber.set(project.key, number);
    return `${project.key}-${number}`;
  }

  function add(issue: Issue): void {
    issues.set(issue.id, issue);
    idsByKey.set(issue.key, issue.id);
    save(issue, issue.created);
  }

  function save(issue: Issue, at: Date): void {
    issue.updated = at;
    const states = [...(indexed.get(issue.id) ?? []), { at, issue: { ...issue } }];
    indexed.set(issue.id, states.slice(-keptStates));
  }

  return {
    all: () => [...issues.values()],
    find,
    get(idOrKey) {
      const issue = find(idOrKey);
      if (issue) return issue;
      throw notFound('Issue does not exist or you do not have permission to see it.');
    },
    add,
    remove(issue) {
      issues.delete(issue.id);
      indexed.delete(issue.id);
    },
    moveTo(issue, project) {
      issue.project = project;
      issue.key = nextKey(project);
      idsByKey.set(issue.key, issue.id);
    },
    nextKey,
    save,
    indexedAt(moment) {
      const states = [...indexed.values()].map((saved) => saved.findLast((state) => state.at <= moment));
      return states.filter((state) => state !== undefined).map((state) => state.issue);
    },
    clear() {
      for (const map of [issues, idsByKey, indexed]) map.clear();
    },
  };
}
