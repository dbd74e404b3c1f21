import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython, runCommand } from './python-command.ts';

const lockFile = fileURLToPath(new URL('requirements.lock', import.meta.url));

/**
 * The python of a virtual environment that holds exactly requirements.lock, made on first use (about 10 s, needs the
 * package index) and found again by the lock's SHA-256. It is made aside and renamed into place, so a broken-off or
 * concurrent making never leaves a half one behind.
 */
export async function ensureEmulatorVenv(options: {
  cacheDir: string;
  log: (line: string) => void;
}): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  const venv = path.resolve(options.cacheDir, `emulator-venv-${digest.slice(0, 16)}`);
  if (!isComplete(venv, digest)) {
    options.log('AWS emulator: installing its Python packages (hash-checked, once, about 10 s)');
    await install(venv, digest);
    options.log('AWS emulator: Python packages are installed');
  }
  return pythonOf(venv);
}

async function install(venv: string, digest: string) {
  const making = `${venv}.making-${process.pid}`;
  await rm(making, { recursive: true, force: true });
  await mkdir(path.dirname(venv), { recursive: true });
  try {
    await makeVenv(making);
    await writeFile(stampOf(making), digest);
    await putInPlace(making, venv, digest);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

async function makeVenv(venv: string) {
  await runCommand(await findPython(), ['-m', 'venv', venv], 60_000);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  const strict = ['--require-hashes', '--no-deps', '--only-binary=:all:', '-r', lockFile];
  await runCommand(pythonOf(venv), [...pip, ...strict], 600_000);
}

/** Only `bin/python` is used, and that one finds its packages wherever the folder lies. */
async function putInPlace(making: string, venv: string, digest: string) {
  if (!isComplete(venv, digest)) await rm(venv, { recursive: true, force: true });
  await rename(making, venv).catch((error: unknown) => {
    // Another process was faster.
    if (!isComplete(venv, digest)) throw error;
  });
}

function isComplete(venv: string, digest: string): boolean {
  // existsSync follows the link: false when the Python it was made from is gone.
  if (!existsSync(pythonOf(venv)) || !existsSync(stampOf(venv))) return false;
  return readFileSync(stampOf(venv), 'utf8') === digest;
}

const pythonOf = (venv: string) => path.join(venv, 'bin', 'python');
const stampOf = (venv: string) => path.join(venv, '.lock-sha256');
