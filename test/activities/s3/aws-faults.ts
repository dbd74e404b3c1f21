import type { Fault } from '../../../sandbox/shared/faults.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import type { FailureType } from '../../../workflows/shared/failures.ts';
import { awsControlToken } from '../../support/aws.ts';

const headers = { 'x-sandbox-token': awsControlToken, 'content-type': 'application/json' };

/** The next matching calls fail in this way, `times` of them (default 1). */
export async function addFault(aws: SandboxAws, fault: Fault): Promise<void> {
  await fetch(`${aws.url}/_sandbox/faults`, { method: 'POST', headers, body: JSON.stringify(fault) });
}

export async function clearFaults(aws: SandboxAws): Promise<void> {
  await fetch(`${aws.url}/_sandbox/faults`, { method: 'DELETE', headers });
}

/** What S3 says when it refuses. */
export function s3Error(status: number, code: string): Pick<Fault, 'mode' | 'status' | 'headers' | 'body'> {
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>made by a test</Message></Error>`;
  return { mode: 'status', status, headers: { 'content-type': 'application/xml' }, body };
}

/** What EC2 says when it refuses; STS says nearly the same. */
export function ec2Error(status: number, code: string): Pick<Fault, 'mode' | 'status' | 'headers' | 'body'> {
  const error = `<Error><Code>${code}</Code><Message>made by a test</Message></Error>`;
  const body = `<?xml version="1.0"?><Response><Errors>${error}</Errors><RequestID>r</RequestID></Response>`;
  return { mode: 'status', status, headers: { 'content-type': 'text/xml' }, body };
}

/** Each way in which S3 fails to answer, and what it is to us. */
export const s3Answers: Readonly<Record<string, readonly [Fault, FailureType]>> = {
  '403': [s3Error(403, 'AccessDenied'), 'PermissionDenied'],
  '403 with a dead session': [s3Error(403, 'ExpiredToken'), 'CredentialRejected'],
  '404 of the bucket': [s3Error(404, 'NoSuchBucket'), 'NotFound'],
  '409 of another operation': [s3Error(409, 'OperationAborted'), 'Conflict'],
  '429': [s3Error(429, 'TooManyRequestsException'), 'RateLimited'],
  '503 slow down': [s3Error(503, 'SlowDown'), 'RateLimited'],
  '500': [s3Error(500, 'InternalError'), 'Unavailable'],
  'a page of a proxy': [{ mode: 'status', status: 502, body: '<html>bad gateway</html>' }, 'Unavailable'],
  'a hang': [{ mode: 'hang' }, 'Unavailable'],
  'a cut connection': [{ mode: 'lost', when: 'before' }, 'Unavailable'],
};
