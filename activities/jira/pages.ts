export interface OffsetPage<T> {
  readonly items: readonly T[];
  readonly total?: number | undefined;
  readonly isLast?: boolean | undefined;
}

/** All pages of a list that is read by `startAt`; Jira may give fewer items a page than it was asked for. */
export async function readPages<T>(read: (startAt: number) => Promise<OffsetPage<T>>): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const page = await read(all.length);
    all.push(...page.items);
    const isLast = page.isLast ?? all.length >= (page.total ?? Infinity);
    if (isLast || page.items.length === 0) return all;
  }
}
