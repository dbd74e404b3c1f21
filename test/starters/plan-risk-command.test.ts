import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { writePlan } from '../../bench/plan-file.ts';
import { CliError } from '../../starters/cli/cli-error.ts';
import { createOutput } from '../../starters/cli/output.ts';
import { readPlanFile, sayPlanRisk } from '../../starters/cli/plan-risk.ts';
import { readInstallationRules } from '../../starters/cli/plan-risk/installation-rules.ts';
import type { PlanReport } from '../../workflows/change-approval/plan-report.ts';
import { resourceChange } from '../policy/plan-world.ts';
import { runCli } from '../support/command-line.ts';

const root = path.resolve(import.meta.dirname, '../..');
const cli = path.join(root, 'starters/cli/main.ts');
const sample = (name: string) => path.join(root, `samples/change/plans/${name}.json`);

/** A value that must never be seen again. */
const canary = 'canary-7f3a';

let folder = '';
before(() => (folder = mkdtempSync(path.join(tmpdir(), 'lockkeeper-plan-risk-'))));
after(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string) => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
};

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** In this process: whoever calls it is in a folder and an environment without any configuration. */
const run = (args: readonly string[]) => runCli(['plan-risk', ...args], { HOME: folder });

/** In a process of its own, with something to read. */
async function pipe(stdin: string, args: readonly string[]): Promise<Ended> {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
  };
  const argv = ['--disable-warning=ExperimentalWarning', cli, 'plan-risk', ...args];
  const child = spawn(process.execPath, argv, { cwd: folder, env });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  // whoever ends before the last byte of its input closes the pipe
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

const rulesOf = (yaml: string) => `processes:\n  change:\n    planRules:\n${yaml}`;
const ownRule = rulesOf('      - id: no-logs\n        types: [aws_cloudwatch_*]\n        reason: ask us\n');

describe('lockkeeper plan-risk', () => {
  const here = process.cwd();
  before(() => process.chdir(folder));
  after(() => process.chdir(here));

  it('ends with 0 and says so when nothing is risky, without any configuration', async () => {
    const { code, stdout } = await run([sample('safe')]);
    assert.equal(code, 0);
    assert.match(stdout, /^Nothing in this plan is risky\.\ncreate 1, update 1, .*\nDigest: [0-9a-f]{64}\n/);
  });

  it('ends with 20 and names address, attribute and rule', async () => {
    const { code, stdout } = await run([sample('risky')]);
    assert.equal(code, 20);
    assert.match(stdout, /^Risky: 6 reasons\.\nRULE +ADDRESS +ATTRIBUTE +REASON\n/);
    assert.match(stdout, /^delete +aws_db_instance\.orders +storage_encrypted +is replaced: deleted/m);
    assert.match(
      stdout,
      /^security-group +module\.vpc\.aws_vpc_security_group_ingress_rule\.web\["https"\] +cidr_ipv4/m,
    );
  });

  it('prints the report as JSON, the same for standard input', async () => {
    const piped = await pipe(readFileSync(sample('risky'), 'utf8'), ['-', '--json']);
    const named = await run([sample('risky'), '--json']);
    assert.deepEqual([piped.code, piped.stdout], [20, named.stdout]);
    assert.equal((JSON.parse(piped.stdout) as PlanReport).reasons.length, 6);
  });

  it('ends with 2 for what is not a plan, on standard error, with --json too', async () => {
    const { code, stdout, stderr } = await pipe('{}', ['-', '--json']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(
      (JSON.parse(stderr) as { error: string }).error,
      /^standard input is not a Terraform plan: it has no format_version$/,
    );
  });

  it('applies the rules of a configuration, and needs nothing else of it', async () => {
    const named = await run([sample('safe'), '--config', write('own.yaml', ownRule)]);
    assert.equal(named.code, 20);
    assert.match(
      named.stdout,
      /^no-logs +module\.web\.aws_cloudwatch_log_group\.app\["checkout"\] +ask us$/m,
    );
    write('lockkeeper.yaml', ownRule);
    assert.equal((await run([sample('safe')])).code, 20);
    rmSync(path.join(folder, 'lockkeeper.yaml'));
    assert.equal((await run([sample('safe')])).code, 0);
  });
});

const isCliError = (code: number, pattern: RegExp) => (error: unknown) =>
  error instanceof CliError && error.exitCode === code && pattern.test(error.message);

describe('readPlanFile', () => {
  const wrong: readonly (readonly [what: string, file: () => string, code: number, message: RegExp])[] = [
    [
      'what is not a plan',
      () => write('x.json', '{}'),
      2,
      /x\.json is not a Terraform plan: it has no format/,
    ],
    ['a folder', () => folder, 2, /cannot be read \(EISDIR\)/],
    ['no such file', () => path.join(folder, 'absent.json'), 3, /absent\.json: no such file/],
  ];
  for (const [what, file, code, message] of wrong)
    it(`ends with ${code} for ${what}`, () =>
      assert.rejects(readPlanFile(file(), []), isCliError(code, message)));
});

describe('readInstallationRules', () => {
  const wrong: Readonly<Record<string, readonly [yaml: string, message: RegExp]>> = {
    'a faulty id': [rulesOf('      - id: A B\n'), /processes\.change\.planRules\[0\]\.id/],
    'no list': [rulesOf('      all\n'), /processes\.change\.planRules/],
    'no YAML': ['{', /is no YAML/],
  };
  for (const [what, [yaml, message]] of Object.entries(wrong))
    it(`refuses ${what}`, () =>
      assert.throws(() => readInstallationRules(write('wrong.yaml', yaml), true), isCliError(2, message)));

  it('needs a file only if one is named', () => {
    const absent = path.join(folder, 'absent.yaml');
    assert.deepEqual(readInstallationRules(absent, false), []);
    assert.throws(() => readInstallationRules(absent, true), isCliError(2, /cannot be read \(ENOENT\)/));
  });

  it('takes a file without rules, and an empty one', () => {
    for (const yaml of ['', 'processes: {}\n'])
      assert.deepEqual(readInstallationRules(write('none.yaml', yaml), true), []);
  });
});

describe('what is printed', () => {
  it('holds no value, sensitive or not', async () => {
    const values = (n: number) => ({
      policy: `{"Statement":["${canary}-${n}"]}`,
      text: canary + String(n),
      box: { [`${canary}-key`]: { policy: `${canary}${n}` } },
    });
    const change = resourceChange('aws_iam_role', {
      ...{ actions: ['delete', 'create', `${canary}!`], before: values(1), after: values(2) },
      ...{ before_sensitive: { box: true }, after_sensitive: { text: true }, importing: { id: canary } },
      replace_paths: [['box', `${canary}-key`]],
    });
    const more = {
      terraform_version: `${canary} x`,
      variables: { x: { value: canary } },
      output_changes: { y: canary },
    };
    const whole = JSON.stringify({ format_version: '1.2', ...more, resource_changes: [change] });
    assert.match(await printed(whole), /policy-attribute/);
    const broken = [whole.slice(0, -20), whole.replace(`"${canary}1"`, canary), canary, `${whole}${canary}`];
    for (const content of [whole, ...broken]) assert.doesNotMatch(await printed(content), new RegExp(canary));
  });
});

/** Everything a person or a script would see of this plan. */
async function printed(content: string): Promise<string> {
  let seen = '';
  try {
    const report = await readPlanFile(write('canary.json', content), []);
    for (const json of [false, true])
      sayPlanRisk(
        report,
        createOutput(json, (line) => (seen += line)),
      );
  } catch (error) {
    assert.ok(error instanceof CliError);
    seen += `${error.message} ${error.fix ?? ''}`;
  }
  return seen;
}

describe('a plan of 100 MB', () => {
  it('is judged within 512 MB of memory', async () => {
    const file = path.join(folder, 'large.json');
    const { changes } = await writePlan(file, 100e6);
    const script = path.join(root, 'bench/plan-process.ts');
    const argv = ['--disable-warning=ExperimentalWarning', script, file];
    const { stdout } = await promisify(execFile)(process.execPath, argv);
    const { peakRssMb, counts } = JSON.parse(stdout) as { peakRssMb: number; counts: PlanReport['counts'] };
    assert.equal(counts.update + counts.delete, changes);
    assert.ok(peakRssMb < 512, `${peakRssMb} MB`);
  });
});
