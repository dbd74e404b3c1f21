import { isRecord } from '../../workflows/shared/guards.ts';
import { WebhookRefusal } from './refusal.ts';

/** @throws WebhookRefusal malformed, unless the body is a JSON object in UTF-8 */
export function parseBody(rawBody: Buffer): Readonly<Record<string, unknown>> {
  const body = parseJson(rawBody);
  if (!isRecord(body)) throw new WebhookRefusal('malformed', 'the body is not a JSON object');
  return body;
}

function parseJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody));
  } catch {
    throw new WebhookRefusal('malformed', 'the body is not JSON in UTF-8');
  }
}
