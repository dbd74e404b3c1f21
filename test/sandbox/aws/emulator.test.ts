import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { cacheDir } from '../../../sandbox/shared/cache-dir.ts';
import { ensureEmulatorVenv } from '../../../sandbox/aws/emulator-venv.ts';
import { startEmulator } from '../../../sandbox/aws/emulator.ts';

const repository = path.resolve(import.meta.dirname, '../../..');
const silent = () => undefined;

describe('emulator process', function () {
  this.timeout(120_000);
  let python: string;
  let folder: string;
  before(async () => {
    python = await ensureEmulatorVenv({ cacheDir: cacheDir(), log: silent });
    folder = await mkdtemp(path.join(tmpdir(), 'lockkeeper-emulator-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('finds its packages again without installing', async () => {
    const lines: string[] = [];
    assert.equal(await ensureEmulatorVenv({ cacheDir: cacheDir(), log: (line) => lines.push(line) }), python);
    assert.deepEqual(lines, []);
  });

  it('serves on loopback until stopped', async () => {
    const emulator = await startEmulator({ python, consoleDir: folder, log: silent });
    assert.match(emulator.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal((await fetch(`${emulator.url}/_emulator/ready`)).status, 204);
    await emulator.stop();
    await assert.rejects(fetch(`${emulator.url}/_emulator/ready`));
  });

  it('ends when its parent is killed', async () => {
    const script = path.join(folder, 'parent.ts');
    const module = path.join(repository, 'sandbox/aws/emulator.ts');
    await writeFile(
      script,
      `import { startEmulator } from ${JSON.stringify(module)};
       const options = { python: ${JSON.stringify(python)}, consoleDir: ${JSON.stringify(folder)}, log: () => {} };
       console.log((await startEmulator(options)).pid);`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    parent.kill('SIGKILL');
    await waitUntilGone(Number(line));
  });

  it('says why it did not start', async () => {
    const starting = startEmulator({ python: process.execPath, consoleDir: folder, log: silent });
    await assert.rejects(
      starting,
      /AWS emulator did not start \(ended with \d+\)\. The end of its log:\n.+/s,
    );
    const missing = startEmulator({ python: '/nonexistent/python', consoleDir: folder, log: silent });
    await assert.rejects(missing, /ENOENT/);
  });
});

/** Resolves when no process has this id (the mocha timeout bounds it). */
async function waitUntilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
