/** Shape guards for signal and update payloads: a handler takes `unknown` and is total (design §1). No zod in the bundle. */

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns the field when it is a string of 1 to 500 characters */
export function text(value: unknown, field: string): string | undefined {
  const found = isRecord(value) ? value[field] : undefined;
  return typeof found === 'string' && found.length > 0 && found.length <= 500 ? found : undefined;
}

export function wholeNumber(value: unknown, field: string): number | undefined {
  const found = isRecord(value) ? value[field] : undefined;
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : undefined;
}

/**
 * A run's id, from whoever sent it. The server does not merely refuse a signal to anything else: it fails the workflow task
 * that asks for it, again and again.
 */
export function runIdOf(value: unknown, field = 'runId'): string | undefined {
  const found = text(value, field);
  return found !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(found) ? found : undefined;
}
