import { z } from 'zod';
import { cutText, toPlainText } from '../plain-text.ts';
import { redact } from '../redact.ts';
import type { TestResult, TestStep } from './port.ts';

/** What a result has to name to be the one of this launch. */
export interface ExpectedResult {
  readonly run: string;
  readonly nonce: string;
  readonly instanceId: string;
  readonly account: string;
  readonly version: string;
}

export type FailedResult = Omit<Extract<TestResult, { verdict: 'failed' }>, 'consoleOutput'>;
export type Judgement = Extract<TestResult, { verdict: 'passed' }> | FailedResult;

const steps = ['boot', 'download', 'checksum', 'install', 'service', 'version'] as const satisfies TestStep[];

const Result = z.object({
  run: z.string(),
  nonce: z.string(),
  instanceId: z.string(),
  account: z.string(),
  expectedVersion: z.string(),
  status: z.enum(['passed', 'failed']),
  step: z.enum(steps),
  detailBase64: z.base64(),
  reportedVersionBase64: z.base64(),
});
type Result = z.infer<typeof Result>;

export const maxResultBytes = 64 * 1024;
const maxDetail = 500;
const maxReportedVersion = 100;

/**
 * Judges what somebody who held the URL has written: text from a machine that runs unproven code. Only a result that
 * names this run, nonce, instance and account, and the very version, passes.
 */
export function judgeTestResult(text: string, expected: ExpectedResult): Judgement {
  const result = parseResult(text);
  if (!result) return failed('boot', 'the instance wrote a result that is not in the agreed form', null);
  const strange = strangeFields(result, expected);
  const reported = withoutLineEnd(decode(result.reportedVersionBase64));
  if (strange.length > 0)
    return failed(result.step, `the result is not of this launch: other ${strange.join(', ')}`, null);
  if (result.status === 'failed') return failed(result.step, decode(result.detailBase64), reported);
  if (reported === expected.version) return { verdict: 'passed', reportedVersion: reported };
  return failed('version', `the agent reports another version than ${expected.version}`, reported);
}

export function failed(step: TestStep, detail: string, reportedVersion: string | null): FailedResult {
  return {
    verdict: 'failed',
    step,
    detail: toShownText(detail, maxDetail),
    reportedVersion: reportedVersion === null ? null : toShownText(reportedVersion, maxReportedVersion),
  };
}

function parseResult(text: string): Result | undefined {
  try {
    return Result.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function strangeFields(result: Result, expected: ExpectedResult): string[] {
  const pairs: Record<string, readonly [string, string]> = {
    run: [result.run, expected.run],
    nonce: [result.nonce, expected.nonce],
    instance: [result.instanceId, expected.instanceId],
    account: [result.account, expected.account],
    'expected version': [result.expectedVersion, expected.version],
  };
  return Object.keys(pairs).filter((name) => pairs[name]?.[0] !== pairs[name]?.[1]);
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

/** A command ends its output with one line end; anything more is another version. */
function withoutLineEnd(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

function toShownText(text: string, length: number): string {
  return cutText(redact(toPlainText(text)).trim(), length);
}
