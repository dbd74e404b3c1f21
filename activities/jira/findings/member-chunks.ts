import type { GroupMember } from './port.ts';

/** Jira's limit on a property is 32,768 characters. */
const bytesPerChunk = 30_000;
const mostGroups = 50;

/** The chunks as they were last read, so that a change of one member does not write the whole list again. */
export interface KnownChunks {
  set(issueId: string, chunks: readonly string[]): void;
  /** Once: what was written may not have arrived. */
  take(issueId: string): readonly string[];
}

export function createKnownChunks(): KnownChunks {
  const known = new Map<string, readonly string[]>();
  return {
    set(issueId, chunks) {
      known.delete(issueId);
      known.set(issueId, chunks);
      const [oldest] = known.keys();
      if (known.size > mostGroups && oldest !== undefined) known.delete(oldest);
    },
    take(issueId) {
      const chunks = known.get(issueId) ?? [];
      known.delete(issueId);
      return chunks;
    },
  };
}

export const chunkKey = (index: number) => `lockkeeper-members-${index}`;

/** In order, so that a new member changes the last chunk only. @returns at least one */
export function toChunks(members: readonly GroupMember[]): GroupMember[][] {
  const chunks: GroupMember[][] = [[]];
  let bytes = 0;
  for (const { id, name, asset, severity, since } of members) {
    const member = { id, name, asset, severity, since };
    const size = Buffer.byteLength(JSON.stringify(member)) + 1;
    if (bytes > 0 && bytes + size > bytesPerChunk) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)?.push(member);
    bytes += size;
  }
  return chunks;
}
