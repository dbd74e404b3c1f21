import { spawn } from 'node:child_process';

const candidates = ['python3', 'python3.11', 'python3.12', 'python3.13', 'python3.14'];
const check = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 11) else 1)';

/** The first Python ≥ 3.11 on PATH that can make virtual environments. */
export async function findPython(): Promise<string> {
  for (const python of candidates) {
    const found = await runCommand(python, ['-c', check], 10_000).then(
      () => true,
      () => false,
    );
    if (found) return python;
  }
  throw new Error(
    'Python 3.11 or newer with its venv module is needed for the AWS emulator (Debian/Ubuntu: apt-get install python3-venv)',
  );
}

/** Runs a command to its end; a failure carries the tail of its output. `timeoutMs` kills it. */
export async function runCommand(command: string, args: readonly string[], timeoutMs: number): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
  let tail = '';
  const keep = (chunk: Buffer) => void (tail = (tail + chunk.toString()).slice(-2_000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...ended) => resolve(ended));
  });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}:\n${tail}`);
}
