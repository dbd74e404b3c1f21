import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureEmulatorVenv } from '../sandbox/aws/emulator-venv.ts';
import { cacheDir } from '../sandbox/shared/cache-dir.ts';
import { resolveTemporalCli } from '../sandbox/temporal/resolve-cli.ts';
import { resolveTestServer } from '../sandbox/temporal/resolve-test-server.ts';

/**
 * Everything CI runs, three parts at once. The last line counts the tests: `N passed, N failed`; a failed check counts as a
 * failed test.
 */
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = (name: string) => path.join(root, 'node_modules/.bin', name);
const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js');
const started = Date.now();

interface Task {
  readonly name: string;
  /** Counts as one test. */
  readonly isCheck?: boolean;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

interface Counts {
  passed: number;
  failed: number;
  pending: number;
}

const check = (name: string, command: string, ...args: string[]): Task => ({
  name,
  isCheck: true,
  command: bin(command),
  args,
});
const ownCheck = (name: string, file: string): Task => ({
  name,
  isCheck: true,
  command: process.execPath,
  args: ['--disable-warning=ExperimentalWarning', path.join(root, file)],
});
const tests = (name: string, globs: readonly string[], env: Readonly<Record<string, string>> = {}): Task => ({
  name,
  command: process.execPath,
  args: [
    '--disable-warning=ExperimentalWarning',
    mocha,
    ...globs,
    '--exit',
    '--reporter',
    'dot',
    '--timeout',
    '60000',
  ],
  env,
});

const folders = ['workflows', 'activities', 'config', 'worker', 'starters', 'sandbox', 'scripts', 'bench'];
/** Reached by path or by name only. */
const reported =
  '--excludePathsFromReport=workflows/index;worker/payload-converter;workflows/promotion-queue/workflow;bench/bare-workflow';
const elsewhere = { TZ: 'Asia/Tokyo', LANG: 'ja_JP.UTF-8', LC_ALL: 'ja_JP.UTF-8' };

/** Objects of many MiB pass through these tests: with the usual 16 MiB for what is young, a third of their time is collecting it. */
const roomy = { NODE_OPTIONS: '--max-semi-space-size=64' };

const policy = ['test/policy/**/*.test.ts'];
const workflows = ['test/workflows/**/*.test.ts', 'test/worker/**/*.test.ts', 'test/replay/**/*.test.ts'];

const e2e = (...names: readonly string[]) => names.map((name) => `test/e2e/${name}.test.ts`);
const decisions = ['approval', 'approval-attacks', 'approval-foreign-runs', 'approval-outage'];
const changes = ['change', 'change-doors', 'change-automatic'];

/** The longest first, so that all runners end at about the same time. */
const parts: readonly Task[] = [
  tests('workflows, worker, replay', workflows),
  tests('people decide, end to end', e2e(...decisions)),
  tests('end to end', e2e('promotion', 'browser')),
  tests('kill matrix', e2e('kill-matrix')),
  tests('configuration and starters', ['test/config/**/*.test.ts', 'test/starters/**/*.test.ts']),
  tests('changes, end to end', e2e(...changes)),
  ownCheck('types and lint', 'scripts/check-code.ts'),
  tests('promotion in full, end to end', e2e('promotion-in-full')),
  tests('activities', ['test/activities/**/*.test.ts'], roomy),
  tests('a line of twelve, end to end', e2e('line')),
  tests('sandbox', ['test/sandbox/**/*.test.ts']),
  tests('incidents, end to end', e2e('incidents')),
  tests('findings, end to end', e2e('halo')),
  tests('secrets, end to end', e2e('secrets')),
  check('format', 'prettier', '--check', '--log-level', 'warn', '.'),
  check('boundaries', 'depcruise', '--config', '.dependency-cruiser.cjs', ...folders),
  check('unused exports', 'ts-unused-exports', 'tsconfig.json', '--allowUnusedTypes', reported),
  tests('policy', policy),
  tests('policy in another time zone', policy, elsewhere),
  tests('documents', ['test/docs/**/*.test.ts', 'test/deploy/**/*.test.ts']),
];

/** On two cores: tests mostly wait. */
const runners = 3;

await main();

async function main() {
  const only = process.argv.slice(2);
  const chosen = parts.filter(({ name }) => only.length === 0 || only.includes(name));
  if (chosen.length === 0) {
    process.stderr.write(`no such part; one of ${parts.map(({ name }) => `“${name}”`).join(', ')}\n`);
    process.exit(2);
  }
  await prepareTools();
  const waiting = [...chosen];
  const counts = (await Promise.all(Array.from({ length: runners }, () => runAll(waiting)))).flat();
  const sum = (key: keyof Counts) => counts.reduce((total, count) => total + count[key], 0);
  const [passed, failed, pending] = [sum('passed'), sum('failed'), sum('pending')];
  process.stdout.write(`\nall of it in ${Math.round((Date.now() - started) / 1000)} s\n`);
  const skipped = pending > 0 ? `, ${pending} skipped` : '';
  process.stdout.write(`${passed} passed, ${failed} failed${skipped}\n`, () =>
    process.exit(failed > 0 ? 1 : 0),
  );
}

/** Before any test's clock runs: what a fresh machine builds or fetches once, minutes in all. */
async function prepareTools(): Promise<void> {
  const cache = { cacheDir: cacheDir(), log: (line: string) => process.stdout.write(`${line}\n`) };
  await resolveTemporalCli(cache);
  await resolveTestServer(cache);
  await ensureEmulatorVenv(cache);
}

/** Takes the next part as soon as it is free. */
async function runAll(waiting: Task[]): Promise<Counts[]> {
  const counts: Counts[] = [];
  for (let task = waiting.shift(); task; task = waiting.shift()) counts.push(await run(task));
  return counts;
}

/** Output is printed when the part has ended, so that parts do not mix; a passing check prints nothing more. */
async function run(task: Task): Promise<Counts> {
  const begun = Date.now();
  process.stdout.write(`▶ ${task.name}\n`);
  const { code, output } = await execute(task);
  const seconds = `${((Date.now() - begun) / 1000).toFixed(1)} s`;
  const isTest = task.isCheck !== true;
  const counts = isTest ? readCounts(output) : { passed: code === 0 ? 1 : 0, failed: 0, pending: 0 };
  // a runner that dies, or runs nothing, has not passed
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  if (isTest && code === 0 && counts.passed + counts.pending === 0) counts.failed = 1;
  const verdict = counts.failed > 0 ? 'FAILED' : 'ok';
  process.stdout.write(
    `${verdict} ${task.name}: ${counts.passed} passed, ${counts.failed} failed (${seconds})\n`,
  );
  if (counts.failed > 0) process.stdout.write(`${withoutDots(output)}\n`);
  else
    process.stdout.write(
      output
        .split('\n')
        .filter((line) => /skipped/i.test(line))
        .map((line) => `  ${line}\n`)
        .join(''),
    );
  return counts;
}

/** Thousands of dots would hide what failed. */
function withoutDots(output: string): string {
  return output.replaceAll(/^\s*[.,!]+\n/gm, '');
}

function execute(task: Task): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const specs = path.resolve(root, '../shared/specs');
    const child = spawn(task.command, task.args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...(existsSync(specs) ? { SPECS_DIR: specs } : {}), ...task.env },
    });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString('utf8') }));
  });
}

function readCounts(output: string): Counts {
  const number = (pattern: RegExp) => Number(pattern.exec(output)?.[1] ?? 0);
  return {
    passed: number(/^\s*(\d+) passing/m),
    failed: number(/^\s*(\d+) failing/m),
    pending: number(/^\s*(\d+) pending/m),
  };
}
