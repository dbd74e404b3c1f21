import { z } from 'zod';
import type { HaloStore } from './halo-store.ts';
import type { HaloIssue } from './model.ts';
import type { Micros } from './moments.ts';
import { readControl } from './read-control.ts';
import { mostIdsTold } from './seed.ts';

/** Which issues: by id, or `first` so many of those that the verb can act on, in the list's own order, after `skip` of them. */
export const Chosen = z.strictObject({
  ids: z.array(z.string()).optional(),
  first: z.number().int().min(0).optional(),
  skip: z.number().int().min(0).default(0),
});
export type ChosenInput = z.input<typeof Chosen>;

const Changed = Chosen.extend({
  /** Replaces fields of the shown v3 body besides. */
  fields: z.record(z.string(), z.unknown()).optional(),
});
const Resolved = Chosen.extend({
  by: z.string().default('system'),
  comment: z.string().nullable().default(null),
});
const TypeSet = Chosen.extend({ type: z.string() });

/** What a verb acted on; of many, the first thousand ids. */
export interface Acted {
  readonly count: number;
  readonly ids: readonly string[];
}

/** What scans and people do to issues. Each moves `updated_at` to a time of its own, later than all before. */
export function scanActs(store: HaloStore) {
  const isActive = (issue: HaloIssue) => issue.status === 'active';

  function actOn(
    chosen: z.output<typeof Chosen>,
    fits: (issue: HaloIssue) => boolean,
    act: (issue: HaloIssue, at: Micros) => void,
  ): Acted {
    const issues = choose(store, chosen, fits);
    for (const issue of issues) {
      const at = store.tick();
      act(issue, at);
      issue.updatedAt = at;
    }
    store.changed('order');
    return toActed(issues);
  }

  return {
    /** A scan found it again: there is a new finding. */
    change: (body: unknown) => {
      const { fields, ...chosen } = readControl(Changed, body);
      return actOn(chosen, isActive, (issue, at) => {
        addFinding(issue, at);
        if (fields) applyFields(issue, fields);
      });
    },
    /** A scan ran and wrote nothing new but its time. */
    touch: (body: unknown) =>
      actOn(readControl(Chosen, body), isActive, (issue, at) => {
        issue.lastSeenAt = at;
      }),
    resolve: (body: unknown) => {
      const { by, comment, ...chosen } = readControl(Resolved, body);
      return actOn(chosen, isActive, (issue, at) => {
        Object.assign(issue, {
          status: 'resolved',
          resolvedAt: at,
          resolvedBy: by,
          resolutionComment: comment,
        });
      });
    },
    reopen: (body: unknown) =>
      actOn(
        readControl(Chosen, body),
        (issue) => !isActive(issue),
        (issue, at) => {
          addFinding(issue, at);
          Object.assign(issue, {
            ...{ status: 'active', resolvedAt: null, resolvedBy: null, resolutionComment: null },
          });
        },
      ),
    'set-type': (body: unknown) => {
      const { type, ...chosen } = readControl(TypeSet, body);
      return actOn(
        chosen,
        () => true,
        (issue) => {
          issue.type = type;
        },
      );
    },
  };
}

export function choose(
  store: HaloStore,
  { ids, first, skip }: z.output<typeof Chosen>,
  fits: (issue: HaloIssue) => boolean,
): HaloIssue[] {
  if (ids)
    return ids.map((id) => {
      const issue = store.issue(id);
      if (!issue) throw new Error(`there is no issue ${id}`);
      return issue;
    });
  if (first === undefined) throw new Error('ids or first: say which issues');
  const found: HaloIssue[] = [];
  let left = skip;
  for (const issue of store.sorted('id')) {
    if (found.length === first) break;
    if (fits(issue) && left-- <= 0) found.push(issue);
  }
  return found;
}

export const toActed = (issues: readonly HaloIssue[]): Acted => ({
  count: issues.length,
  ids: issues.slice(0, mostIdsTold).map(({ id }) => id),
});

function addFinding(issue: HaloIssue, at: Micros) {
  issue.findings.push(at);
  issue.lastSeenAt = at;
  // What a fixture said about the findings is no longer so.
  if (issue.overlay) for (const name of ['findings', 'last_finding_urls']) delete issue.overlay[name];
}

/** Fields that the record itself keeps are set there: filters read them. */
function applyFields(issue: HaloIssue, fields: Readonly<Record<string, unknown>>) {
  const { critical, ...overlay } = fields;
  if (typeof critical === 'boolean') issue.critical = critical;
  issue.overlay = { ...issue.overlay, ...overlay };
}
