import { fieldDefinitions, fieldIds } from './fields.ts';
import type { Entry } from './entry.ts';
import type { FieldId, Issue } from './model.ts';
import { createPostings } from './postings.ts';
import { toWords } from './text-search.ts';

/**
 * Which issues may match: every state that search may still show is in here, and the words of old ones go with them. Whoever
 * asks must test what it finds.
 */
export interface SearchIndex {
  /** Of one lower-case word in a custom field of one line. */
  withWord(field: FieldId, word: string): readonly Entry[];
  /** Of one label, to the letter. */
  withLabel(label: string): readonly Entry[];
  /** Takes over the states of an issue; none: it is new or gone. */
  refresh(entry: Entry, before: readonly Issue[], after: readonly Issue[]): void;
  clear(): void;
}

/** The custom fields of one line: what exact look-ups by JQL go through. */
export const wordFields: readonly FieldId[] = fieldIds.filter((id) =>
  String(fieldDefinitions[id].schema['custom']).endsWith(':textfield'),
);

export function createSearchIndex(): SearchIndex {
  const words = new Map(wordFields.map((field) => [field, createPostings()]));
  const labels = createPostings();
  const parts = [
    { postings: labels, keysOf: ({ values }: Issue) => values.labels },
    ...[...words].map(([field, postings]) => ({ postings, keysOf: (issue: Issue) => wordsOf(issue, field) })),
  ];

  return {
    withWord: (field, word) => words.get(field)?.of(word) ?? [],
    withLabel: (label) => labels.of(label),
    refresh(entry, before, after) {
      if (sameValues(before, after)) return;
      for (const { postings, keysOf } of parts) {
        const [old, now] = [keysOfAll(before, keysOf), keysOfAll(after, keysOf)];
        for (const key of now) if (!old.has(key)) postings.add(key, entry);
        for (const key of old) if (!now.has(key)) postings.remove(key, entry);
      }
    },
    clear() {
      for (const { postings } of parts) postings.clear();
    },
  };
}

function wordsOf({ values }: Issue, field: FieldId): readonly string[] {
  const text = values[field];
  return typeof text === 'string' ? toWords(text) : [];
}

const none: ReadonlySet<string> = new Set();

function keysOfAll(
  states: readonly Issue[],
  keysOf: (issue: Issue) => readonly string[],
): ReadonlySet<string> {
  const keys = states.flatMap(keysOf);
  return keys.length === 0 ? none : new Set(keys);
}

/** A new status or comment leaves words and labels as they are. */
function sameValues(before: readonly Issue[], after: readonly Issue[]): boolean {
  const within = (all: readonly Issue[]) => (one: Issue) => all.some(({ values }) => values === one.values);
  return before.every(within(after)) && after.every(within(before));
}
