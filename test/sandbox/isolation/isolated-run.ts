import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Context } from 'mocha';
import { isolationAvailable } from '../../../sandbox/isolation/isolation-available.ts';
import { keepHead } from '../../../sandbox/isolation/bounded-output.ts';
import { runIsolated, type Forward, type IsolatedCommand } from '../../../sandbox/isolation/run-isolated.ts';

/** Skips, with the reason in the log, where the machine has no namespaces. */
export async function skipWithoutIsolation(this: Context) {
  this.timeout(10_000);
  const isolation = await isolationAvailable();
  if (isolation.available) return;
  process.stderr.write(`SKIPPED: ${isolation.reason}\n`);
  this.skip();
}

const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** Runs a bash script in namespaces; `output` is stdout and stderr, trimmed. */
export async function runInside(
  script: string,
  options: Partial<IsolatedCommand> & { forwardTo?: (labDir: string) => Promise<Forward> } = {},
): Promise<{ code: number; output: string }> {
  const labDir = mkdtempSync(path.join(tmpdir(), 'isolated-'));
  const kept = keepHead(100_000);
  const forwards = options.forwardTo ? [await options.forwardTo(labDir)] : [];
  const command = ['bash', '-c', script] as const;
  try {
    const run = runIsolated({
      labDir,
      hostname: 'inside',
      command,
      env,
      forwards,
      console: kept.stream,
      ...options,
    });
    return { code: await run.exit, output: kept.text().trim() };
  } finally {
    rmSync(labDir, { recursive: true, force: true });
  }
}
