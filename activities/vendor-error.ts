/** The fields in which Node, undici, jira.js, our GitLab requester, Slack and the AWS SDK put what happened. */
export interface VendorError extends Error {
  readonly code?: unknown;
  readonly Code?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly body?: unknown;
  readonly data?: unknown;
  readonly report?: unknown;
  readonly headers?: unknown;
  /** Seconds, Slack. */
  readonly retryAfter?: unknown;
  /** Milliseconds, jira.js. */
  readonly retryAfterMs?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: unknown };
}

const longestWaitMs = 3_600_000;

/** The error and what caused it, outermost first; at most five. */
export function causeChain(error: unknown): VendorError[] {
  const chain: VendorError[] = [];
  for (let one = error; one instanceof Error && chain.length < 5; one = one.cause) chain.push(one);
  return chain;
}

/** fetch reports every network fault as a bare TypeError with the reason underneath. */
export function isFetchFailure(error: unknown): boolean {
  return error instanceof TypeError && error.cause instanceof Error;
}

export function statusOf(error: VendorError): number | undefined {
  const candidates = [error.status, error.statusCode, error.$metadata?.httpStatusCode];
  return candidates.find((one): one is number => typeof one === 'number' && one >= 100 && one < 600);
}

/** Every code and name that may say what happened, the most telling first. */
export function codesOf(error: VendorError): string[] {
  const platform = isRecord(error.data) ? error.data.error : undefined;
  return [platform, error.Code, error.code, error.name].filter((one) => typeof one === 'string');
}

/** @returns how long the vendor asks to wait, ms; at most an hour, so that a strange header cannot park a run for ever */
export function waitOf(error: VendorError, now = Date.now()): number | undefined {
  if (typeof error.retryAfterMs === 'number') return bounded(error.retryAfterMs);
  if (typeof error.retryAfter === 'number') return bounded(error.retryAfter * 1000);
  return waitOfHeaders(error.headers, now) ?? waitOfHeaders(error.$response?.headers, now);
}

/** Reads `Retry-After`, seconds or a date. @param headers names in lower case */
export function waitOfHeaders(headers: unknown, now = Date.now()): number | undefined {
  const value = isRecord(headers) ? headers['retry-after'] : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const seconds = Number(value);
  return bounded(Number.isNaN(seconds) ? Date.parse(value) - now : seconds * 1000);
}

/** The vendor's own words about a refusal; empty when it said nothing readable. */
export function reasonOf(error: VendorError): string {
  const report = isRecord(error.report) ? error.report.issues : undefined;
  const said = [error.body, error.data, report].flatMap(words).filter(Boolean);
  return said.join('; ') || (error.$metadata ? `${error.name}: ${error.message}` : error.message);
}

function words(body: unknown): string[] {
  if (typeof body === 'string') return body.trimStart().startsWith('<') ? [] : [body];
  if (Array.isArray(body)) return body.flatMap((one) => (isRecord(one) ? [JSON.stringify(one)] : words(one)));
  if (!isRecord(body)) return [];
  const { errorMessages, errors, message, error } = body;
  const fields = isRecord(errors)
    ? Object.entries(errors).map(([name, text]) => `${name}: ${String(text)}`)
    : [];
  return [
    ...words(errorMessages),
    ...fields,
    ...(isRecord(message) ? [JSON.stringify(message)] : words(message)),
    ...words(error),
  ];
}

function bounded(ms: number): number | undefined {
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, longestWaitMs) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
