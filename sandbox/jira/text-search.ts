// Jira's `~` looks for words, not for parts of them: 41 does not find 412, and shop/web finds "web of the shop" too.
// Stemming (deploy finds deployed) is left out.

/** Letters, digits and `_`; a dot or an apostrophe between them joins, every other character parts: 1.4.2 is one word, shop/web two. */
const word = /[\p{L}\p{N}_]+(?:[.'][\p{L}\p{N}_]+)*/gu;

const toWords = (text: string): readonly string[] => text.toLowerCase().match(word) ?? [];

/** True when all words of the query are there, in any order; `"…"` wants its words in a row, `web*` any word that begins so. */
export function matchesText(text: string, query: string): boolean {
  const own = toWords(text);
  const parts = query.match(/"[^"]*"|[^\s"]+/g) ?? [];
  const tests = parts.flatMap((part) => (part.startsWith('"') ? [inARow(toWords(part))] : eachOf(part)));
  return tests.length > 0 && tests.every((test) => test(own));
}

type WordTest = (own: readonly string[]) => boolean;

function inARow(wanted: readonly string[]): WordTest {
  return (own) =>
    wanted.length > 0 && own.some((_, start) => wanted.every((one, index) => own[start + index] === one));
}

// A * counts at the end of a word only.
function eachOf(part: string): WordTest[] {
  const wanted = toWords(part);
  return wanted.map((one, index) => {
    const open = part.endsWith('*') && index === wanted.length - 1;
    return (own) => own.some((candidate) => (open ? candidate.startsWith(one) : candidate === one));
  });
}
