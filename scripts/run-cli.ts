import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { cacheDir } from '../sandbox/shared/cache-dir.ts';
import { runDir } from './running-stack.ts';

const cli = fileURLToPath(new URL('../starters/cli/main.ts', import.meta.url));

/**
 * `lockkeeper --json …` against the running sandbox, as an operator calls it. @returns what its last line says
 * @throws Error with its exit code when that is not 0
 */
export async function runCli(...args: readonly string[]): Promise<unknown> {
  const env = parseEnv(await readFile(path.join(runDir, 'sandbox.env'), 'utf8'));
  const all = [cli, '--json', '--config', path.join(runDir, 'lockkeeper.yaml'), ...args];
  const child = spawn(process.execPath, all, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: `${cacheDir()}/node-compile`, ...env },
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const text = Buffer.concat(chunks).toString('utf8').trim();
  if (code !== 0) throw new Error(`lockkeeper ${args.join(' ')}: exit code ${code}: ${lastLine(text)}`);
  return JSON.parse(lastLine(text));
}

function lastLine(text: string): string {
  return text.split('\n').at(-1) ?? '';
}
