/** A Markdown document, cut into what can be checked. */
export interface Document {
  /** Relative to the repository. */
  readonly path: string;
  /** Code spans and lines of fenced blocks. */
  readonly code: readonly Piece[];
  /** Targets of links, images included. */
  readonly links: readonly Piece[];
  /** As anchors: `#known-limits` without the `#`. */
  readonly anchors: readonly string[];
}

export interface Piece {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** One thing a document says that is not so. */
export interface DocumentFault {
  readonly path: string;
  readonly line: number;
  readonly problem: string;
}

export function parseDocument(path: string, markdown: string): Document {
  const code: Piece[] = [];
  const links: Piece[] = [];
  const anchors: string[] = [];
  let fenced = false;
  for (const [index, text] of markdown.split('\n').entries()) {
    const line = index + 1;
    if (/^\s*```/.test(text)) fenced = !fenced;
    else if (fenced) code.push({ text, line });
    else {
      code.push(...pick(text, /`([^`]+)`/g, line));
      links.push(...pick(text, /\]\(([^)\s]+)\)/g, line));
      const heading = /^#{1,6} (.+)$/.exec(text)?.[1];
      if (heading) anchors.push(toAnchor(heading));
    }
  }
  return { path, code, links, anchors };
}

function pick(text: string, pattern: RegExp, line: number): Piece[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => ({ text: found, line }));
}

/** As GitHub and GitLab make them. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
