import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { createProgram } from '../../starters/cli/program.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const script = join(root, 'deploy/ci/change-gate.sh');
const gitlab = readFileSync(join(root, 'deploy/gitlab/change-gate.gitlab-ci.yml'), 'utf8');
const generic = readFileSync(script, 'utf8');

describe('the CI templates of the gate', () => {
  it('use verbs and flags that the command has', () => {
    const gate = createProgram(() => undefined).commands.find((one) => one.name() === 'gate');
    const lines = [...gitlab.matchAll(/^\s*(?:- )?.*?\blockkeeper gate ([a-z]+)([^\n;|]*)/gm)];
    assert.ok(lines.length >= 6);
    for (const [line, verb = '', rest = ''] of lines) {
      const command = gate?.commands.find((one) => one.name() === verb);
      assert.ok(command, line);
      for (const [flag] of rest.matchAll(/--[a-z-]+/g))
        assert.ok(
          command.options.some(({ long }) => long === flag),
          `${verb} ${flag}`,
        );
    }
  });

  it('give GitLab’s jobs a token for the audience of the default configuration', () => {
    const jobs = parse(gitlab) as Record<string, { id_tokens?: object; extends?: string; rules?: object[] }>;
    assert.deepEqual(jobs['.lockkeeper']?.id_tokens, { LOCKKEEPER_ID_TOKEN: { aud: 'lockkeeper' } });
    for (const [name, job] of Object.entries(jobs))
      if (name.startsWith('.lockkeeper-')) assert.match(job.extends ?? '', /^\.lockkeeper/, name);
    for (const name of ['.lockkeeper', '.lockkeeper-detached'])
      assert.partialDeepStrictEqual(jobs[name]?.rules?.[0], { when: 'never' }, 'a merge request deploys');
  });
});

describe('deploy/ci/change-gate.sh', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'change-gate-'))));
  after(() => rmSync(folder, { recursive: true }));

  const build = {
    ...{ GATE_ENVIRONMENT: 'production', GATE_PROJECT: 'web', GATE_BUILD_JOB: 'the build', GATE_BUILD: '12' },
    ...{ GATE_BRANCH: 'main', GATE_SHA: 'b'.repeat(40), LOCKKEEPER_GATE_URL: 'https://gate' },
  };

  /** @param codes exit codes of the verbs */
  function run(
    args: readonly string[],
    codes: Record<string, number> = {},
    env: Record<string, string> = {},
  ) {
    const log = join(folder, 'log');
    const double = join(folder, 'lockkeeper');
    writeFileSync(log, '');
    const cases = Object.entries(codes).map(([verb, code]) => `${verb}) exit ${code} ;;`);
    const body = `#!/bin/bash\nprintf '%s|' "$@" >>${log}; echo >>${log}\ncase "$2" in ${cases.join(' ')} esac\nexit 0\n`;
    writeFileSync(double, body, { mode: 0o755 });
    const all = {
      PATH: process.env['PATH'],
      LOCKKEEPER: double,
      LOCKKEEPER_GATE_TOKEN: 'canary',
      ...build,
      ...env,
    };
    const { status, stdout, stderr } = spawnSync(script, args, { env: all, encoding: 'utf8' });
    const calls = readFileSync(log, 'utf8').trim().split('\n');
    return { status, stdout, stderr, verbs: calls.map((line) => line.split('|')[1]), calls };
  }

  it('asks, waits, deploys without the credential, and says how it ended', () => {
    const { status, verbs, calls, stdout } = run([
      '--',
      'sh',
      '-c',
      'echo "token:${LOCKKEEPER_GATE_TOKEN:-none}"',
    ]);
    assert.deepEqual([status, verbs], [0, ['request', 'wait', 'deployed']]);
    assert.equal(stdout, 'token:none\n');
    assert.match(calls[0] ?? '', /\|--build-job\|the build\|--branch\|main\|--sha\|b{40}\|$/);
    assert.match(calls[2] ?? '', /\|--result\|success\|$/);
  });

  for (const code of [10, 11, 12, 13, 14, 4])
    it(`does not deploy when the wait ends with ${code}, and ends with it`, () => {
      const { status, verbs } = run(['--', 'touch', join(folder, 'deployed')], { wait: code });
      assert.deepEqual([status, verbs], [code, ['request', 'wait']]);
    });

  it('reports a failed deploy and ends with its code, even when the report fails', () => {
    const { status, calls } = run(['--', 'sh', '-c', 'exit 7'], { deployed: 4 });
    assert.equal(status, 7);
    assert.match(calls.at(-1) ?? '', /\|--result\|failure\|$/);
  });

  for (const [plan, status, verbs] of [
    [0, 0, ['request', 'plan', 'wait', 'deployed']],
    [20, 0, ['request', 'plan', 'wait', 'deployed']],
    [2, 2, ['request', 'plan']],
  ] as const)
    it(`a plan that ends with ${plan}`, () => {
      const ended = run(['--plan', 'plan.json', '--', 'true'], { plan });
      assert.deepEqual([ended.status, ended.verbs], [status, verbs]);
    });

  it('passes timeout and log on', () => {
    const { calls } = run(['--', 'true'], {}, { GATE_TIMEOUT: '30m', GATE_LOG_URL: 'https://ci/1' });
    assert.match(calls[1] ?? '', /\|--timeout\|30m\|$/);
    assert.match(calls[2] ?? '', /\|--url\|https:\/\/ci\/1\|/);
  });

  for (const args of [[], ['make'], ['--'], ['--plan', '--']])
    it(`ends with 2 on ${JSON.stringify(args)}`, () => assert.equal(run(args).status, 2));

  it('names the variable that is missing', () => {
    const { status, stderr } = run(['--', 'true'], {}, { GATE_SHA: '' });
    assert.deepEqual([status, stderr], [2, 'change-gate.sh: GATE_SHA is not set\n']);
  });

  it('is a script for bash, strict about errors', () =>
    assert.match(generic, /^#!\/bin\/bash[^]*set -euo pipefail/));
});
