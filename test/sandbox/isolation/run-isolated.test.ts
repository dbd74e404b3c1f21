import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { runIsolated } from '../../../sandbox/isolation/run-isolated.ts';
import { openSocketBridge, type SocketBridge } from '../../../sandbox/isolation/socket-bridge.ts';
import { runInside, skipWithoutIsolation } from './isolated-run.ts';

describe('runIsolated', function () {
  this.timeout(10_000);
  before(skipWithoutIsolation);

  let server: net.Server;
  let port: number;
  beforeEach(async () => {
    server = net.createServer((socket) => socket.end('hello from the host\n'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => void server.close());

  it('answers with the exit code and the output of the command', async () => {
    const { code, output } = await runInside('id -u; hostname; echo complaint >&2; exit 7');
    assert.deepEqual({ code, output }, { code: 7, output: '0\ninside\ncomplaint' });
  });

  it('gives the command its own environment and nothing of ours', async () => {
    process.env['SECRET_OF_THE_HOST'] = 'canary';
    const own = { PATH: '/usr/bin:/bin', QUOTED: `a 'b' "c" $(id)\nnext line` };
    const { output } = await runInside('env; printf "[%s]" "$QUOTED"', { env: own });
    delete process.env['SECRET_OF_THE_HOST'];
    assert.ok(!output.includes('canary'));
    assert.ok(output.endsWith(`[${own.QUOTED}]`));
  });

  const waysOut = {
    'a port of the host': () => `exec 3<>/dev/tcp/127.0.0.1/${port}`,
    'the internet': () => 'exec 3<>/dev/tcp/192.0.2.1/80',
    'files of the host': () => `ls ${fileURLToPath(import.meta.url)}`,
    'a write below /usr': () => 'touch /usr/written',
    'a remount of /usr': () => 'mount -o remount,bind,rw /usr',
    'a write to the given files': () => 'touch /lab/run/written',
    chroot: () => 'chroot / /bin/true',
    'another user namespace': () => 'unshare --user --map-root-user --mount true',
    'kernel settings': () => 'ls /proc/sys || ls /proc/sysrq-trigger',
    'disks of the host': () => 'ls /dev | grep -E "^(sd|vd|nvme|mem$|kmsg$)"',
    'the mode of a device of the host': () => 'chmod 666 /dev/null',
    'a new network device': () => 'ip link add dummy0 type dummy',
  };
  for (const [name, script] of Object.entries(waysOut))
    it(`has no way out: ${name}`, async () => {
      const { code, output } = await runInside(
        `if timeout 2 bash -c '${script()}'; then echo OUT; else exit 42; fi`,
      );
      assert.equal(code, 42, output);
    });

  it('reaches what is forwarded, under its own address', async () => {
    let bridge: SocketBridge | undefined;
    const forwardTo = async (labDir: string) => {
      const socketPath = path.join(labDir, 'host.sock');
      bridge = await openSocketBridge({ socketPath, host: '127.0.0.1', port });
      return { host: '169.254.169.254', port: 80, socketPath };
    };
    const { output } = await runInside('exec 3<>/dev/tcp/169.254.169.254/80; cat <&3', { forwardTo });
    bridge?.close();
    assert.equal(output, 'hello from the host');
  });

  it('shows given files read-only', async () => {
    const mounts = [{ source: fileURLToPath(import.meta.url), target: '/lab/given/test.ts' }];
    const { output } = await runInside('cat /lab/given/test.ts; echo x >/lab/given/test.ts || echo refused', {
      mounts,
    });
    const given = readFileSync(fileURLToPath(import.meta.url), 'utf8').trim();
    assert.ok(output.startsWith(given));
    // the shell's own complaint comes before it or after it
    assert.match(output.slice(given.length), /^refused$/m);
  });

  it('ends every process inside when killed', async () => {
    const labDir = mkdtempSync(path.join(tmpdir(), 'isolated-'));
    const console = new PassThrough();
    const command = ['bash', '-c', 'sleep 1000 & echo up; sleep 1000'] as const;
    const env = { PATH: '/usr/bin' };
    const run = runIsolated({ labDir, hostname: 'x', command, env, forwards: [], console });
    await once(console, 'data');
    run.kill();
    // the exit resolves only when nobody holds stdout any more, so both sleeps are gone
    assert.equal(await run.exit, 137);
    rmSync(labDir, { recursive: true });
  });

  it('ends with the process that started it, even one killed at once', async () => {
    const starter = fileURLToPath(new URL('./start-and-wait.ts', import.meta.url));
    const labDir = mkdtempSync(path.join(tmpdir(), 'isolated-'));
    const child = spawn(process.execPath, [starter, labDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(createInterface({ input: child.stdout }), 'line');
    assert.equal(namespaceProcesses(labDir).length > 0, true);
    child.kill('SIGKILL');
    while (namespaceProcesses(labDir).length > 0) await new Promise(setImmediate);
    rmSync(labDir, { recursive: true });
  });
});

/** Processes of this machine whose command line names the lab directory, without the starter itself. */
function namespaceProcesses(labDir: string): string[] {
  const stdout = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.includes(labDir) && line.includes('enter.sh'));
}
