import type { CommentLink } from './link.ts';
import { otherSide, travelsFrom, type PlanInput } from './plan-input.ts';
import type { CommentMark, Side } from './sides.ts';
import type { Step } from './steps.ts';

type CommentStep = Extract<Step, { kind: 'comment' }>;
type Copies = CommentLink['copies'];

/** `<id of the original>#<part>`; only what we wrote ourselves is believed. */
function readCopyOf(mark: CommentMark): { id: string; part: number } | null {
  if (!mark.ours || mark.copyOf === null) return null;
  const cut = mark.copyOf.lastIndexOf('#');
  const part = Number(mark.copyOf.slice(cut + 1));
  return cut > 0 && Number.isInteger(part) && part > 0 ? { id: mark.copyOf.slice(0, cut), part } : null;
}

interface Found {
  readonly copies: Copies;
  /** A part before one that is there is missing: a person took it away. */
  readonly torn: boolean;
}

/** Copies of ours by original, in the order of their parts; of two of one part the older counts. */
export function findCopies(marks: readonly CommentMark[]): ReadonlyMap<string, Found> {
  const parts = marks.flatMap((mark) => {
    const copyOf = readCopyOf(mark);
    return copyOf
      ? [{ ...copyOf, copy: { id: mark.id, hash: mark.hash }, at: Date.parse(mark.createdAt) }]
      : [];
  });
  const found = new Map<string, { copies: Copies[number][]; last: number; torn: boolean }>();
  for (const { id, part, copy } of parts.sort((a, b) => a.part - b.part || a.at - b.at)) {
    const { copies, last, torn } = found.get(id) ?? { copies: [], last: 0, torn: false };
    if (part > last) found.set(id, { copies: [...copies, copy], last: part, torn: torn || part > last + 1 });
  }
  return found;
}

/** Those known, and after them what an unanswered step has made beyond. */
function allCopies(link: CommentLink | undefined, found: Found | undefined): Copies {
  const known = link?.copies ?? [];
  return [...known, ...(found?.copies.slice(known.length) ?? [])];
}

/** One side's view: its own comments, and what of the other side stands beside them. */
function createReader(origin: Side, { link, ...sides }: PlanInput) {
  const own = link.comments.filter((one) => one.origin === origin);
  const there = sides[otherSide(origin)].comments;
  return {
    links: new Map(own.map((one) => [one.id, one])),
    copiesHere: new Set(
      link.comments
        .filter((one) => one.origin !== origin)
        .flatMap(({ copies }) => copies.map(({ id }) => id)),
    ),
    there: new Set(there.map(({ id }) => id)),
    found: findCopies(there),
  };
}

/** What is done about an original; null: nothing. Texts do not count: an equal, quoted or tagged comment of a person travels (S-59). */
function planComment(mark: CommentMark, origin: Side, reader: ReturnType<typeof createReader>) {
  if (mark.ours || mark.internal || reader.copiesHere.has(mark.id)) return null;
  const link = reader.links.get(mark.id);
  const found = reader.found.get(mark.id);
  if (link && (link.hash === mark.hash || link.copyGone || link.deleted)) return null;
  // a person took our copy away, or a part of it: it is not made again
  if (found?.torn || link?.copies.some(({ id }) => !reader.there.has(id))) return null;
  const copies = allCopies(link, found);
  const act = copies.length > 0 ? 'edit' : 'create';
  return { kind: 'comment', act, origin, id: mark.id, copies } as const satisfies CommentStep;
}

/** A comment of a case can never be deleted: only Jira's are missed, by our copies of them, be they known or not. */
function planDeletions(input: PlanInput): CommentStep[] {
  const { links, found } = createReader('issue', input);
  const there = new Set(input.issue.comments.map(({ id }) => id));
  return [...new Set([...links.keys(), ...found.keys()])].flatMap((id) => {
    const link = links.get(id);
    const copies = allCopies(link, found.get(id));
    if (there.has(id) || copies.length === 0 || link?.deleted || link?.copyGone) return [];
    return [{ kind: 'comment', act: 'mark-deleted', origin: 'issue', id, copies }];
  });
}

/**
 * New and changed originals in the order of their making, then what was deleted in Jira. An edited copy stays as it was edited: edits
 * travel from the original only.
 */
export function planComments(input: PlanInput): Step[] {
  const steps = (['case', 'issue'] as const)
    .filter((origin) => travelsFrom(origin, input.policy.comments, input))
    .flatMap((origin) => {
      const reader = createReader(origin, input);
      return input[origin].comments.flatMap((mark) => {
        const step = planComment(mark, origin, reader);
        return step ? [{ step, at: Date.parse(mark.createdAt) }] : [];
      });
    });
  const deletions = travelsFrom('issue', input.policy.comments, input) ? planDeletions(input) : [];
  return [...steps.sort((a, b) => a.at - b.at).map(({ step }) => step), ...deletions];
}
