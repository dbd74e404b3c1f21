import { isRecord, text } from '../../workflows/shared/guards.ts';
import type { VendorRequest, VendorResponse } from '../shared/front.ts';
import type { Emulator } from './emulator.ts';
import { timeOf, type TrailRecord, type TrailStore } from './trail-store.ts';

/**
 * CloudTrail's LookupEvents over the records of a store: rights by the emulator's policies, one attribute, time range, pages of at most
 * 50, newest first, 90 days back. Left out: the check of the signature itself, the limit of two calls a second, the quarter of an hour
 * after which AWS has an event, and attributes other than EventSource, EventName and EventId.
 */
export function createLookUpEvents(store: TrailStore, ask: Emulator['ask'], now: () => number = Date.now) {
  return async (request: VendorRequest): Promise<VendorResponse> => {
    const caller = await authenticate(request, ask);
    if ('status' in caller) return caller;
    const asked: unknown = JSON.parse((await request.body()).toString('utf8') || '{}');
    try {
      return json(200, look(store.list(caller.account, caller.region), isRecord(asked) ? asked : {}, now()));
    } catch (error) {
      if (error instanceof LookUpRefusal) return refusal(error.code, error.message);
      throw error;
    }
  };
}

export function isLookUpEvents({ headers }: VendorRequest): boolean {
  return /CloudTrail_20131101\.LookupEvents$/.test(String(headers['x-amz-target'] ?? ''));
}

class LookUpRefusal extends Error {
  override readonly name = 'LookUpRefusal';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type Found = { readonly found: true; readonly accountId: string } | { readonly found: false };

async function authenticate(
  { headers }: VendorRequest,
  ask: Emulator['ask'],
): Promise<{ account: string; region: string } | VendorResponse> {
  const [, accessKeyId = '', region = ''] =
    /Credential=([^/]+)\/\d+\/([^/]+)\/cloudtrail\//.exec(headers.authorization ?? '') ?? [];
  const found = await ask<Found>('credential', { accessKeyId, region });
  if (!found.found) return refusal('UnrecognizedClientException', 'The security token is invalid.');
  const question = { accessKeyId, action: 'cloudtrail:LookupEvents', resource: '*', region };
  const { allowed } = await ask<{ allowed: boolean }>('authorize', question);
  if (!allowed) return refusal('AccessDeniedException', 'not authorized to perform: cloudtrail:LookupEvents');
  return { account: found.accountId, region };
}

const dayMs = 86_400_000;
const longestDays = 90;
const largestPage = 50;

function look(records: readonly TrailRecord[], asked: Readonly<Record<string, unknown>>, nowMs: number) {
  const { StartTime, EndTime, MaxResults = largestPage, NextToken } = asked;
  const [from, to] = [secondsOf(StartTime, 0), secondsOf(EndTime, nowMs + dayMs)];
  if (from > to)
    throw new LookUpRefusal('InvalidTimeRangeException', 'The start time is after the end time.');
  if (typeof MaxResults !== 'number' || MaxResults < 1 || MaxResults > largestPage)
    throw new LookUpRefusal('InvalidMaxResultsException', `MaxResults must be 1 to ${largestPage}.`);
  const earliest = Math.max(from, nowMs - longestDays * dayMs);
  const matches = attributeOf(asked['LookupAttributes']);
  const found = records.filter(
    (one) => timeOf(one) >= earliest && timeOf(one) <= to && matches(toEvent(one)),
  );
  const start = NextToken === undefined ? 0 : after(found, NextToken);
  const page = found.slice(start, start + MaxResults);
  const last = page.at(-1);
  return {
    Events: page.map(toEvent),
    ...(last && start + page.length < found.length ? { NextToken: tokenOf(last) } : {}),
  };
}

/** Clients send whole seconds or ISO 8601. @returns milliseconds */
function secondsOf(value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  return typeof value === 'number' ? value * 1000 : Date.parse(typeof value === 'string' ? value : '');
}

function attributeOf(attributes: unknown): (event: ReturnType<typeof toEvent>) => boolean {
  if (!Array.isArray(attributes) || attributes.length === 0) return () => true;
  const [first] = attributes as unknown[];
  const { AttributeKey: key, AttributeValue: value } = isRecord(first) ? first : {};
  if (attributes.length > 1 || (key !== 'EventSource' && key !== 'EventName' && key !== 'EventId'))
    throw new LookUpRefusal('InvalidLookupAttributesException', 'One attribute is possible.');
  return (event) => event[key] === value;
}

/** Stays right while newer events come in: it names the last one shown. */
function tokenOf(record: TrailRecord): string {
  return Buffer.from(String(record.detail['eventID'])).toString('base64');
}

function after(found: readonly TrailRecord[], token: unknown): number {
  const index = found.findIndex((one) => tokenOf(one) === token);
  if (index < 0) throw new LookUpRefusal('InvalidNextTokenException', 'The token is not valid.');
  return index + 1;
}

function toEvent({ detail }: TrailRecord) {
  const name = text(detail['userIdentity'], 'arn')?.split('/').at(-1);
  return {
    EventId: String(detail['eventID']),
    EventName: String(detail['eventName']),
    EventSource: String(detail['eventSource']),
    ReadOnly: detail['readOnly'] === true ? 'true' : 'false',
    EventTime: Date.parse(String(detail['eventTime'])) / 1000,
    ...(name ? { Username: name } : {}),
    Resources: [],
    CloudTrailEvent: JSON.stringify(detail),
  };
}

function json(status: number, body: unknown): VendorResponse {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
}

function refusal(code: string, message: string): VendorResponse {
  return json(400, { __type: code, message });
}
