import { AsyncLocalStorage } from 'node:async_hooks';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../starters/cli/run.ts';

const starters = fileURLToPath(new URL('../../starters/', import.meta.url));

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Env = Readonly<Record<string, string | undefined>>;

interface Call {
  readonly env: NodeJS.ProcessEnv;
  stdout: string;
  stderr: string;
}

const calls = new AsyncLocalStorage<Call>();

/**
 * The CLI's own code in this process, with an environment and output of its own: a process costs half a second of CPU.
 * Several may run at once.
 */
export async function runCli(args: readonly string[], env: Env = {}): Promise<Ended> {
  installOnce();
  const call: Call = { env: { ...env }, stdout: '', stderr: '' };
  const code = await calls.run(call, () => runCommandLine(args));
  return { code, stdout: call.stdout, stderr: call.stderr };
}

/** The real file in a process of its own, as people run it. @param file below `starters/` */
export function runFile(file: string, args: readonly string[], env: Env = {}): Promise<Ended> {
  const compiled = { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', starters + file, ...args],
      { env: { PATH: process.env['PATH'], ...compiled, ...env }, timeout: 20_000 },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    );
  });
}

let installed = false;

/** Outside of a call everything is as before. */
function installOnce(): void {
  if (installed) return;
  installed = true;
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = process[name];
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    stream.write = (...args: unknown[]) => {
      const call = calls.getStore();
      if (!call) return write(...args);
      call[name] += String(args[0]);
      return true;
    };
  }
  const real = process.env;
  const own = () => calls.getStore()?.env ?? real;
  process.env = new Proxy(real, {
    get: (_, key) => Reflect.get(own(), key) as unknown,
    has: (_, key) => Reflect.has(own(), key),
    set: (_, key, value) => Reflect.set(own(), key, value),
    deleteProperty: (_, key) => Reflect.deleteProperty(own(), key),
    ownKeys: () => Reflect.ownKeys(own()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(own(), key),
  });
}
