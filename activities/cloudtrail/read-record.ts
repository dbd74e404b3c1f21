import { isRecord } from '../../workflows/shared/guards.ts';
import { readSecretEvent, type ReadEvent } from '../../workflows/secret-audit/read-event.ts';

/**
 * CloudTrail's own record of an event, as LookupEvents hands it out: the same that EventBridge wraps. Total.
 * @param json `CloudTrailEvent`
 */
export function readRecord(json: string | undefined): ReadEvent {
  const detail = parse(json);
  if (!isRecord(detail)) return { kind: 'malformed', why: 'CloudTrailEvent: is no JSON object' };
  const isService = detail['eventType'] === 'AwsServiceEvent';
  return readSecretEvent({
    source: 'aws.secretsmanager',
    'detail-type': isService ? 'AWS Service Event via CloudTrail' : 'AWS API Call via CloudTrail',
    detail,
  });
}

function parse(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch {
    return undefined;
  }
}
