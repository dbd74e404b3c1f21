/** One line of a hunk: in both versions, in the old one only, or in the new one only. */
export interface HunkLine {
  readonly kind: 'same' | 'old' | 'new';
  readonly text: string;
}

export interface Hunk {
  /** Number of its first line in the old version, from 1. */
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: readonly HunkLine[];
}

/** A line that was replaced by another; `index` is the old one's place in its hunk. */
export interface Replacement {
  readonly before: string;
  readonly after: string;
  /** Lines of the new version above it in the hunk, and below. */
  readonly above: readonly string[];
  readonly below: readonly string[];
}

const header = /^@@ -([0-9]+)(?:,([0-9]+))? \+([0-9]+)(?:,([0-9]+))? @@/;
const kinds = { ' ': 'same', '-': 'old', '+': 'new' } as const;

/** @returns undefined: it is no whole unified diff, cut off for example */
export function parseHunks(diff: string): readonly Hunk[] | undefined {
  const lines = diff.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const hunks: Hunk[] = [];
  let at = lines.findIndex((line) => line.startsWith('@@'));
  if (at < 0) return undefined;
  while (at < lines.length) {
    const hunk = parseHunk(lines, at);
    if (!hunk) return undefined;
    hunks.push(hunk.hunk);
    at = hunk.next;
  }
  return hunks;
}

function parseHunk(lines: readonly string[], start: number): { hunk: Hunk; next: number } | undefined {
  const [, oldStart, oldCount = '1', newStart, newCount = '1'] = header.exec(lines[start] ?? '') ?? [];
  if (oldStart === undefined || newStart === undefined) return undefined;
  const left = { old: Number(oldCount), new: Number(newCount) };
  const found: HunkLine[] = [];
  let at = start + 1;
  for (; left.old > 0 || left.new > 0; at += 1) {
    const line = toHunkLine(lines[at]);
    if (line === undefined) return undefined;
    if (line === 'note') continue;
    if (line.kind !== 'new') left.old -= 1;
    if (line.kind !== 'old') left.new -= 1;
    found.push(line);
  }
  if (left.old < 0 || left.new < 0) return undefined;
  while (lines[at]?.startsWith('\\')) at += 1;
  return { hunk: { oldStart: Number(oldStart), newStart: Number(newStart), lines: found }, next: at };
}

/** An empty line stands for an empty context line: some tools drop its blank. */
function toHunkLine(line: string | undefined): HunkLine | 'note' | undefined {
  if (line === undefined) return undefined;
  if (line === '') return { kind: 'same', text: '' };
  const sign = line.charAt(0);
  if (sign === '\\') return 'note';
  if (sign !== ' ' && sign !== '-' && sign !== '+') return undefined;
  return { kind: kinds[sign], text: line.slice(1) };
}

/** The hunk's changes, line by line. @returns undefined: lines were added or taken away, not replaced */
export function replacementsOf({ lines }: Hunk): readonly Replacement[] | undefined {
  const found: Replacement[] = [];
  const isNew = ({ kind }: HunkLine) => kind !== 'old';
  const textsOf = (some: readonly HunkLine[]) => some.filter(isNew).map(({ text }) => text);
  for (let at = 0; at < lines.length;) {
    const removed = runOf(lines, at, 'old');
    const added = runOf(lines, at + removed.length, 'new');
    if (removed.length !== added.length) return undefined;
    removed.forEach((before, index) => {
      const place = at + removed.length + index;
      const after = added[index] ?? '';
      found.push({
        before,
        after,
        above: textsOf(lines.slice(0, place)),
        below: textsOf(lines.slice(place + 1)),
      });
    });
    at += removed.length + added.length || 1;
  }
  return found;
}

function runOf(lines: readonly HunkLine[], start: number, kind: HunkLine['kind']): readonly string[] {
  const rest = lines.slice(start);
  const end = rest.findIndex((line) => line.kind !== kind);
  return rest.slice(0, end < 0 ? rest.length : end).map(({ text }) => text);
}
