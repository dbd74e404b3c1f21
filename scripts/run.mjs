// Entry of every npm command: plain JavaScript for Node 20 without dependencies. It names all missing prerequisites at
// once, installs the locked packages when the lock changed, then starts the TypeScript main on Node 24 (npm package "node").
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const mains = {
  demo: 'scripts/demo.ts',
  dev: 'scripts/dev.ts',
  test: 'scripts/test.ts',
  bench: 'bench/main.ts',
  lockkeeper: 'starters/cli/main.ts',
};

const [name = '', ...args] = process.argv.slice(2);
const main = Object.hasOwn(mains, name) ? mains[name] : undefined;
if (!main) fail(`usage: node scripts/run.mjs ${Object.keys(mains).join('|')} [arguments]`);
if (name !== 'lockkeeper') requirePrerequisites();
installPackages();
run(main, args);

function requirePrerequisites() {
  const missing = [];
  if (process.platform !== 'linux')
    missing.push(`Linux (this is ${process.platform}): run it in a Linux machine or container`);
  if (Number(process.versions.node.split('.')[0]) < 20)
    missing.push(`Node.js >= 20 (this is ${process.versions.node})`);
  const tools = { npm: 'npm', curl: 'curl', ip: 'iproute2', unshare: 'util-linux' };
  for (const [command, debian] of Object.entries(tools))
    if (spawnSync('sh', ['-c', `command -v ${command} || test -x /usr/sbin/${command}`]).status !== 0)
      missing.push(`${command}: apt-get install ${debian}`);
  const python = ['python3.13', 'python3.12', 'python3.11', 'python3'].some(
    (candidate) =>
      spawnSync(candidate, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'])
        .status === 0,
  );
  if (!python) missing.push('Python >= 3.11 with venv: apt-get install python3 python3-venv');
  if (missing.length > 0)
    fail(`Missing on this machine:\n${missing.map((line) => `  - ${line}`).join('\n')}`);
}

/** npm ci when the lock's hash differs from its stamp; the stamp lies inside node_modules and goes with it. */
function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = path.join(root, 'node_modules', '.lockkeeper-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('lockkeeper: installing packages (npm ci), about a minute …\n');
  const started = Date.now();
  const result = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) fail('npm ci failed: the lines above say why');
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
  process.stderr.write(`lockkeeper: packages installed in ${Math.round((Date.now() - started) / 1000)} s\n`);
}

function run(file, rest) {
  const node = path.join(root, 'node_modules', '.bin', 'node');
  // where sandbox/shared/cache-dir.ts has it too: every process below starts in half the time
  const caches = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  const cache = process.env.LOCKKEEPER_CACHE || path.join(caches, 'lockkeeper');
  const compiled = { NODE_COMPILE_CACHE: path.join(cache, 'node-compile') };
  const env = {
    ...compiled,
    ...process.env,
    PATH: `${path.join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
  };
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', path.join(root, file), ...rest], {
    cwd: name === 'lockkeeper' ? process.cwd() : root,
    stdio: 'inherit',
    env,
  });
  // the terminal sends Ctrl-C to the whole group; a supervisor signals only us
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => {});
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
