import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runIsolated } from './run-isolated.ts';

export type Isolation = { readonly available: true } | { readonly available: false; readonly reason: string };

const needs =
  'Instances and pipeline jobs of the sandbox run only in Linux namespaces, never on the bare host. Needed: Linux with user namespaces, bash ≥ 5.1, ' +
  'util-linux (unshare, setpriv, mount), iproute2 (ip), curl. Debian/Ubuntu: apt-get install util-linux iproute2 curl.';

let answer: Promise<Isolation> | undefined;

/** Whether this machine can isolate, found by doing it once; the reason says what is missing and what helps. */
export function isolationAvailable(): Promise<Isolation> {
  return (answer ??= probe());
}

/** Throws the loud reason where there is no isolation. */
export async function requireIsolation(): Promise<void> {
  const isolation = await isolationAvailable();
  if (!isolation.available) throw new Error(isolation.reason);
}

async function probe(): Promise<Isolation> {
  if (process.platform !== 'linux')
    return { available: false, reason: `${needs} This is ${process.platform}.` };
  const labDir = mkdtempSync(path.join(tmpdir(), 'isolation-'));
  const console = new PassThrough();
  const output = text(console);
  try {
    const command = [
      'bash',
      '-c',
      'command -v curl >/dev/null || { echo "curl: not found"; exit 1; }',
    ] as const;
    const env = { PATH: '/usr/bin:/usr/sbin' };
    const code = await runIsolated({ labDir, hostname: 'probe', command, env, forwards: [], console }).exit;
    console.end();
    return code === 0
      ? { available: true }
      : { available: false, reason: `${needs}\n${(await output).trim()}${hint()}` };
  } catch (error) {
    return { available: false, reason: `${needs}\n${String(error)}${hint()}` };
  } finally {
    rmSync(labDir, { recursive: true, force: true });
  }
}

const switches = [
  [
    'kernel/apparmor_restrict_unprivileged_userns',
    '1',
    'AppArmor restricts user namespaces: run as root, or sysctl kernel.apparmor_restrict_unprivileged_userns=0',
  ],
  [
    'kernel/unprivileged_userns_clone',
    '0',
    'User namespaces are off for ordinary users: sysctl kernel.unprivileged_userns_clone=1',
  ],
  ['user/max_user_namespaces', '0', 'User namespaces are off: sysctl user.max_user_namespaces=10000'],
] as const;

/** Kernel switches that explain a refusal. */
function hint(): string {
  const found = switches.filter(([name, value]) => readSwitch(name) === value);
  return found.map(([, , advice]) => `\n${advice}.`).join('');
}

function readSwitch(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
