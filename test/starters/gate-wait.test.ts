import assert from 'node:assert/strict';
import { CliError } from '../../starters/cli/cli-error.ts';
import { GateTrouble, type GateClient } from '../../starters/cli/gate/gate-client.ts';
import type { GateSession } from '../../starters/cli/gate/open-gate.ts';
import { waitAtGate, type WaitOptions } from '../../starters/cli/gate/wait.ts';
import { createOutput } from '../../starters/cli/output.ts';
import type { GateSeen, GateStands } from '../../starters/gates/answers.ts';
import { sha, toShown, waiting, workflowId } from './gate-world.ts';

const options = { environment: 'production', project: 'shop/web', build: '4711' };
const identity = { ...options, buildJob: 'build', branch: 'main', sha };

type Look = Partial<GateStands> | Error | { readonly gated: false; readonly text: string };

interface World {
  readonly told: { what: string; body: { attempt: string } }[];
  readonly lines: string[];
  /** Milliseconds that it slept in all. */
  readonly slept: () => number;
}

/** @param looks what the gate says, one look after the other; a function is told the newest attempt */
async function wait(
  looks: readonly (Look | ((attempt: string) => Look))[],
  more: { options?: WaitOptions; begin?: () => Promise<never>; json?: boolean } = {},
): Promise<World & { code: number | CliError }> {
  const told: World['told'] = [];
  const lines: string[] = [];
  let nowMs = 0;
  let at = 0;
  const gate: Partial<GateClient> = {
    async view(id, query): Promise<GateSeen> {
      assert.equal(id, workflowId);
      assert.deepEqual(query, { buildJob: 'build', branch: 'main', sha, action: 'deploy' });
      const look = looks[Math.min(at++, looks.length - 1)] ?? assert.fail('no look is given');
      const found = typeof look === 'function' ? look(told.at(-1)?.body.attempt ?? '') : look;
      if (found instanceof Error) throw found;
      if ('gated' in found && found.gated === false) return { gated: false, text: found.text };
      return { ...(toShown(waiting) as unknown as GateStands), gated: true, workflowId, ...found };
    },
    async tell(_id, what, body) {
      told.push({ what, body: body as { attempt: string } });
      await more.begin?.();
      return { gated: true, workflowId, runLink: '', text: '' };
    },
  };
  const session: GateSession = {
    gate: gate as GateClient,
    output: createOutput(more.json === true, (text) => lines.push(text)),
    clock: { now: () => nowMs, sleep: async (ms) => void (nowMs += ms) },
    env: {},
  };
  const code = await waitAtGate(session, { ...identity, ...more.options }).catch((error: unknown) => {
    if (error instanceof CliError) return error;
    throw error;
  });
  return { code, told, lines, slept: () => nowMs };
}

const approved: Look = { state: 'approved', text: 'approved by sue, ray', waitingOn: 'ci:begin' };
const answer =
  (kind: 'go' | 'mismatch' | 'not-approved' | 'pending', state: GateStands['state'] = 'approved') =>
  (attempt: string): Look => ({
    state,
    text: kind,
    attempts: [{ attempt, answer: kind, text: `says ${kind}` }],
  });

describe('lockkeeper gate wait', () => {
  it('waits for people, asks to begin, and ends with 0 on its own go', async () => {
    const { code, told, lines } = await wait([{}, {}, approved, answer('pending'), answer('go', 'go')]);
    assert.equal(code, 0);
    assert.equal(told.length, 1);
    const [{ what, body } = assert.fail()] = told;
    assert.partialDeepStrictEqual(
      { what, ...body },
      { what: 'begin', buildJob: 'build', build: '4711', sha },
    );
    assert.match(body.attempt, /^[0-9a-f-]{36}$/);
    assert.match(
      lines[0] ?? '',
      /^1970-.*Z waiting: people decide · waits for security \+ release · https:\/\/jira/,
    );
    assert.match(lines.at(-1) ?? '', /says go\n$/);
  });

  it('does not take the go of another job for its own', async () => {
    const foreign: Look = { ...approved, attempts: [{ attempt: 'other', answer: 'go', text: 'go' }] };
    const { code, told } = await wait([foreign, foreign, { state: 'cancelled', text: 'cancelled' }]);
    assert.deepEqual([code, told.length], [11, 1]);
  });

  for (const [state, code] of [
    ['rejected', 10],
    ['cancelled', 11],
    ['expired', 12],
    ['deployed', 1],
  ] as const)
    it(`ends with ${code} when it is ${state}, without asking to begin`, async () => {
      const ended = await wait([{}, { state, text: 'why' }]);
      assert.deepEqual([ended.code, ended.told], [code, []]);
      assert.match(ended.lines.at(-1) ?? '', new RegExp(`${state}: why`));
    });

  it('ends with 13 on a mismatch, saying what differs', async () => {
    const { code, lines } = await wait([approved, answer('mismatch')]);
    assert.equal(code, 13);
    assert.match(lines.at(-1) ?? '', /says mismatch/);
  });

  it('goes on waiting after a "not now", and asks again with a fresh attempt, ever later', async () => {
    const looks = [
      approved,
      answer('not-approved'),
      ...Array<Look>(60).fill(approved),
      answer('not-approved'),
    ];
    const { code, told, slept } = await wait([...looks, { state: 'rejected', text: 'no' }]);
    assert.equal(code, 10);
    assert.equal(new Set(told.map(({ body }) => body.attempt)).size, told.length);
    assert.equal(told.length, 2);
    assert.ok(slept() > 30_000);
  });

  it('ends with its outcome when the run has ended before it asked to begin', async () => {
    const begin = () => Promise.reject(new CliError(3, 'not-running'));
    const { code } = await wait([approved, { state: 'expired', text: 'over' }], { begin });
    assert.equal(code, 12);
  });

  it('passes where nothing is gated', async () => {
    const { code, lines } = await wait([{ gated: false, text: 'staging passes ungated' }]);
    assert.deepEqual([code, lines], [0, ['staging passes ungated\n']]);
  });

  it('says each minute that it still waits', async () => {
    const looks = [...Array<Look>(100).fill({}), { state: 'cancelled', text: 'c' } as const];
    const { lines, slept } = await wait(looks);
    const beats = lines.filter((line) => /still waiting after \d+ min/.test(line));
    assert.equal(beats.length, Math.floor(slept() / 60_000) - (slept() % 60_000 === 0 ? 1 : 0));
    assert.ok(beats.length >= 3);
  });

  it('waits for 60 days', async () => {
    const looks = [...Array<Look>(518_400).fill({}), approved, answer('go', 'go')];
    const { code, slept } = await wait(looks, { options: { timeout: '90d' } });
    assert.equal(code, 0);
    assert.ok(slept() > 59 * 86_400_000);
  });

  it('ends with 14 when --timeout is over', async () => {
    const { code, slept, lines } = await wait([{}], { options: { timeout: '30m' } });
    assert.equal(code, 14);
    assert.ok(slept() <= 30 * 60_000);
    assert.match(lines.at(-1) ?? '', /Still waiting/);
  });

  it('survives an outage of the gate, and tells of it once', async () => {
    const away = Array<Look>(50).fill(new GateTrouble('the gate does not answer'));
    const { code, lines } = await wait([{}, ...away, {}, ...away, { state: 'expired', text: 'over' }]);
    assert.equal(code, 12);
    assert.equal(lines.filter((line) => line.includes('trying again')).length, 2);
  });

  it('does not hang on an address where no gate ever answers', async () => {
    const { code, slept } = await wait([new GateTrouble('it answers 404, and is no gate')]);
    assert.ok(code instanceof CliError);
    assert.deepEqual([code.exitCode, slept() <= 120_000], [4, true]);
  });

  it('waits as long as the gate asks', async () => {
    const { slept } = await wait([new GateTrouble('busy', 45_000), { state: 'expired', text: 'over' }]);
    assert.equal(slept(), 45_000);
  });

  it('ends at once on what is final', async () => {
    const { code } = await wait([new CliError(1, 'not taken (forged)')]);
    assert.ok(code instanceof CliError && code.exitCode === 1);
  });

  it('prints JSON, one value a line', async () => {
    const { lines } = await wait([{}, { state: 'expired', text: 'over' }], { json: true });
    const states = lines.map((line) => (JSON.parse(line) as { state: string }).state);
    assert.deepEqual(states, ['waiting', 'expired']);
  });

  for (const timeout of ['', '30', '0m', '1w', '-1h'])
    it(`refuses --timeout ${JSON.stringify(timeout)}`, async () => {
      const { code } = await wait([{}], { options: { timeout } });
      assert.ok(code instanceof CliError && code.exitCode === 2);
    });
});
