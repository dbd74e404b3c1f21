/**
 * Everything that stands in a history, as people would read it. Not by JSON: a payload says of itself that it is base64, and whoever
 * looks for a word there finds none, whatever it holds.
 */
export function historyWords(value: unknown): string {
  const words: string[] = [];
  collect(value, words);
  return words.join('\n');
}

function collect(value: unknown, words: string[]): void {
  if (typeof value === 'string') words.push(value);
  else if (value instanceof Uint8Array) words.push(Buffer.from(value).toString('utf8'));
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) {
      words.push(name);
      collect(inner, words);
    }
}
