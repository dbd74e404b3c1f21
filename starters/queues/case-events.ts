import { text } from '../../workflows/shared/guards.ts';
import { openEnvelopes } from './event-envelopes.ts';

/** EventBridge's `aws.security-ir` events. */

/** A hint that a case changed. */
export interface CaseEvent {
  /** EventBridge's id, the same on every delivery. */
  readonly id: string;
  /** Such as `Case Comment Added`. */
  readonly detailType: string;
  readonly account: string;
  readonly region: string;
  readonly caseId: string;
}

export type ReadEvent =
  | { readonly kind: 'event'; readonly event: CaseEvent }
  /** Of the service, but of no case. */
  | { readonly kind: 'ignored'; readonly reason: string }
  /** @property reason never what the message says */
  | { readonly kind: 'malformed'; readonly reason: string };

const eventSource = 'aws.security-ir';

/** Total. @returns what is in it, at least one */
export function readCaseEvents(body: string): readonly ReadEvent[] {
  return openEnvelopes(body).map((one) => (one.kind === 'event' ? readEvent(one.value) : one));
}

function readEvent(value: Readonly<Record<string, unknown>>): ReadEvent {
  const [id, account, region] = [text(value, 'id'), text(value, 'account'), text(value, 'region')];
  const detailType = text(value, 'detail-type');
  if (text(value, 'source') !== eventSource) return malformed(`source: ${eventSource} is expected`);
  if (id === undefined || detailType === undefined) return malformed('id or detail-type is missing');
  if (account === undefined || !/^[0-9]{12}$/.test(account))
    return malformed('account: 12 digits are expected');
  if (region === undefined || !/^[a-z0-9-]{4,30}$/.test(region))
    return malformed('region: a region is expected');
  // memberships have events, too
  if (!detailType.startsWith('Case '))
    return { kind: 'ignored', reason: `events of another kind than Case: ${detailType.slice(0, 40)}` };
  const caseId = readCaseId(value, account, region);
  if (caseId === undefined) return malformed('detail.caseId or the ARN in resources: a case is expected');
  return { kind: 'event', event: { id, detailType, account, region, caseId } };
}

/** The detail's, which the ARN must not contradict; else the ARN's. */
function readCaseId(value: Readonly<Record<string, unknown>>, account: string, region: string) {
  const { detail, resources } = value;
  const arns = (Array.isArray(resources) ? resources : []).map(String);
  const named = arns.flatMap((arn) => {
    const match = /^arn:aws[a-z-]*:security-ir:([^:]+):([0-9]{12}):case\/([0-9]{10,32})$/.exec(arn);
    return match && match[1] === region && match[2] === account ? [match[3]] : [];
  });
  const own = text(detail, 'caseId');
  if (own === undefined) return arns.length === 1 ? named[0] : undefined;
  const contradicts = arns.length > 0 && !named.includes(own);
  return /^[0-9]{10,32}$/.test(own) && !contradicts ? own : undefined;
}

function malformed(reason: string): ReadEvent {
  return { kind: 'malformed', reason };
}
