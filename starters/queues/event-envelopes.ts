import { isRecord } from '../../workflows/shared/guards.ts';

/** Events of EventBridge, as they reach a queue: by themselves, in an SNS envelope, or several in one body. */
export type OpenedEnvelope =
  | { readonly kind: 'event'; readonly value: Readonly<Record<string, unknown>> }
  /** @property reason never what the message says */
  | { readonly kind: 'malformed'; readonly reason: string };

/** An envelope in an envelope, and no deeper. */
const deepest = 3;
const mostRecords = 100;

/** Total. @returns what is in it, at least one; what an event says is not looked at */
export function openEnvelopes(body: string): readonly OpenedEnvelope[] {
  return openBody(body, 0);
}

function openBody(body: string, depth: number): readonly OpenedEnvelope[] {
  try {
    return openValue(JSON.parse(body), depth);
  } catch {
    return [malformed('no JSON')];
  }
}

function openValue(value: unknown, depth: number): readonly OpenedEnvelope[] {
  if (depth > deepest) return [malformed('envelopes within envelopes')];
  const records = Array.isArray(value) ? value : isRecord(value) ? value['Records'] : undefined;
  if (Array.isArray(records)) {
    if (records.length === 0 || records.length > mostRecords)
      return [malformed(`${records.length} records, but 1 to ${mostRecords} are expected`)];
    return records.flatMap((one: unknown) => openValue(one, depth + 1));
  }
  if (!isRecord(value)) return [malformed('no object')];
  const inner = innerOf(value);
  return inner === undefined ? [{ kind: 'event', value }] : openBody(inner, depth + 1);
}

/** Of an SNS envelope, a record of SNS, or a record of SQS. */
function innerOf(value: Readonly<Record<string, unknown>>): string | undefined {
  const { Message, Sns, body } = value;
  if (typeof Message === 'string') return Message;
  if (isRecord(Sns) && typeof Sns['Message'] === 'string') return Sns['Message'];
  return typeof body === 'string' && value['detail-type'] === undefined ? body : undefined;
}

function malformed(reason: string): OpenedEnvelope {
  return { kind: 'malformed', reason };
}
