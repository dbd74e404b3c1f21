const context = 3;
/** Beyond this the changed part is shown as one replacement: the exact answer costs the square of it. */
const exactLines = 1500;

type Edit = { readonly mark: ' ' | '-' | '+'; readonly text: string };

/** The hunks of `diff -u`, as GitLab gives them: without the two file names. Empty for equal texts. */
export function unifiedDiff(before: string, after: string): string {
  if (before === after) return '';
  const edits = editsOf(linesOf(before), linesOf(after));
  return hunksOf(edits).join('');
}

/** Lines with their ends, so that a missing last end is a difference. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function editsOf(before: readonly string[], after: readonly string[]): Edit[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const kept = (lines: readonly string[]): Edit[] => lines.map((text) => ({ mark: ' ', text }));
  return [
    ...kept(before.slice(0, head)),
    ...changed(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...kept(before.slice(before.length - tail)),
  ];
}

function changed(before: readonly string[], after: readonly string[]): Edit[] {
  const removed = (text: string): Edit => ({ mark: '-', text });
  const added = (text: string): Edit => ({ mark: '+', text });
  if (before.length * after.length > exactLines ** 2) return [...before.map(removed), ...after.map(added)];
  const common = commonLengths(before, after);
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old = '', fresh = ''] = [before[i], after[j]];
    if (i < before.length && j < after.length && old === fresh) {
      edits.push({ mark: ' ', text: old });
      [i, j] = [i + 1, j + 1];
    } else if (i < before.length && lengthAt(common, i + 1, j) >= lengthAt(common, i, j + 1)) {
      edits.push(removed(old));
      i += 1;
    } else {
      edits.push(added(fresh));
      j += 1;
    }
  }
  return edits;
}

/** Length of the longest common subsequence of what follows each pair of places. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      if (!row) continue;
      const same = before[i] === after[j];
      row[j] = same
        ? lengthAt(lengths, i + 1, j + 1) + 1
        : Math.max(lengthAt(lengths, i + 1, j), lengthAt(lengths, i, j + 1));
    }
  return lengths;
}

const lengthAt = (lengths: readonly (readonly number[])[], i: number, j: number) => lengths[i]?.[j] ?? -1;

function hunksOf(edits: readonly Edit[]): string[] {
  const hunks: string[] = [];
  let at = 0;
  for (const [start, end] of rangesOf(edits)) {
    const [oldBefore, newBefore] = [count(edits.slice(0, start), '+'), count(edits.slice(0, start), '-')];
    const hunk = edits.slice(start, end);
    const header = `@@ -${range(oldBefore, count(hunk, '+'))} +${range(newBefore, count(hunk, '-'))} @@\n`;
    hunks.push(header + hunk.map(lineOf).join(''));
    at = end;
  }
  return at === 0 ? [] : hunks;
}

/** Changes with their context, overlapping ones joined. */
function rangesOf(edits: readonly Edit[]): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  edits.forEach(({ mark }, index) => {
    if (mark === ' ') return;
    const [start, end] = [Math.max(0, index - context), Math.min(edits.length, index + context + 1)];
    const last = ranges.at(-1);
    if (last && start <= last[1]) last[1] = end;
    else ranges.push([start, end]);
  });
  return ranges;
}

const count = (edits: readonly Edit[], without: Edit['mark']) =>
  edits.filter(({ mark }) => mark !== without).length;

/** git's `start,length`: an empty side counts from the line before, a single line leaves the length out. */
function range(linesBefore: number, length: number): string {
  if (length === 0) return `${linesBefore},0`;
  return length === 1 ? `${linesBefore + 1}` : `${linesBefore + 1},${length}`;
}

function lineOf({ mark, text }: Edit): string {
  return text.endsWith('\n') ? `${mark}${text}` : `${mark}${text}\n\\ No newline at end of file\n`;
}
