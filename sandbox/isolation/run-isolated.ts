import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Writable } from 'node:stream';

/** `host:port` inside leads to a unix socket of the host, which must lie in the lab directory (see openSocketBridge). */
export interface Forward {
  readonly host: string;
  readonly port: number;
  readonly socketPath: string;
}

/** A file or folder of the host, seen read-only at an absolute path inside. */
export interface Mount {
  readonly source: string;
  readonly target: string;
}

export interface IsolatedCommand {
  /** A folder of this run alone, made and removed by the caller; the command sees it read-only as `/lab/run`. */
  readonly labDir: string;
  readonly hostname: string;
  readonly command: readonly [string, ...string[]];
  /** The command's whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly forwards: readonly Forward[];
  readonly mounts?: readonly Mount[];
  /** Takes stdout and stderr as they come; it is not ended. */
  readonly console: Writable;
}

export interface IsolatedProcess {
  /** The command's exit code, 137 when killed; resolves after the last output. Rejects if nothing could be started. */
  readonly exit: Promise<number>;
  /** Ends every process inside at once. */
  readonly kill: () => void;
}

const here = path.dirname(fileURLToPath(import.meta.url));
const namespaces = ['--user', '--map-root-user', '--mount', '--pid', '--net', '--uts', '--ipc'];
/** The host's own environment stays outside: BASH_ENV or LD_PRELOAD must not reach the script that builds the root. */
const hostEnv = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C' };

/**
 * Runs a command in Linux namespaces of its own: new root on tmpfs, `/usr` read-only, no network but the forwards.
 * Works as root and as an ordinary user. Everything inside ends with the command, with `kill()` and with this process.
 * Meant for scripts of one's own; it is no fence against hostile code that knows a kernel bug.
 */
export function runIsolated(options: IsolatedCommand): IsolatedProcess {
  prepareLab(options);
  const enter = [path.join(here, 'enter.sh'), options.labDir, options.hostname, ...options.command];
  const child = spawn('unshare', [...namespaces, '--fork', '--kill-child', '--', 'bash', ...enter], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: hostEnv,
  });
  child.stdout?.pipe(options.console, { end: false });
  child.stderr?.pipe(options.console, { end: false });
  return { exit: exitOf(child), kill: () => kill(child) };
}

function prepareLab({ labDir, env, forwards, mounts = [] }: IsolatedCommand) {
  const inside = forwards.map((forward) => ({
    ...forward,
    socketPath: insidePath(labDir, forward.socketPath),
  }));
  const addresses = new Set(forwards.map(({ host }) => host).filter((host) => !host.startsWith('127.')));
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const pairs = [...ownMounts(), ...mounts].flatMap(({ source, target }) => [source, target]);
  mkdirSync(path.join(labDir, 'root'));
  const write = (name: string, text: string) => writeFileSync(path.join(labDir, name), text, { mode: 0o600 });
  write('env', terminated(variables, '\0'));
  write('mounts', terminated(pairs, '\0'));
  write('addresses', terminated([...addresses], '\n'));
  write('forwards.json', JSON.stringify(inside));
}

/** The node that runs us may lie outside /usr (a version manager, node_modules): it comes along by itself. */
const ownMounts = (): Mount[] => [
  { source: process.execPath, target: '/lab/bin/node' },
  { source: path.join(here, 'forward.mjs'), target: '/lab/forward.mjs' },
];

function insidePath(labDir: string, socketPath: string): string {
  const relative = path.relative(labDir, socketPath);
  if (relative.startsWith('..'))
    throw new Error(`forwards.socketPath ${socketPath} must lie in labDir ${labDir}`);
  return path.posix.join('/lab/run', relative);
}

function terminated(items: readonly string[], end: '\0' | '\n'): string {
  const bad = items.find((item) => item.includes(end));
  if (bad !== undefined)
    throw new Error(`${JSON.stringify(bad)}: a ${end === '\0' ? 'NUL' : 'line end'} is not allowed`);
  return items.map((item) => item + end).join('');
}

/** unshare takes the namespace with it; the lifeline ends it too where unshare had not come to that yet. */
function kill(child: ChildProcess) {
  child.kill('SIGKILL');
  (child.stdio[3] as Writable | null)?.destroy();
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // 'close' and not 'exit': only then has all output been seen
    child.once('close', (code) => resolve(code ?? 137));
  });
}
