import { createHash } from 'node:crypto';
import { isRecord } from '../../workflows/shared/guards.ts';

/**
 * What is kept of an event that cannot be read, so that somebody can find out why: its keys, and the few texts that tell which event it is.
 * Everything else may be a secret's value.
 */
export function toDeadLetter(body: string, { messageId, reason }: { messageId: string; reason: string }) {
  const common = { lockkeeper: 'an event that was not taken', reason, messageId, length: body.length };
  const parsed = parse(body);
  if (parsed === undefined) return JSON.stringify({ ...common, sha256: digest(body) });
  const shape = JSON.stringify({ ...common, event: cut(parsed, 'envelope', 0) });
  return shape.length > longest ? JSON.stringify({ ...common, sha256: digest(body) }) : shape;
}

/** SQS takes 256 KiB. */
const longest = 200_000;
const deepest = 12;
const mostEntries = 200;
const longestKey = 64;

type Level = 'envelope' | 'detail' | 'inner';
const [id, name, time] = [/^[0-9a-f-]{1,40}$/, /^[A-Z][A-Za-z.]{1,60}$/, /^[0-9T:.-]{10,30}Z$/];
const [account, region, version] = [/^[0-9]{12}$/, /^[a-z]{2}(?:-[a-z]+)+-[0-9]$/, /^[0-9.]{1,5}$/];
/** What tells which event it is, and only in the form that it has in every sound one. */
const known: Readonly<Record<Level, Readonly<Record<string, RegExp>>>> = {
  envelope: {
    ...{ id, version, account, region, time, source: /^aws\.[a-z-]{2,40}$/ },
    'detail-type': /^(?:AWS (?:API Call|Service Event) via CloudTrail|Secret Label Updated)$/,
    ...{ Type: /^Notification$/, MessageId: id },
  },
  detail: {
    ...{ eventID: id, eventName: name, eventTime: time, eventType: name, eventVersion: version },
    ...{ eventSource: /^[a-z]{2,40}\.amazonaws\.com$/, awsRegion: region, recipientAccountId: account },
    errorCode: name,
  },
  inner: {},
};
const wrapping = ['Records', 'Message', 'Sns', 'body'];
const gone = '[cut]';

function cut(value: unknown, level: Level, depth: number): unknown {
  if (depth > deepest) return gone;
  if (Array.isArray(value))
    return value.slice(0, mostEntries).map((one: unknown) => cut(one, level, depth + 1));
  if (isRecord(value)) {
    const entries = Object.entries(value).slice(0, mostEntries);
    return Object.fromEntries(
      entries.map(([key, one]) => [toKey(key), cutMember(key, one, level, depth + 1)] as const),
    );
  }
  return value === null || typeof value === 'boolean' ? value : gone;
}

function cutMember(key: string, value: unknown, level: Level, depth: number): unknown {
  if (level === 'envelope' && wrapping.includes(key))
    return cut(typeof value === 'string' ? (parse(value) ?? value) : value, 'envelope', depth);
  if (level === 'envelope' && key === 'detail') return cut(value, 'detail', depth);
  const form = Object.hasOwn(known[level], key) ? known[level][key] : undefined;
  return typeof value === 'string' && form?.test(value) ? value : cut(value, 'inner', depth);
}

/** AWS's own are short words; a key that is none may be a value at the wrong place. */
function toKey(key: string): string {
  return key.length <= longestKey && /^[\w-]+$/.test(key) ? key : gone;
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function digest(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}
