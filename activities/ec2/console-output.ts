import { GetConsoleOutputCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { failureType } from '../../workflows/shared/failures.ts';
import { toPlainText } from '../plain-text.ts';
import { redact } from '../redact.ts';
import type { Bucket } from '../s3/bucket.ts';
import { urlOf } from '../s3/stored-object.ts';
import { replaceSmallObject } from '../s3/small-object.ts';
import { callAws, type CallContext } from '../sts/aws-call.ts';

const maxConsoleBytes = 64 * 1024;

export interface KeptConsole {
  /** `s3://…`; null when there was none. */
  readonly url: string | null;
  /** Why there is none although there should be. */
  readonly note: string;
}

/** Keeps the end of the console, redacted, beside the result. It is evidence only: failing to keep it changes no verdict. */
export async function keepConsoleOutput(
  ec2: EC2Client,
  bucket: Bucket,
  { instanceId, key }: { instanceId: string; key: string },
  call: CallContext,
): Promise<KeptConsole> {
  try {
    const body = await readConsole(ec2, instanceId, call);
    if (body === '') return { url: null, note: '' };
    await replaceSmallObject(bucket, key, { body, type: 'text/plain; charset=utf-8' }, call);
    return { url: urlOf(bucket, key), note: '' };
  } catch (error) {
    call.signal.throwIfAborted();
    return { url: null, note: ` (the console output could not be kept: ${failureType(error)})` };
  }
}

async function readConsole(ec2: EC2Client, instanceId: string, call: CallContext): Promise<string> {
  const action = `read the console of ${instanceId}`;
  return callAws(call, { system: 'ec2', action }, async (abortSignal) => {
    // Latest: what a Nitro instance wrote until now; without it EC2 gives an hour-old snapshot.
    const command = new GetConsoleOutputCommand({ InstanceId: instanceId, Latest: true });
    const { Output = '' } = await ec2.send(command, { abortSignal });
    const text = redact(toPlainText(Buffer.from(Output, 'base64').toString('utf8')));
    return Buffer.from(text).subarray(-maxConsoleBytes).toString('utf8').toWellFormed();
  });
}
