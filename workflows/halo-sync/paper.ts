import type { CommentBlock, TicketComment } from '../shared/comment.ts';
import type { DetailRow } from './finding.ts';
import { keepLine, keepText, type Kept } from './plain-text.ts';

/** What a block of Jira's document format weighs beside its text, in characters and rounded up: the stored form is what is limited. */
const weight = { block: 150, row: 40, cell: 100, item: 100, lineEnd: 50 } as const;

/** Of one cell: a log entry of a thousand lines must not push all else out. */
const mostLines = 30;

/** No paper takes more: those beyond are not even looked at. */
const mostRows = 200;

/** A longer address is no page for people. Jira gets it percent-encoded. */
const longestHref = 1_000;
const encoded = 9;

/** Blocks for one ticket or comment, taken while there is room; whether anything was left out is known in the end. */
export interface Paper {
  paragraph(text: string): void;
  /** @returns external text as one line; what is cut off it counts as left out */
  line(text: string, most: number): string;
  /** Rows as they are, whole ones. @returns how many of them fitted */
  table(header: readonly string[], rows: readonly (readonly string[])[], room?: number): number;
  /** Labels and values from outside. */
  details(header: readonly [string, string], rows: readonly DetailRow[], most: number, room?: number): void;
  /** Lines from outside, at most `most` characters each. */
  list(items: readonly string[], most: number, room?: number): void;
  link(label: string, href: string | null): void;
  /** @param note written only when something was left out; there is always room for it */
  end(note: string): { readonly blocks: TicketComment; readonly wasCut: boolean };
}

/** @param size of all of it in Jira's stored form, in characters */
export function createPaper(size: number): Paper {
  const blocks: CommentBlock[] = [];
  const noteRoom = 500;
  let left = size - noteRoom;
  let wasCut = false;

  function note({ text, isWhole }: Kept): string {
    if (!isWhole) wasCut = true;
    return text;
  }

  /** @returns the first of them, as many as could fit at all */
  function firstOf<T>(all: readonly T[]): readonly T[] {
    if (all.length > mostRows) wasCut = true;
    return all.slice(0, mostRows);
  }

  const line = (text: string, most: number) => note(keepLine(text, most));

  /** Those from the start that fit; adds the block that they make. */
  function fit<T>(
    all: readonly T[],
    room: number,
    weigh: (one: T) => number,
    toBlock: (fitting: T[]) => CommentBlock,
  ): number {
    let rest = Math.min(room, left) - weight.block;
    const fitting: T[] = [];
    for (const one of all) {
      rest -= weigh(one);
      if (rest < 0) break;
      fitting.push(one);
    }
    if (fitting.length < all.length) wasCut = true;
    if (fitting.length === 0) return 0;
    left -= weight.block + fitting.reduce((sum, one) => sum + weigh(one), 0);
    blocks.push(toBlock(fitting));
    return fitting.length;
  }

  function table(header: readonly string[], rows: readonly (readonly string[])[], room = left): number {
    const head = weighRow(header);
    const rest = Math.min(room, left) - head;
    const written = fit(rows, rest, weighRow, (fitting) => ({ type: 'table', header, rows: fitting }));
    if (written > 0) left -= head;
    return written;
  }

  return {
    line,
    table,
    paragraph: (text) => void fit([text], left, weigh, () => ({ type: 'paragraph', text })),
    details(header, rows, most, room) {
      const cells = firstOf(rows).map(({ label, value }) => [
        line(label, 100),
        note(keepText(value, most, mostLines)),
      ]);
      table(header, cells, room);
    },
    list(items, most, room = left) {
      const lines = firstOf(items).map((item) => line(item, most));
      fit(
        lines,
        room,
        (text) => weigh(text) + weight.item,
        (fitting) => ({ type: 'list', items: fitting }),
      );
    },
    link(label, href) {
      if (href === null) return;
      if (href.length > longestHref) wasCut = true;
      else
        fit(
          [href],
          left,
          () => href.length * encoded,
          () => ({ type: 'link', label, href }),
        );
    },
    end(note) {
      if (wasCut) blocks.push({ type: 'paragraph', text: note });
      return { blocks, wasCut };
    },
  };
}

function weighRow(cells: readonly string[]): number {
  return cells.reduce<number>((sum, text) => sum + weigh(text) + weight.cell, weight.row);
}

/** As JSON, where a line end is a node of its own. */
function weigh(text: string): number {
  return JSON.stringify(text).length + (text.split('\n').length - 1) * weight.lineEnd;
}
