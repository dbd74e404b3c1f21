const mostBytes = 1_000_000;

/**
 * JSON of all parts that fit into a megabyte, those that come first before the others; of the rest it says how long they are.
 * @param parts by name: a value, or JSON as it was kept
 */
export function toRaw(parts: Readonly<Record<string, unknown>>): string {
  let left = mostBytes;
  const members = Object.entries(parts).map(([name, value]) => {
    const text = value instanceof KeptJson ? value.json : JSON.stringify(value, null, 2);
    const bytes = Buffer.byteLength(text);
    const fits = bytes <= left;
    if (fits) left -= bytes;
    return `${JSON.stringify(name)}: ${fits ? text : JSON.stringify(`left out: ${bytes} bytes`)}`;
  });
  return `{\n${members.join(',\n')}\n}\n`;
}

/** An answer that is kept for many findings, as text: a fraction of what it takes as an object. */
export class KeptJson {
  readonly json: string;

  /** @param most characters; of a longer one only its length is kept */
  constructor(value: unknown, most: number) {
    const json = JSON.stringify(value, null, 2);
    this.json = json.length <= most ? json : JSON.stringify(`left out: ${json.length} characters`);
  }
}
