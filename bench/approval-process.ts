import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ticks of /proc/<pid>/stat: a constant of Linux's interface to programs. */
const msPerTick = 10;

/** Memory in use by a process, by the kernel's account. */
export function residentMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kb === undefined) throw new Error(`process ${pid} shows no VmRSS`);
  return (Number(kb) * 1024) / 1e6;
}

/** Time on a CPU since the process began, in all its threads. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // the name of the command, in brackets, may hold spaces
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}

/** One sample a second: memory comes and goes with the garbage collector. */
export async function sampleResidentMb(pid: number, samples: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < samples) {
    found.push(residentMb(pid));
    await sleep(1_000);
  }
  return found;
}

/** The highest of four samples a second, from now until it is stopped. */
export function watchResidentMb(pid: number) {
  const ended = new AbortController();
  let highest = residentMb(pid);
  void (async () => {
    while (!ended.signal.aborted) {
      highest = Math.max(highest, residentMb(pid));
      await sleep(250, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  return { highest: () => highest, restart: () => void (highest = 0), stop: () => ended.abort() };
}
