import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';

/**
 * A child that cannot outlive us: Linux sends it SIGKILL when this process ends, however it ends (setpriv, util-linux).
 */
export function spawnTied(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn('setpriv', ['--pdeathsig', 'KILL', '--', command, ...args], options);
}

/** SIGTERM, and after `graceMs` SIGKILL. Ended already is fine. */
export async function stopChild(child: ChildProcess, graceMs = 10_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}
