import assert from 'node:assert/strict';
import { CliError } from '../../starters/cli/cli-error.ts';
import type { Terminal } from '../../starters/cli/decisions/confirm.ts';
import { listHolds, setHold, thaw } from '../../starters/cli/freeze.ts';
import type { Session } from '../../starters/cli/session.ts';
import { steal } from '../../starters/cli/steal.ts';
import { digestOf } from '../../config/canonical-json.ts';
import type { Hold } from '../../workflows/freeze/messages.ts';
import { withLoopback } from '../support/loopback.ts';
import { nowMs } from './decision-world.ts';
import { createSessionDouble, requestView, type SessionDouble } from './session-double.ts';

const nobody: Terminal = { interactive: false, ask: () => assert.fail('a script was asked') };
const hold: Hold = {
  ...{ id: 'hold-a1', kind: 'person', source: 'lee', reason: 'INC-12' },
  ...{ since: '2026-11-04T09:00:00.000Z', until: null },
};
const lift = requestView({
  workflowId: 'freeze',
  requestId: 'lift-1',
  evidence: { ...requestView().evidence, kind: 'freeze-hold', subject: { runId: 'r', holdId: 'hold-a1' } },
});
const holder = {
  ...{ workflowId: 'agent-promotion:main:10077', runId: 'run-7', round: '0', ticket: 'DEVOPS-77' },
  ...{ priority: 0, enteredAt: '', token: 42, grantedAt: '2026-11-04T09:00:00.000Z' },
};
const decision = () => ({ state: 'accepted', rule: null, text: 'done' });
const workflows = {
  freeze: { holds: () => [hold], requests: () => [lift], decision },
  'promotion-queue': { line: () => ({ holder }), decision },
};

/** What a verb posts to the gateway. */
async function posted(run: (session: Session) => Promise<number>): Promise<Record<string, unknown>> {
  const respond = { status: 202, body: { jti: 'jti-1', principal: 'dana', actingFor: null } };
  let body: Record<string, unknown> = {};
  await withLoopback([{ method: 'POST', path: '/decisions', respond }], async (url, seen) => {
    assert.equal(await run(createSessionDouble({ url, workflows }).session), 0);
    body = seen[0]?.body as Record<string, unknown>;
  });
  return body;
}

const fails = (code: number, message: RegExp) => (error: unknown) =>
  error instanceof CliError && error.exitCode === code && message.test(error.message);
const session = (options: Parameters<typeof createSessionDouble>[0] = {}): SessionDouble =>
  createSessionDouble({ workflows, ...options });
const nothing = { changes: { freeze: undefined, 'processes.promotion.steal': undefined } };

describe('lockkeeper freeze', () => {
  it('says a hold under the configured policy, with its end', async () => {
    const options = { reason: ' INC-12 ', for: '4h' };
    const body = await posted((one) => setHold(one, options, { nowMs, terminal: nobody }));
    const until = '2026-11-04T13:30:00.000Z';
    assert.match(String(body['requestId']), /^[0-9a-f-]{36}$/);
    assert.partialDeepStrictEqual(body, {
      ...{ workflowId: 'freeze', verb: 'hold', policy: 'thaw@3', reason: 'INC-12', until },
      evidenceDigest: digestOf({ reason: 'INC-12', until }),
    });
  });

  it('is open-ended without an end, and each is another one', async () => {
    const once = () => posted((one) => setHold(one, { reason: 'r' }, { nowMs, terminal: nobody }));
    const [first, second] = [await once(), await once()];
    assert.equal(first['until'], null);
    assert.notEqual(first['requestId'], second['requestId']);
  });

  it('asks a person whether everything is meant', async () => {
    const asked: string[] = [];
    const terminal: Terminal = { interactive: true, ask: async (question) => (asked.push(question), 'n') };
    const held = setHold(session().session, { reason: 'r' }, { nowMs, terminal });
    await assert.rejects(held, fails(1, /nothing was decided/));
    assert.match(asked.join(), /^Hold every promotion until somebody lifts it\?/);
  });

  for (const [what, run, problem] of [
    ['no reason', () => setHold(session().session, { reason: ' ' }), /needs a reason/],
    ['a wrong end', () => setHold(session().session, { reason: 'r', for: 'x' }), /no duration/],
    ['no configured freeze', () => setHold(session(nothing).session, { reason: 'r' }), /freeze: is not/],
    ['no configured freeze to list', () => listHolds(session(nothing).session), /freeze: is not/],
    [
      'no configured freeze to lift',
      () => thaw(session(nothing).session, undefined, { config: '' }),
      /freeze: is not/,
    ],
  ] as const)
    it(`ends with 2 for ${what}`, () => assert.rejects(run(), fails(2, problem)));
});

describe('lockkeeper freeze --list, holds', () => {
  it('shows who holds what since when and why', async () => {
    const { session: one, printed } = session();
    assert.equal(await listHolds(one), 0);
    assert.match(
      printed.join(''),
      /^HOLD[^]*hold-a1 +lee +2026-11-04T09:00:00\.000Z +when lifted +INC-12\n$/,
    );
  });

  it('prints the holds as JSON', async () => {
    const { session: one, printed } = session({ json: true });
    await listHolds(one);
    assert.deepEqual(JSON.parse(printed.join('')), [hold]);
  });

  it('shows none while freeze has never run', async () => {
    const { session: one, printed } = session({ workflows: {} });
    assert.equal(await listHolds(one), 0);
    assert.equal(printed.join(''), 'Nobody holds anything.\n');
  });

  it('ends with 4 while no worker answers: silence is no answer', async () => {
    await assert.rejects(
      listHolds(session({ workflows: { freeze: {} } }).session),
      fails(4, /no worker answers/),
    );
  });
});

describe('lockkeeper thaw', () => {
  for (const [what, named] of [
    ['the only hold', undefined],
    ['a named one', 'hold-a'],
  ] as const)
    it(`approves that ${what} is lifted`, async () => {
      const options = { config: '', reason: 'closed' };
      const body = await posted((one) => thaw(one, named, options, nobody));
      assert.partialDeepStrictEqual(body, {
        ...{ workflowId: 'freeze', verb: 'approve', requestId: 'lift-1', reason: 'closed' },
        ...{ evidenceDigest: lift.evidenceDigest, policy: 'production@3' },
      });
    });

  it('ends with 3 for a hold that does not stand', () =>
    assert.rejects(
      thaw(session().session, 'hold-zz', { config: '', reason: 'r' }, nobody),
      fails(3, /hold-zz/),
    ));
});

describe('lockkeeper steal', () => {
  it('says it of the turn that was shown', async () => {
    const body = await posted((one) => steal(one, { reason: 'hangs' }, nobody));
    const { workflowId, runId, token } = holder;
    assert.partialDeepStrictEqual(body, {
      ...{ workflowId: 'promotion-queue', verb: 'steal', requestId: 'turn:42', policy: 'steal@2' },
      ...{ reason: 'hangs', evidenceDigest: digestOf({ workflowId, runId, token }) },
    });
  });

  it('shows the holder before it asks', async () => {
    const { session: one, printed } = session();
    const terminal: Terminal = { interactive: true, ask: async () => 'n' };
    await assert.rejects(steal(one, { reason: 'r' }, terminal), fails(1, /nothing was decided/));
    assert.match(
      printed.join(''),
      /^DEVOPS-77 \(agent-promotion:main:10077\) has the turn since 2026-11-04T09/,
    );
  });

  const free = { 'promotion-queue': { line: () => ({ holder: null }) } };
  for (const [what, options, code, problem] of [
    ['nobody has it', { workflows: free }, 3, /nobody has the turn/],
    ['there is no queue', { workflows: {} }, 3, /nobody has the turn/],
    ['no worker answers', { workflows: { 'promotion-queue': {} } }, 4, /no worker answers/],
    ['it is not configured', nothing, 2, /processes\.promotion\.steal/],
  ] as const)
    it(`ends with ${code} when ${what}`, () =>
      assert.rejects(steal(session(options).session, { reason: 'r' }, nobody), fails(code, problem)));

  it('ends with 2 without a reason', () =>
    assert.rejects(steal(session().session, { reason: '' }, nobody), fails(2, /needs a reason/)));
});
