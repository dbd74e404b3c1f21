import { isRecord } from '../../workflows/shared/guards.ts';

/** Halo answered with a refusal; `status`, `headers` and `body` are read by failures.ts. */
class HaloRefusal extends Error {
  override readonly name = 'HaloRefusal';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;

  constructor(status: number, headers: Readonly<Record<string, string>>, body: string) {
    super(`Halo answered ${status}`);
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** An answer in a form that this version does not know: UnsupportedResponse by its name, see failures.ts. */
class UnsupportedAnswer extends Error {
  override readonly name = 'UnsupportedAnswer';
}

export interface HaloRequest {
  readonly method: 'GET' | 'POST';
  /** Bearer or Basic, whole. */
  readonly authorization: string;
  readonly userAgent: string;
}

/** A page of a hundred issues with the longest names that were seen has five megabytes. */
const mostBytes = 32 * 1024 * 1024;
const longestReason = 500;

/** One request and no repeats. @returns the JSON of a success */
export async function request(
  url: string,
  { method, authorization, userAgent }: HaloRequest,
): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { authorization, accept: 'application/json', 'user-agent': userAgent },
    // a redirect would carry the token to another host
    redirect: 'error',
  });
  const text = await readText(response);
  if (!response.ok)
    throw new HaloRefusal(response.status, Object.fromEntries(response.headers.entries()), toReason(text));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // the parser's own message quotes the answer, which may hold a token
    throw new UnsupportedAnswer('the answer is no JSON');
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > mostBytes) throw new UnsupportedAnswer(`the answer is longer than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The SDK knows `message` and, of a 422, `errors: [{field, value, code, details}]`; the value may be anybody's. */
function toReason(text: string): string {
  if (text.trimStart().startsWith('<')) return '';
  const body = parseQuietly(text);
  if (!isRecord(body)) return text.slice(0, longestReason);
  const errors = Array.isArray(body['errors']) ? body['errors'].filter(isRecord) : [];
  const said = [
    body['message'] ?? body['error'],
    ...errors.flatMap(({ field, details }) => [field, details]),
  ];
  return said
    .filter((one) => typeof one === 'string' && one !== '')
    .join(': ')
    .slice(0, longestReason);
}

function parseQuietly(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
