import type { PageInput } from '../../workflows/halo-sync/messages.ts';

/** What one reconcile has listed as active. */
export interface Listed {
  /** Of findings. */
  readonly ids: ReadonlySet<string>;
  /** Of their tickets in Jira. */
  readonly issueIds: ReadonlySet<string>;
}

export interface Seen {
  /** @param cursor of the page that was listed @param next of the one after it; null: it was the last */
  add(
    cursor: string | null,
    next: string | null,
    page: { ids: readonly string[]; issueIds: readonly string[] },
  ): void;
  /** @returns undefined unless every page of the list went through this process, one after the other */
  all(): Listed | undefined;
}

export interface SeenIds {
  of(input: PageInput): Seen;
}

/** Nothing is kept: the list is read again. */
export const forgetful: Seen = { add: () => undefined, all: () => undefined };

/**
 * Kept in the process, not in a history: 100,000 ids are some megabytes. It is a saving only: after a restart, on another worker, or
 * when a page was repeated, the last stage of a reconcile lists them again.
 */
export function createSeenIds(): SeenIds {
  const passes = new Map<
    string,
    { requestId: string; ids: Set<string>; issueIds: Set<string>; expected: string | null; isWhole: boolean }
  >();
  return {
    of({ kind, stage, since, requestId, policy }) {
      const isCounted = kind === 'reconcile' && since === null && requestId !== undefined;
      if (!isCounted || policy.criticalOnly || (stage !== 'active' && stage !== 'missing')) return forgetful;
      const { source } = policy;
      return {
        add(cursor, next, { ids, issueIds }) {
          if (cursor === null)
            passes.set(source, {
              ...{ requestId, ids: new Set(), issueIds: new Set(), expected: null, isWhole: false },
            });
          const pass = passes.get(source);
          if (pass?.requestId !== requestId || pass.isWhole || pass.expected !== cursor)
            return void passes.delete(source);
          for (const id of ids) pass.ids.add(id);
          for (const id of issueIds) pass.issueIds.add(id);
          pass.expected = next;
          pass.isWhole = next === null;
        },
        all() {
          const pass = passes.get(source);
          return pass?.requestId === requestId && pass.isWhole ? pass : undefined;
        },
      };
    },
  };
}
