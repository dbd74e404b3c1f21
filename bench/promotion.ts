import { startBenchStack, type BenchStack, type Log } from './bench-stack.ts';
import { measureFirstChange } from './first-change.ts';
import { measureOwnOverhead } from './own-overhead.ts';
import { measurePublishing } from './publish-throughput.ts';
import type { Measured } from './report.ts';

export const promotionParts = ['first-change', 'overhead', 'publishing'] as const;
export type PromotionPart = (typeof promotionParts)[number];

const run: Record<PromotionPart, (stack: BenchStack, log: Log) => Promise<Measured>> = {
  'first-change': (stack, log) => measureFirstChange(stack, 24, log),
  overhead: (stack, log) => measureOwnOverhead(stack, 10, log),
  publishing: ({ vendors }, log) => measurePublishing(vendors.aws, { pairs: 5, megabytes: 256 }, log),
};

/** The figures of one promotion, on a stack of its own. */
export async function benchPromotion(parts: readonly PromotionPart[], log: Log): Promise<Measured> {
  const stack = await startBenchStack(log);
  try {
    const all: Measured[] = [];
    for (const part of parts) {
      log(`— ${part}`);
      all.push(await run[part](stack, log));
    }
    return { figures: all.flatMap(({ figures }) => figures), notes: all.flatMap(({ notes }) => notes) };
  } finally {
    await stack.stop();
  }
}
