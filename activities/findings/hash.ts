import { createHash } from 'node:crypto';

/** First 16 hex digits of SHA-256: short enough for a label, long enough that 100,000 findings do not meet. */
export function idHash(findingId: string): string {
  return shortHash(findingId);
}

/** What tells the newest scan result from the one that was commented. */
export function latestHashOf(latest: string | null): string | null {
  return latest === null ? null : shortHash(latest);
}

/** The value of the id field of a group's ticket. No id of a source has a colon after `group`. */
export function groupIdOf(source: string, template: string, value: string): string {
  return `${groupPrefix}${shortHash(JSON.stringify([source, template, value]))}`;
}

export function isGroupId(findingId: string): boolean {
  return findingId.startsWith(groupPrefix);
}

/** Over the members' ids, whatever their order. */
export function membersHash(ids: readonly string[]): string {
  return shortHash(JSON.stringify(ids.toSorted()));
}

const groupPrefix = 'group:';

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
