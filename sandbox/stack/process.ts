import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnTied, stopChild } from '../shared/child.ts';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** One of Lockkeeper's own processes, run as a user would: a main file, a configuration, an environment. */
export interface OwnProcess {
  /** The JSON line that the main prints when it is ready. */
  start(): Promise<Readonly<Record<string, unknown>>>;
  /** SIGKILL: as a power failure would. */
  kill(): Promise<void>;
  /** SIGTERM, and it drains. */
  stop(): Promise<void>;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  readonly logFile: string;
}

export function ownProcess(options: {
  main: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  logFile: string;
  readyWithinMs?: number;
  /** More flags of Node. */
  nodeArgs?: readonly string[];
}): OwnProcess {
  let child: ChildProcess | undefined;
  const { logFile } = options;

  async function start() {
    const log = createWriteStream(logFile, { flags: 'a' });
    // as the image starts it (Dockerfile)
    const flags = ['--max-semi-space-size=2', ...(options.nodeArgs ?? [])];
    const args = [...flags, path.join(root, options.main), ...options.args];
    const started = spawnTied(process.execPath, args, {
      cwd: root,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    started.stderr?.pipe(log);
    return readReady(started, options.readyWithinMs ?? 60_000);
  }

  async function readReady(
    started: ChildProcess,
    withinMs: number,
  ): Promise<Readonly<Record<string, unknown>>> {
    const ended = new Promise<never>((_, reject) => {
      started.once(
        'exit',
        (code) => void tail().then((text) => reject(new Error(`${options.main} ended (${code}):\n${text}`))),
      );
    });
    ended.catch(() => {});
    const timer = setTimeout(() => started.kill('SIGKILL'), withinMs);
    try {
      return await Promise.race([firstJsonLine(started), ended]);
    } finally {
      clearTimeout(timer);
    }
  }

  async function tail(): Promise<string> {
    return (await readFile(logFile, 'utf8').catch(() => '')).split('\n').slice(-20).join('\n');
  }

  return {
    start,
    logFile,
    get pid() {
      return child && child.exitCode === null && child.signalCode === null ? child.pid : undefined;
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      if (child) await stopChild(child, 15_000);
    },
  };
}

function firstJsonLine(child: ChildProcess): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve) => {
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).once('line', (line) => {
      resolve(JSON.parse(line) as Record<string, unknown>);
    });
    child.stdout.resume();
  });
}
