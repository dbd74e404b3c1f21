import type { Issue } from './model.ts';

export interface LinkType {
  readonly id: string;
  readonly name: string;
  readonly inward: string;
  readonly outward: string;
}

/** The issue given as inward `duplicates` the one given as outward, and shows it as its `outwardIssue`. */
export interface Link {
  readonly id: string;
  readonly type: LinkType;
  readonly inward: Issue;
  readonly outward: Issue;
}

export const linkTypes: readonly LinkType[] = [
  { id: '10000', name: 'Blocks', inward: 'is blocked by', outward: 'blocks' },
  { id: '10001', name: 'Cloners', inward: 'is cloned by', outward: 'clones' },
  { id: '10002', name: 'Duplicate', inward: 'is duplicated by', outward: 'duplicates' },
  { id: '10003', name: 'Relates', inward: 'relates to', outward: 'relates to' },
];

export interface LinkStore {
  get(id: string): Link | undefined;
  /** Each link once, oldest first. */
  of(issue: Issue): readonly Link[];
  add(link: Link): void;
  remove(link: Link): void;
  clear(): void;
}

/** By id and by either end: a page of issues must not walk through every link of the site. */
export function createLinkStore(): LinkStore {
  const byId = new Map<string, Link>();
  const byIssue = new Map<string, readonly Link[]>();
  const ends = ({ inward, outward }: Link) => new Set([inward.id, outward.id]);
  const at = (id: string) => byIssue.get(id) ?? [];

  return {
    get: (id) => byId.get(id),
    of: ({ id }) => at(id),
    add(link) {
      byId.set(link.id, link);
      for (const id of ends(link)) byIssue.set(id, [...at(id), link]);
    },
    remove(link) {
      byId.delete(link.id);
      for (const id of ends(link)) {
        const left = at(id).filter((one) => one !== link);
        if (left.length > 0) byIssue.set(id, left);
        else byIssue.delete(id);
      }
    },
    clear() {
      byId.clear();
      byIssue.clear();
    },
  };
}
