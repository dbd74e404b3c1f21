import type { Arguments, Field, ObjectType } from './run-query.ts';

interface Connection<T> {
  readonly nodes: readonly T[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

/** GitLab's `default_max_page_size`. */
const maxPageSize = 100;
/** Arguments of every connection. */
export const paging = ['first', 'after'];

/** A scalar field. */
export function text<Source>(read: (source: Source) => unknown): Field {
  return { resolve: read };
}

/** A cursor is the number of what came before. */
export function page<T>(items: readonly T[], { first, after }: Arguments): Connection<T> {
  const size = typeof first === 'number' ? Math.min(first, maxPageSize) : maxPageSize;
  const start = typeof after === 'string' ? Number(Buffer.from(after, 'base64url').toString()) : 0;
  const end = Math.min(start + size, items.length);
  const endCursor = end > start ? Buffer.from(String(end)).toString('base64url') : null;
  return { nodes: items.slice(start, end), hasNextPage: end < items.length, endCursor };
}

const pageInfo: ObjectType = {
  name: 'PageInfo',
  fields: {
    hasNextPage: text((connection: Connection<unknown>) => connection.hasNextPage),
    endCursor: text((connection: Connection<unknown>) => connection.endCursor),
  },
};

export function connectionOf(name: string, node: () => ObjectType): ObjectType {
  const nodes: Field = { type: node, resolve: (connection: Connection<unknown>) => connection.nodes };
  return {
    name,
    fields: { nodes, pageInfo: { type: () => pageInfo, resolve: (connection: unknown) => connection } },
  };
}
