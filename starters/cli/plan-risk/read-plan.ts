import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { PlanRule } from '../../../config/change-schema.ts';
import type { PlanReport } from '../../../workflows/change-approval/plan-report.ts';
import { createStartCheck } from './start-check.ts';
import { ObjectScanner } from './object-scanner.ts';
import { openPlan, toUtf8 } from './plan-bytes.ts';
import { PlanTally } from './plan-tally.ts';

export interface ReadPlanOptions {
  /** `processes.change.planRules` of the configuration. */
  readonly rules: readonly PlanRule[];
}

/**
 * Judges a plan as `terraform show -json` writes it, one resource at a time: memory does not grow with the plan. It may be packed
 * with gzip, in UTF-8 or UTF-16.
 * @param source a path, or the plan itself as it comes
 * @throws NotAPlan for anything else · the system's error for a file that cannot be read
 */
export async function readPlan(source: Readable | string, { rules }: ReadPlanOptions): Promise<PlanReport> {
  const file = createHash('sha256');
  const tally = new PlanTally(rules);
  const scanner = new ObjectScanner(tally);
  const start = createStartCheck();
  for await (const chunk of toUtf8(hashed(openPlan(source), file)))
    if (start.check(chunk)) scanner.push(chunk);
  start.end();
  scanner.end();
  return tally.report(file.digest('hex'));
}

async function* hashed(bytes: AsyncIterable<Buffer>, hash: { update(bytes: Buffer): unknown }) {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}
