import { notFound } from './answers.ts';
import type { Entry, State } from './entry.ts';
import type { Issue, Project } from './model.ts';
import { createSearchIndex, type SearchIndex } from './search-index.ts';

export interface IssueStore {
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
  /** By rising id; deleted issues are gone at once. */
  readonly entries: readonly Entry[];
  entryOf(idOrKey: string): Entry | undefined;
  /** Rising ids are rising dates of creation, as long as nobody seeds a past. */
  isInOrderOfCreation(): boolean;
  readonly index: SearchIndex;
  clear(): void;
}

/** Older states are kept so that the index can be made late after the fact; a product never looks further back. */
const keptStates = 20;
const keptMs = 10 * 60_000;

/** Made for a hundred thousand issues: no call walks through all of them. */
export function createIssueStore(): IssueStore {
  const byId = new Map<string, Entry>();
  const idsByKey = new Map<string, string>();
  const entries: Entry[] = [];
  const index = createSearchIndex();
  // Numbers go on after a reset: real keys and ids are never used twice.
  const lastNumber = new Map<string, number>();
  let superseded: { readonly entry: Entry; readonly at: number }[] = [];
  let inOrder = true;

  // Keys in any case, old keys of moved issues included.
  function entryOf(idOrKey: string): Entry | undefined {
    return byId.get(idOrKey) ?? byId.get(idsByKey.get(idOrKey.toUpperCase()) ?? '');
  }

  function nextKey(project: Project): string {
    const number = (lastNumber.get(project.key) ?? 0) + 1;
    lastNumber.set(project.key, number);
    return `${project.key}-${number}`;
  }

  function add(issue: Issue): void {
    const entry: Entry = { number: Number(issue.id), issue, since: 0, states: [] };
    inOrder &&= issue.created >= (entries.at(-1)?.issue.created ?? issue.created);
    byId.set(issue.id, entry);
    idsByKey.set(issue.key, issue.id);
    entries.push(entry);
    save(issue, issue.updated);
  }

  function save(issue: Issue, at: Date): void {
    const entry = byId.get(issue.id);
    if (!entry) return;
    issue.updated = at;
    entry.since = at.getTime();
    const { states } = entry;
    setStates(entry, [...states.slice(1 - keptStates), { at: at.getTime(), issue: { ...issue } }]);
    if (states.length > 0) superseded.push({ entry, at: at.getTime() });
    forget(at.getTime() - keptMs);
  }

  function setStates(entry: Entry, states: readonly State[]): void {
    const before = entry.states;
    entry.states = states;
    index.refresh(entry, before.map(issueOf), states.map(issueOf));
  }

  /** Drops states that were replaced before the limit, a batch at a time. */
  function forget(limit: number): void {
    if (superseded.length < 1000 || (superseded[999]?.at ?? Infinity) > limit) return;
    const old = superseded.filter(({ at }) => at <= limit);
    superseded = superseded.filter(({ at }) => at > limit);
    for (const entry of new Set(old.map((one) => one.entry))) {
      const first = entry.states.findLastIndex(({ at }) => at <= limit);
      if (first > 0 && byId.get(entry.issue.id) === entry) setStates(entry, entry.states.slice(first));
    }
  }

  return {
    find: (idOrKey) => entryOf(idOrKey)?.issue,
    get(idOrKey) {
      const found = entryOf(idOrKey);
      if (found) return found.issue;
      throw notFound('Issue does not exist or you do not have permission to see it.');
    },
    add,
    remove(issue) {
      const entry = byId.get(issue.id);
      if (!entry) return;
      byId.delete(issue.id);
      entries.splice(entries.indexOf(entry), 1);
      setStates(entry, []);
    },
    moveTo(issue, project) {
      issue.project = project;
      issue.key = nextKey(project);
      idsByKey.set(issue.key, issue.id);
    },
    nextKey,
    save,
    entries,
    entryOf,
    isInOrderOfCreation: () => inOrder,
    index,
    clear() {
      for (const map of [byId, idsByKey]) map.clear();
      entries.length = 0;
      superseded = [];
      inOrder = true;
      index.clear();
    },
  };
}

const issueOf = ({ issue }: State) => issue;
