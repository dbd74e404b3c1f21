/** One part of a `multipart/form-data` body; its content must be read before the next part is asked for. */
export interface Part {
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly content: AsyncIterable<Buffer>;
}

const headersEnd = Buffer.from('\r\n\r\n');
/** More than any real header needs. */
const maxHeaders = 16_384;

/**
 * The parts as they come in, none of them ever whole in memory.
 * @throws Error when the body is no such form, or ends early
 */
export async function* readParts(source: AsyncIterable<Buffer>, boundary: string): AsyncGenerator<Part> {
  // The first boundary has no line break before it: it is given one, so that all look alike.
  const input = createInput(source, Buffer.from('\r\n'));
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  await skip(input.until(delimiter));
  while ((await input.take(2)).toString('latin1') !== '--') {
    const lines: Buffer[] = [];
    for await (const chunk of input.until(headersEnd)) {
      lines.push(chunk);
      if (lines.reduce((sum, { length }) => sum + length, 0) > maxHeaders)
        throw new Error('headers are too long');
    }
    const content = input.until(delimiter);
    yield { headers: toHeaders(Buffer.concat(lines).toString('utf8')), content };
    // whatever the reader left
    await skip(content);
  }
}

async function skip(chunks: AsyncIterator<unknown>): Promise<void> {
  while (!(await chunks.next()).done);
}

function toHeaders(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
}

/** Reads up to a mark, wherever the chunks of the source are parted. */
function createInput(source: AsyncIterable<Buffer>, head: Buffer) {
  const iterator = source[Symbol.asyncIterator]();
  let held = head;

  async function more(): Promise<void> {
    const next = await iterator.next();
    if (next.done) throw new Error('the body ends early');
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
  }

  return {
    async take(length: number): Promise<Buffer> {
      while (held.length < length) await more();
      const taken = held.subarray(0, length);
      held = held.subarray(length);
      return taken;
    },
    async *until(mark: Buffer): AsyncGenerator<Buffer, void> {
      for (;;) {
        const at = held.indexOf(mark);
        if (at >= 0) {
          const last = held.subarray(0, at);
          held = held.subarray(at + mark.length);
          if (last.length > 0) yield last;
          return;
        }
        // the end may hold the beginning of the mark
        const safe = held.length - mark.length + 1;
        if (safe > 0) {
          const chunk = held.subarray(0, safe);
          held = held.subarray(safe);
          yield chunk;
        }
        await more();
      }
    },
  };
}

/** `filename` of a `Content-Disposition`, as browsers and undici write it: quotes and line breaks percent-encoded. */
export function dispositionOf(header = ''): { readonly name: string; readonly filename: string | undefined } {
  const value = (name: string) => new RegExp(`;\\s*${name}="([^"]*)"`).exec(header)?.[1];
  const unescaped = value('filename')?.replace(/%(0A|0D|22)/gi, (code) => decodeURIComponent(code));
  return { name: value('name') ?? '', filename: unescaped };
}
