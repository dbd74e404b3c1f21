// Every repetition that can fail is bounded: the text may be hostile and long.
const tokenShapes = [
  /\b(?:Bearer|Basic)\s{1,4}[\w.~+/=-]{8,}/gi,
  /\bgl[a-z]{2,6}-[\w-]{16,}/g,
  /\bxox[a-z]-[\w-]{8,}/g,
  /\bATATT[\w=-]{16,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\beyJ[\w-]{8,}(?:\.[\w-]+)*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

/** `PRIVATE-TOKEN: x`, `"password":"x"`, `X-Amz-Signature=x`, `aws_secret_access_key = x`. */
const namedSecret =
  /((?:[\w-]{0,40}(?:token|secret|passw(?:or)?d|signature|credential|api[-_]?key|secret_access_key)|authorization|cookie)["']?\s{0,4}[:=]\s{0,4})(?:"[^"]*"|'[^']*'|[^\s,;&"'}]+)/gi;

/** User information and query of a URL: presigned URLs and web hooks carry their secret there. */
const url = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)(?:[^\s/@"'<>]*@)?([^\s?#"'<>]*)(?:[?#][^\s"'<>]*)?/gi;

/**
 * Text that people and histories may see: URLs lose user, query and fragment; tokens of the vendors' known shapes and
 * values named like a secret become `[redacted]`.
 */
export function redact(text: string): string {
  const withoutQueries = text.replace(url, '$1$2');
  const withoutTokens = tokenShapes.reduce(
    (rest, shape) => rest.replace(shape, '[redacted]'),
    withoutQueries,
  );
  return withoutTokens.replace(namedSecret, '$1[redacted]');
}

/** @returns an error of the same name whose message, stack and causes are redacted: Temporal's history keeps all three */
export function redactError(error: unknown, depth = 0): Error | undefined {
  if (!(error instanceof Error) || depth > 3) return undefined;
  const cause = redactError(error.cause, depth + 1);
  const copy = new Error(redact(error.message.slice(0, 4000)).slice(0, 500), cause ? { cause } : undefined);
  copy.name = error.name;
  copy.stack = redact((error.stack ?? '').slice(0, 8000)).slice(0, 4000);
  return copy;
}
