import type { EC2Client } from '@aws-sdk/client-ec2';
import { cutText } from '../plain-text.ts';
import type { Bucket } from '../s3/bucket.ts';
import { readSmallObject } from '../s3/small-object.ts';
import type { CallContext } from '../sts/aws-call.ts';
import { keepConsoleOutput } from './console-output.ts';
import { findInstance, isEnded } from './instances.ts';
import { consoleKeyOf, resultKeyOf } from './launch-key.ts';
import { pause } from './pause.ts';
import type { Ec2Port, TestResult } from './port.ts';
import { failed, judgeTestResult, maxResultBytes, type Judgement } from './test-result.ts';

export type AwaitInput = Parameters<Ec2Port['awaitTestResult']>[0];

export interface TestBench {
  readonly ec2: EC2Client;
  readonly bucket: Bucket;
  readonly pollMs: number | undefined;
}

/** What a note about the console leaves of the 500 characters. */
const roomForDetail = 400;

/** See Ec2Port.awaitTestResult. */
export async function awaitTestResult(
  bench: TestBench,
  input: AwaitInput,
  call: CallContext,
): Promise<TestResult> {
  const judgement = await awaitJudgement(bench, input, call);
  if (judgement.verdict === 'passed') return judgement;
  const { instanceId } = input.instance;
  const place = { instanceId, key: consoleKeyOf(input.key, input.nonce) };
  const { url, note } = await keepConsoleOutput(bench.ec2, bench.bucket, place, call);
  const { step, detail, reportedVersion } = judgement;
  const full = note === '' ? detail : `${cutText(detail, roomForDetail)}${note}`;
  return { ...failed(step, full, reportedVersion), consoleOutput: url };
}

/** The end of instance and deadline are seen before the result is looked for: a last-moment result still counts. */
async function awaitJudgement(bench: TestBench, input: AwaitInput, call: CallContext): Promise<Judgement> {
  for (;;) {
    const end = await whyNothingCanCome(bench, input, call);
    const judgement = await readJudgement(bench, input, call);
    if (judgement) return judgement;
    if (end) return failed('boot', end, null);
    call.heartbeat({ action: 'await the test result', instanceId: input.instance.instanceId });
    await pause(bench.pollMs, call);
  }
}

async function whyNothingCanCome(
  { ec2 }: TestBench,
  { instance, deadline }: AwaitInput,
  call: CallContext,
): Promise<string | undefined> {
  if (Date.now() >= Date.parse(deadline)) return `no result until the deadline ${deadline}`;
  const found = await findInstance(ec2, instance.instanceId, call);
  return found && isEnded(found) ? `the instance ended (${found.state}) without a result` : undefined;
}

async function readJudgement(
  { bucket }: TestBench,
  { key, nonce, version, instance }: AwaitInput,
  call: CallContext,
): Promise<Judgement | undefined> {
  const stored = await readSmallObject(bucket, resultKeyOf(key, nonce), maxResultBytes, call);
  if (!stored) return undefined;
  if (!stored.complete)
    return failed('boot', `the instance wrote a result of more than ${maxResultBytes} bytes`, null);
  const { instanceId, accountId: account } = instance;
  return judgeTestResult(stored.bytes.toString('utf8'), { run: key, nonce, instanceId, account, version });
}
