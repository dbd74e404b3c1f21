import { z } from 'zod';
import type { Emulator } from './emulator.ts';
import type { TrailStore } from './trail-store.ts';

const Recorded = z.strictObject({
  account: z.string().regex(/^[0-9]{12}$/),
  region: z.string(),
  detailType: z.enum([
    'AWS API Call via CloudTrail',
    'AWS Service Event via CloudTrail',
    // Secrets Manager's own, which CloudTrail knows nothing of
    'Secret Label Updated',
  ]),
  detail: z.record(z.string(), z.unknown()),
  resources: z.array(z.string()).default([]),
  /** How often EventBridge delivers it; 0: it is lost. */
  times: z.int().min(0).max(100).default(1),
});
export type Recorded = z.input<typeof Recorded>;

/**
 * Something happened in an account: CloudTrail keeps it, and EventBridge of that account hears of it as often as asked for.
 * @returns {id} of EventBridge's envelope; null: nothing was delivered
 */
export async function recordInTrail(store: TrailStore, ask: Emulator['ask'], body: unknown) {
  const { times, resources, ...record } = Recorded.parse(body);
  const { account, region, detailType, detail } = record;
  if (detailType !== 'Secret Label Updated') store.add({ account, region, detailType, detail });
  if (times === 0) return { id: null };
  const source = 'aws.secretsmanager';
  return ask<{ id: string }>('event', { ...record, source, resources, times });
}
