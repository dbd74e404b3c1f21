import { type Hunk, type Replacement, parseHunks, replacementsOf } from './diff-hunks.ts';
import type { FileChange } from './review-facts.ts';
import { type VersionField, versionFields } from './version-fields.ts';

/**
 * A version as package managers write them: no blank, quote or bracket fits in, so that nothing else can be smuggled with it.
 * `1.2.3`, `v2`, `1.4.0-SNAPSHOT`, `2.0.0rc1`, `1.2.3+build.5`.
 */
const version = /^v?[0-9]{1,9}(?:\.[0-9]{1,9}){0,3}(?:[-+._]?[0-9A-Za-z][0-9A-Za-z.+_-]{0,40})?$/;

/** Characters of a file's diff: a bump is a few lines. */
const longestDiff = 8_000;

/**
 * Whether a commit changes version fields of known files and nothing else (C-17), by content and never by its message. Whatever is
 * not certain from the diff alone is no version bump: it is reviewed then, like any other change.
 * @param versionFiles base names that the policy allows
 */
export function isVersionBump(changes: readonly FileChange[], versionFiles: readonly string[]): boolean {
  return changes.length > 0 && changes.every((change) => isBumpOf(change, versionFiles));
}

function isBumpOf(change: FileChange, versionFiles: readonly string[]): boolean {
  const { path, oldPath, newFile, deletedFile, renamed, tooLarge, diff } = change;
  if (newFile || deletedFile || renamed || tooLarge || path !== oldPath || diff.length > longestDiff)
    return false;
  const name = path.split('/').at(-1) ?? '';
  const field = versionFiles.includes(name) ? versionFields.get(name) : undefined;
  const hunks = field && parseHunks(diff);
  if (!hunks) return false;
  return hunks.every((hunk) => isBumpIn(hunk, field));
}

function isBumpIn(hunk: Hunk, field: VersionField): boolean {
  const replacements = replacementsOf(hunk);
  if (!replacements || replacements.length === 0) return false;
  return replacements.every((each) => isNewVersion(each, field) && field.isField(each, hunk));
}

/** Both lines match, and nothing but the version differs. */
function isNewVersion({ before, after }: Replacement, { line }: VersionField): boolean {
  const [old, now] = [line.exec(before), line.exec(after)];
  if (!old || !now) return false;
  const [, prefix, from, suffix] = old;
  const [, newPrefix, to, newSuffix] = now;
  if (from === undefined || to === undefined || from === to) return false;
  return prefix === newPrefix && suffix === newSuffix && version.test(from) && version.test(to);
}
