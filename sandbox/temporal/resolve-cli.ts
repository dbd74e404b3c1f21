import { spawn, spawnSync } from 'node:child_process';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

const cliVersion = 'v1.5.1';
const cliModule = 'github.com/temporalio/cli/cmd/temporal';

/** A path, or `undefined` when the SDK may download its own. */
export interface ResolvedCli {
  readonly path: string;
  readonly from: 'TEMPORAL_CLI_PATH' | 'PATH' | 'cache' | 'go install';
}

/**
 * Finds the Temporal CLI, which holds the dev server and the Web UI: `TEMPORAL_CLI_PATH`, `temporal` on PATH, the cache, and
 * at last `go install` into the cache (2 to 3 minutes, once).
 * @throws when there is none and no Go to build it, naming what to install
 */
export async function resolveTemporalCli(options: {
  cacheDir: string;
  log: (line: string) => void;
}): Promise<ResolvedCli> {
  const named = process.env['TEMPORAL_CLI_PATH'];
  if (named) {
    if (!works(named)) throw new Error(`TEMPORAL_CLI_PATH: ${named} does not run`);
    return { path: named, from: 'TEMPORAL_CLI_PATH' };
  }
  if (works('temporal')) return { path: 'temporal', from: 'PATH' };
  const cached = path.join(options.cacheDir, `temporal-${cliVersion}`, 'temporal');
  if (await exists(cached)) return { path: cached, from: 'cache' };
  if (spawnSync('go', ['version']).status !== 0)
    throw new Error(
      'No Temporal CLI. Install it (https://docs.temporal.io/cli) or set TEMPORAL_CLI_PATH, or install Go >= 1.24 (apt-get install golang) and run again: it is then built once.',
    );
  await build(cached, options.log);
  return { path: cached, from: 'go install' };
}

/** Built aside and renamed: two builds at once, or a killed one, never leave half a file. */
async function build(target: string, log: (line: string) => void): Promise<void> {
  const bin = `${path.dirname(target)}.building-${process.pid}`;
  await mkdir(bin, { recursive: true });
  const started = Date.now();
  log(`building the Temporal CLI ${cliVersion} with go install (2 to 3 minutes, once) …`);
  const progress = setInterval(
    () => log(`… still building, ${Math.round((Date.now() - started) / 1000)} s`),
    20_000,
  );
  try {
    await goInstall(bin);
    await mkdir(path.dirname(target), { recursive: true });
    await rename(path.join(bin, 'temporal'), target);
  } finally {
    clearInterval(progress);
    await rm(bin, { recursive: true, force: true });
  }
  log(`Temporal CLI built in ${Math.round((Date.now() - started) / 1000)} s`);
}

function goInstall(bin: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', ['install', `${cliModule}@${cliVersion}`], {
      env: { ...process.env, GOBIN: bin, GOFLAGS: '-mod=mod' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const tail: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => tail.splice(0, Math.max(0, tail.push(chunk.toString()) - 20)));
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`go install failed:\n${tail.join('')}`)),
    );
  });
}

function works(command: string): boolean {
  return spawnSync(command, ['--version'], { timeout: 10_000 }).status === 0;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
