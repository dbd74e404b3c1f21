import type { Fault } from '../../../sandbox/shared/faults.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
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
