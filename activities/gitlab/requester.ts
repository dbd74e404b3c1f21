import { createRequesterFn, type FormattedResponse } from '@gitbeaker/requester-utils';

/** GitLab answered with a refusal. `body` is GitLab's, unread by the message: it may quote what was sent. */
export class GitlabRefusal extends Error {
  override readonly name = 'GitlabRefusal';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;

  constructor(status: number, headers: Readonly<Record<string, string>>, body: unknown) {
    super(`GitLab answered ${status}`);
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

interface RequestOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly prefixUrl?: string;
  readonly searchParams?: string;
  readonly body?: string;
  readonly asStream?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * One request, no repeats. Gitbeaker's own requester repeats 429 and 502 ten times within a second on every method, so
 * that a create may make ten pipelines, and drops status and headers (contracts §7).
 */
export const singleRequester = createRequesterFn(
  (_service, options) => Promise.resolve(options),
  (endpoint, options) => request(endpoint, options ?? {}),
);

async function request(endpoint: string, options: RequestOptions): Promise<FormattedResponse> {
  const url = new URL(endpoint, `${options.prefixUrl?.replace(/\/$/, '')}/`);
  url.search = options.searchParams ?? '';
  const response = await fetch(url, {
    method: options.method ?? 'GET',
    // A redirect would carry the token to another host.
    redirect: 'error',
    ...(options.headers ? { headers: options.headers } : {}),
    ...(options.body === undefined ? {} : { body: options.body }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const headers = Object.fromEntries(response.headers.entries());
  if (!response.ok) throw new GitlabRefusal(response.status, headers, await readBody(response));
  const body = options.asStream ? response.body : await readBody(response);
  return { body, headers, status: response.status } as FormattedResponse;
}

/** A throttle answers plain text (contracts §3.2); what is not JSON stays text. */
async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return isJson && text !== '' ? (JSON.parse(text) as unknown) : text;
}
