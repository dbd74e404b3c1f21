import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('plugin/launcher.py', import.meta.url));
const startTimeoutMs = 30_000;
const stopTimeoutMs = 5_000;

export interface Emulator {
  readonly url: string;
  readonly pid: number;
  /** Retires the keys of the accounts' roots: from here on every call is checked. */
  seal(): Promise<void>;
  /** Forgets objects, instances, messages, secrets and items; accounts, users, roles, buckets, queues, tables and policies stay. */
  clear(): Promise<void>;
  /** For services served outside of the emulator, see plugin/outside_services.py. */
  ask<Answer>(verb: 'credential' | 'authorize' | 'event', question: object): Promise<Answer>;
  stop(): Promise<void>;
}

/**
 * Starts ministack with our plugin on 127.0.0.1; resolves when it serves. It ends with this process, however that ends.
 * Instance consoles are read from `<consoleDir>/<instance id>.log`.
 */
export async function startEmulator(options: {
  python: string;
  port?: number;
  consoleDir: string;
  log: (line: string) => void;
}): Promise<Emulator> {
  await mkdir(options.consoleDir, { recursive: true });
  const token = randomUUID();
  const child = spawn(options.python, ['-B', launcher], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: emulatorEnvironment(options.port ?? 0, token, options.consoleDir),
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`ended with ${code ?? signal}`));
  });
  const port = await readPort(child, ended, options.log);
  void ended.then((how) => options.log(`AWS emulator: ${how}`));
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    pid: child.pid ?? 0,
    seal: async () => void (await control(url, token, 'seal')),
    clear: async () => void (await control(url, token, 'clear')),
    ask: async <Answer>(verb: string, question: object) =>
      (await (await control(url, token, verb, question)).json()) as Answer,
    stop: () => stop(child, ended),
  };
}

/** Nothing of the caller's: an AWS_* or MINISTACK_* variable of the shell would change what the emulator does. */
function emulatorEnvironment(port: number, token: string, consoleDir: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    LANG: 'C.UTF-8',
    LOCKKEEPER_EMULATOR_PORT: String(port),
    LOCKKEEPER_EMULATOR_TOKEN: token,
    LOCKKEEPER_CONSOLE_DIR: consoleDir,
  };
}

async function readPort(child: ChildProcess, ended: Promise<string>, log: (line: string) => void) {
  const tail: string[] = [];
  const keep = (line: string) => {
    tail.push(line);
    if (tail.length > 40) tail.shift();
    log(`AWS emulator: ${line}`);
  };
  createInterface({ input: child.stderr! }).on('line', keep);
  const announced = new Promise<number>((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const port = /^\{"port": (\d+)\}$/.exec(line)?.[1];
      if (port) resolve(Number(port));
      else keep(line);
    });
  });
  const result = await Promise.race([announced, ended, tooLate()]);
  if (typeof result === 'number') return result;
  child.kill('SIGKILL');
  throw new Error(`The AWS emulator did not start (${result}). The end of its log:\n${tail.join('\n')}`);
}

function tooLate(): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(resolve, startTimeoutMs, `no answer in ${startTimeoutMs / 1000} s`).unref();
  });
}

async function control(url: string, token: string, verb: string, question: object = {}) {
  const response = await fetch(`${url}/_emulator/${verb}`, {
    method: 'POST',
    headers: { 'x-emulator-token': token },
    body: JSON.stringify(question),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`The AWS emulator answered ${response.status} to ${verb}`);
  return response;
}

async function stop(child: ChildProcess, ended: Promise<string>) {
  // The launcher ends when its input closes.
  child.stdin!.end();
  const kill = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await ended;
  clearTimeout(kill);
}
