const timeoutMs = 5_000;

/** A vendor said no, or nothing. `status` is 0 when there was no answer. */
export class VendorRefusal extends Error {
  readonly status: number;

  constructor(vendor: string, status: number, reason: string) {
    super(`${vendor} ${status === 0 ? 'did not answer' : `answered ${status}`}: ${reason}`);
    this.name = 'VendorRefusal';
    this.status = status;
  }
}

export interface VendorCall {
  readonly vendor: string;
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** One JSON call over HTTP. @returns the parsed answer, undefined when it is empty; throws `VendorRefusal` */
export async function callVendor(call: VendorCall): Promise<unknown> {
  const { status, text } = await exchange(call);
  const answer = parseJson(text);
  if (status >= 200 && status < 300) return answer;
  throw new VendorRefusal(call.vendor, status, reasonIn(answer) || text.slice(0, 300));
}

async function exchange(call: VendorCall): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(call.url, {
      method: call.method ?? 'GET',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...call.headers },
      body: call.body ? JSON.stringify(call.body) : null,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const { name, message, cause } = error as Error;
    const reason = name === 'TimeoutError' ? `nothing came within ${timeoutMs / 1000} s` : message;
    throw new VendorRefusal(call.vendor, 0, cause instanceof Error ? cause.message : reason);
  }
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** The vendors' own words: Jira's errorMessages and errors by field, GitLab's message, the control surface's error. */
function reasonIn(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return '';
  const { errorMessages, errors, message, error } = answer as Readonly<Record<string, unknown>>;
  const fields = Object.entries(errors ?? {}).map(([field, text]) => `${field}: ${String(text)}`);
  const messages = Array.isArray(errorMessages) ? errorMessages.map(String) : [];
  const plain = [message, error].filter((text) => typeof text === 'string');
  return [...messages, ...fields, ...plain].join(' ');
}
