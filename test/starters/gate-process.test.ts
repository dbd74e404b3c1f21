import assert from 'node:assert/strict';
import type { BeginAnswer } from '../../workflows/change-approval/messages.ts';
import { runCli, runFile, type Ended } from '../support/command-line.ts';
import { gateToken, memo, sha, withGate, workflowId, type GateWorld } from './gate-world.ts';

const build = ['--environment', 'production', '--build-job', 'build'];

type Run = (args: readonly string[], env: Record<string, string>) => Promise<Ended>;

/** As a job of GitLab runs it: with variables and a token, and without a configuration. */
async function lockkeeper(
  world: GateWorld,
  args: readonly string[],
  env: Record<string, string> = {},
  run: Run = runCli,
): Promise<Ended> {
  const job = {
    ...{ HOME: '/nonexistent', LOCKKEEPER_GATE_URL: world.url },
    ...{ CI_PROJECT_PATH: 'shop/web', CI_PIPELINE_ID: '4711', CI_COMMIT_BRANCH: 'main', CI_COMMIT_SHA: sha },
    ...{ LOCKKEEPER_ID_TOKEN: await world.token(), ...env },
  };
  return run(['gate', ...args], job);
}

/** Its own file in a process of its own. */
const processOfItsOwn: Run = (args, env) => runFile('cli/main.ts', args, env);

/** Answers the attempt of the job as the workflow would. */
function answerBegin(world: GateWorld, answer: BeginAnswer['answer']): void {
  world.temporal.running.add(workflowId);
  const attempts: BeginAnswer[] = [];
  world.runs.set(workflowId, {
    status: 'RUNNING',
    memo,
    view: { state: 'approved', automatic: true, attempts },
  });
  const signal = world.temporal.signal.bind(world.temporal);
  world.temporal.signal = async (id, said) => {
    const { attempt } = said.payload as { attempt: string };
    attempts.push({ attempt, answer, text: 'as the workflow says' });
    return signal(id, said);
  };
}

describe('lockkeeper gate, as a job runs it', function () {
  this.timeout(30_000);

  it('asks with the job’s token, and needs no configuration', () =>
    withGate(async (world) => {
      const { code, stdout, stderr } = await lockkeeper(world, ['request', ...build], {}, processOfItsOwn);
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^Asked for shop\/web build 4711 for production\.\nRun: http/);
      assert.equal(world.temporal.started[0]?.start.workflowId, workflowId);
    }));

  it('asks from another CI with flags and the shared token', () =>
    withGate(async (world) => {
      const flags = [
        '--project',
        'web',
        '--build',
        '12',
        '--branch',
        'main',
        '--sha',
        'b'.repeat(40),
        '--json',
      ];
      const none = { CI_PIPELINE_ID: '', LOCKKEEPER_ID_TOKEN: '', LOCKKEEPER_GATE_TOKEN: gateToken };
      const { code, stdout } = await lockkeeper(world, ['request', ...build, ...flags], none);
      assert.equal(code, 0);
      assert.partialDeepStrictEqual(JSON.parse(stdout), {
        gated: true,
        workflowId: 'change:production:web:12',
      });
    }));

  for (const [answer, code] of [
    ['go', 0],
    ['mismatch', 13],
  ] as const)
    it(`wait ends with ${code} when it may begin: ${answer}`, () =>
      withGate(async (world) => {
        answerBegin(world, answer);
        const ended = await lockkeeper(world, ['wait', ...build], {}, processOfItsOwn);
        assert.equal(ended.code, code, ended.stderr);
        assert.match(ended.stdout, /approved: people decide[^]*as the workflow says\n$/);
      }));

  for (const [outcome, code] of [
    [{ outcome: 'rejected', ticket: 'P-1', by: 'sue', reason: 'no' }, 10],
    [{ outcome: 'cancelled', ticket: 'P-1', reason: 'no' }, 11],
    [{ outcome: 'expired', ticket: 'P-1' }, 12],
  ] as const)
    it(`wait ends with ${code} when it was ${outcome.outcome}`, () =>
      withGate(async (world) => {
        world.runs.set(workflowId, { status: 'COMPLETED', memo, outcome });
        assert.equal((await lockkeeper(world, ['wait', ...build])).code, code);
      }));

  it('wait ends with 14 when its time is over', () =>
    withGate(async (world) => {
      world.runs.set(workflowId, { status: 'RUNNING', memo });
      assert.equal((await lockkeeper(world, ['wait', ...build, '--timeout', '1s'])).code, 14);
    }));

  for (const [what, args, env, code, said] of [
    ['a forged token', ['request', ...build], { LOCKKEEPER_ID_TOKEN: 'a.b.c' }, 1, /not taken \(forged\)/],
    ['flags that differ', ['request', ...build, '--branch', 'x'], {}, 13, /claims-differ/],
    ['what was never asked for', ['wait', ...build], {}, 3, /never asked for/],
    ['a flag that is missing', ['wait', '--environment', 'production'], {}, 2, /--build-job/],
    [
      'an unknown result',
      ['deployed', ...build.slice(0, 2), '--result', 'ok'],
      {},
      2,
      /neither success nor failure/,
    ],
    ['an unknown flag', ['wait', '--projct', 'x'], {}, 2, /unknown option/],
    ['no credential', ['wait', ...build], { LOCKKEEPER_ID_TOKEN: '' }, 2, /no credential/],
    ['a plan that is not there', ['plan', '/nonexistent.json', ...build.slice(0, 2)], {}, 2, /ENOENT/],
  ] as const)
    it(`ends with ${code} on ${what}`, () =>
      withGate(async (world) => {
        const ended = await lockkeeper(world, args, env);
        assert.equal(ended.code, code, ended.stderr);
        assert.match(ended.stderr, said);
      }));
});
