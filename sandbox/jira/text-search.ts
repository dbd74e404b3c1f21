// Jira's `~` looks for words, not for parts of them: 41 does not find 412, and shop/web finds "web of the shop" too.
// Stemming (deploy finds deployed) is left out.

/** Letters, digits and `_`; a dot or an apostrophe between them joins, every other character parts: 1.4.2 is one word, shop/web two. */
const word = /[\p{L}\p{N}_]+(?:[.'][\p{L}\p{N}_]+)*/gu;

/** Lower-case. */
export const toWords = (text: string): readonly string[] => text.toLowerCase().match(word) ?? [];

export interface TextTest {
  /** Whole words that every text must hold: what an index can be asked for. */
  readonly words: readonly string[];
  test(text: string): boolean;
}

/** All words of the query are there, in any order; `"…"` wants its words in a row, `web*` any word that begins so. */
export function toTextTest(query: string): TextTest {
  const parts = (query.match(/"[^"]*"|[^\s"]+/g) ?? []).flatMap((part) =>
    part.startsWith('"') ? [inARow(toWords(part))] : eachOf(part),
  );
  return {
    words: parts.flatMap(({ words }) => words),
    test(text) {
      const own = toWords(text);
      return parts.length > 0 && parts.every(({ test }) => test(own));
    },
  };
}

export const matchesText = (text: string, query: string): boolean => toTextTest(query).test(text);

interface Part {
  readonly words: readonly string[];
  readonly test: (own: readonly string[]) => boolean;
}

function inARow(wanted: readonly string[]): Part {
  return {
    words: wanted,
    test: (own) =>
      wanted.length > 0 && own.some((_, start) => wanted.every((one, index) => own[start + index] === one)),
  };
}

// A * counts at the end of a word only.
function eachOf(part: string): Part[] {
  const wanted = toWords(part);
  return wanted.map((one, index) => {
    const open = part.endsWith('*') && index === wanted.length - 1;
    return {
      words: open ? [] : [one],
      test: (own) => own.some((candidate) => (open ? candidate.startsWith(one) : candidate === one)),
    };
  });
}
