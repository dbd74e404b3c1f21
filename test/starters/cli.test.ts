import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgram } from '../../starters/cli/program.ts';
import { exampleYaml } from '../config/example-config.ts';
import { runCli, runFile } from '../support/command-line.ts';

const verbs = [
  ...['start', 'status', 'watch', 'explain', 'setup', 'doctor', 'inbox'],
  ...['approve', 'reject', 'revoke', 'override', 'ask-info', 'pause', 'resume', 'skip'],
  ...['freeze', 'holds', 'thaw', 'steal'],
];

/** Nothing listens on port 1. */
const env = { TEMPORAL_ADDRESS: '127.0.0.1:1', HOME: '/nonexistent' };
const run = (...args: string[]) => runCli(args, env);
const runReal = (file: string, args: readonly string[]) => runFile(file, args, env);

describe('the command line', function () {
  this.timeout(30_000);
  let folder: string;
  let config: string;
  let faulty: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'lockkeeper-cli-'));
    config = join(folder, 'lockkeeper.yaml');
    faulty = join(folder, 'faulty.yaml');
    writeFileSync(config, exampleYaml);
    writeFileSync(
      faulty,
      exampleYaml.replace('onCall: dev', 'onCall: devv').replace('ref: main', 'reff: main'),
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  it('explains itself and its exit codes', async () => {
    const { code, stdout } = await runReal('cli/main.ts', ['--help']);
    assert.equal(code, 0);
    for (const verb of verbs) assert.match(stdout, new RegExp(`^  ${verb} `, 'm'));
    assert.match(stdout, /10 +the promotion failed; of a decision: it was refused/);
    assert.match(stdout, /11 +the promotion needs information; of a decision: it is kept/);
  });

  it('has examples for each verb', () => {
    const program = createProgram(() => undefined);
    for (const verb of program.commands.flatMap((command) => [command, ...command.commands])) {
      let help = '';
      verb.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      if (verb.name() !== 'start') assert.match(help, /Examples?:\n {2}lockkeeper/, verb.name());
    }
  });

  it('suggests the nearest verb', async () => {
    const { code, stderr } = await run('statsu');
    assert.equal(code, 2);
    assert.match(stderr, /Did you mean status\?/);
  });

  it('ends with 2 on a missing argument', async () => {
    const { code, stderr } = await run('watch');
    assert.equal(code, 2);
    assert.match(stderr, /missing required argument 'ticket'/);
  });

  for (const [file, args] of [
    ['cli/main.ts', ['status']],
    ['main.ts', ['--port', '0']],
  ] as const)
    it(`${file} prints all faults of the configuration and ends with 2`, async () => {
      const { code, stdout, stderr } = await runReal(file, [...args, '--config', faulty]);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /gitlab\.reff: .*did you mean "ref"\?/);
      assert.match(stderr, /onCall: .*did you mean "dev"\?/);
    });

  it('main.ts names all secrets that it lacks', async () => {
    const { code, stderr } = await runReal('main.ts', ['--config', config]);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /JIRA_WEBHOOK_SECRET: is not set[^]*GITLAB_WEBHOOK_TOKEN or LOCKKEEPER_GITLAB_SIGNING_TOKEN/,
    );
  });

  it('main.ts refuses a port that is none', async () => {
    assert.equal((await runReal('main.ts', ['--config', config, '--port', 'x'])).code, 2);
  });

  it('ends with 4 and without a stack when Temporal does not answer', async () => {
    const { code, stderr } = await runReal('cli/main.ts', ['status', '--config', config]);
    assert.equal(code, 4);
    assert.match(stderr, /Temporal at 127\.0\.0\.1:1 does not answer/);
    assert.doesNotMatch(stderr, /^ +at /m);
  });

  for (const [what, args, problem] of [
    ['a rejection without a reason', ['reject', 'DEVOPS-77'], /reject needs a reason\nSay why with --reason/],
    ['a thaw without a reason', ['thaw'], /required option '--reason <text>'/],
    ['a freeze that is not configured', ['freeze', '--reason', 'r'], /freeze: is not in the configuration/],
    ['a wave that is no number', ['skip', 'DEVOPS-77', 'first'], /"first" is no wave/],
  ] as const)
    it(`ends with 2 for ${what}`, async () => {
      const { code, stderr } = await run(...args, '--config', config);
      assert.equal(code, 2);
      assert.match(stderr, problem);
    });

  it('ends with 4 for a decision while Temporal does not answer', async () => {
    const { code, stderr } = await run('approve', 'DEVOPS-77', '--config', config);
    assert.equal(code, 4);
    assert.match(stderr, /Temporal at 127\.0\.0\.1:1 does not answer/);
  });

  it('ends with 2 for what is no ticket, in JSON when asked', async () => {
    const { code, stderr } = await run('explain', 'hello world', '--json', '--config', config);
    assert.equal(code, 2);
    assert.match((JSON.parse(stderr) as { error: string }).error, /is no ticket/);
  });
});
