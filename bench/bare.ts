import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { mapBounded } from '../activities/bounded.ts';

export interface Bare {
  /** Runs so many bare workflows. @returns of them a second, from the first start to the last end */
  rate(count: number): Promise<number>;
  stop(): Promise<void>;
}

/** As many as ten at once come from a queue of AWS. */
const startsAtOnce = 10;
let rounds = 0;

/** A worker in a process of its own, as Lockkeeper's is, on the same server. */
export async function startBare(client: Client, address: string): Promise<Bare> {
  const file = fileURLToPath(new URL('./bare-worker.ts', import.meta.url));
  const child = spawn(process.execPath, [file, address], { stdio: ['ignore', 'pipe', 'ignore'] });
  const end = () => void child.kill('SIGKILL');
  process.once('exit', end);
  await Promise.race([once(child.stdout, 'data'), died(child)]);
  return {
    async rate(count) {
      const round = (rounds += 1);
      const began = performance.now();
      const ids = Array.from({ length: count }, (_, index) => `bare-${round}-${index}`);
      await mapBounded(ids, startsAtOnce, (workflowId) =>
        client.workflow.start('bareWorkflow', { workflowId, taskQueue: 'bench-bare', args: [workflowId] }),
      );
      await untilCompleted(
        client,
        `WorkflowType = "bareWorkflow" AND WorkflowId STARTS_WITH "bare-${round}-"`,
        count,
      );
      return count / ((performance.now() - began) / 1000);
    },
    async stop() {
      process.off('exit', end);
      child.kill('SIGTERM');
      await Promise.race([once(child, 'exit'), new Promise((resolve) => setTimeout(resolve, 10_000))]);
      end();
    },
  };
}

async function died(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`the bare worker ended with ${code ?? 'a signal'}`);
}

const patienceMs = 20 * 60_000;

/** By visibility, which is a little behind: a late end makes a rate smaller, for both alike. */
export async function untilCompleted(client: Client, query: string, count: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = await client.workflow.count(`${query} AND ExecutionStatus = "Completed"`);
    if (found.count >= count) return;
    if (Date.now() > deadline) throw new Error(`${found.count} of ${count} runs have ended: ${query}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
