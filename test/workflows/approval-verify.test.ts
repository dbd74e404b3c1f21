import assert from 'node:assert/strict';
import { decisions, type DecisionClaims, type DecisionRecord } from '../../workflows/approval/messages.ts';
import { policy, ticket } from '../support/approval-question.ts';
import { eventually, startApprovalWorld } from '../support/approval-world.ts';
import type { ApprovalWorld, AskedRun } from '../support/approval-world.ts';

describe('verifying decisions', function () {
  this.timeout(60_000);
  let world: ApprovalWorld;

  before(async () => void (world = await startApprovalWorld()));
  afterEach(() => Object.assign(world.signers.gateway, { known: true }));
  after(() => world.stop());

  describe('with a key that the worker does not have yet', () => {
    it('is tried again until it has', async () => {
      const run = await world.start();
      world.signers.gateway.known = false;
      const claims = await run.say();
      await world.sleep('5m');
      assert.deepEqual(await answerNow(run, claims.jti), 'pending');
      world.signers.gateway.known = true;
      await world.sleep('30s');
      assert.equal((await run.answerTo(claims)).state, 'accepted');
      await run.result();
    });

    it('is refused after a quarter of an hour', async () => {
      const run = await world.start();
      world.signers.gateway.known = false;
      const claims = await run.say();
      await world.sleep('16m');
      const answer = await run.answerTo(claims);
      assert.deepEqual(answer.state === 'refused' && answer.rule, 'unknown-key');
      await run.result();
    });

    it('does not hold up others, but the deadline and the point of no return', async () => {
      const run = await world.start({ ticket, policy: { ...policy, expiresAfterMinutes: 5 } });
      world.signers.gateway.known = false;
      await run.say();
      world.signers.jira.known = true;
      const other = await run.say({ via: 'jira', principal: 'sam' });
      assert.equal((await run.answerTo(other)).state, 'refused');
      await world.sleep('10m');
      assert.equal((await run.view()).state, 'open');
      world.signers.gateway.known = true;
      assert.equal((await run.result()).settlements[0]?.outcome, 'approved');
    });
  });

  async function answerNow(run: AskedRun, jti: string): Promise<string> {
    return (await run.handle.query<{ state: string }, [string]>('decision', jti)).state;
  }

  describe('answers on the ticket', () => {
    /** Dana’s comment, as the Jira queue attests it. */
    async function comment(run: AskedRun, part: Partial<DecisionClaims> = {}) {
      const view = await run.view();
      const claims: DecisionClaims = {
        jti: `comment-${run.handle.workflowId}`,
        ...{ iat: await world.now(), exp: (await world.now()) + 90 * 86_400 },
        aud: `default/${view.workflowId}`,
        requestId: view.requestId,
        evidenceDigest: view.evidenceDigest,
        policy: 'production@1',
        ...{ verb: 'approve', principal: 'dana', actingFor: null, groups: ['devops'] },
        ...{ via: 'jira', sourceEventId: 'comment-1', reason: null },
        ...part,
      };
      run.vendors.jira.envelopes = [await world.signers.jira.sign(claims)];
      return claims;
    }

    const ask = async (part = {}, input = {}) => {
      const run = await world.start({ ticket, ...part }, input);
      await eventually(() => run.vendors.jira.asked[0]);
      return run;
    };

    it('are read when the ticket has changed, each once however often it is read', async () => {
      const run = await ask({}, { stays: true });
      const claims = await comment(run);
      await run.order('ticket-changed');
      await run.answerTo(claims);
      await run.order('ticket-changed');
      await run.order('commit');
      await run.order('end');
      const { settlements } = await run.result();
      assert.deepEqual(settlements[0]?.outcome === 'approved' && settlements[0].approvers, ['dana']);
      assert.equal((await run.view()).refusals, 0);
    });

    it('are read before the request expires', async () => {
      const run = await ask();
      await comment(run);
      assert.equal((await run.result()).settlements[0]?.outcome, 'approved');
    });

    it('are read before the point of no return: a revoke there still counts', async () => {
      const run = await ask({}, { stays: true });
      await run.answerTo(await run.say());
      await comment(run, { verb: 'revoke' });
      await run.order('commit');
      await eventually(async () => (await run.state()).outcomes.includes('commit: no') || undefined);
      assert.equal((await run.view()).state, 'open');
      await run.say({ principal: 'lee' });
      await run.order('end');
      await run.result();
    });

    it('hold up the point of no return while Jira is down, and not when the ticket is gone', async () => {
      const run = await ask({}, { stays: true });
      await run.answerTo(await run.say());
      run.vendors.jira.failing = 'Unavailable';
      await run.order('commit');
      await world.sleep('20m');
      assert.deepEqual((await run.state()).outcomes, ['approved']);
      assert.ok((await run.state()).waits.includes('jira:Unavailable'));
      run.vendors.jira.failing = 'NotFound';
      await world.sleep('5m');
      assert.deepEqual((await run.state()).outcomes, ['approved', 'commit: approved']);
      await run.order('end');
      await run.result();
    });

    it('are answered on the ticket when they do not count', async () => {
      const run = await ask({}, { stays: true });
      await comment(run, { principal: 'sam' });
      await run.order('ticket-changed');
      await eventually(() => run.vendors.jira.comments[0]);
      await run.say();
      await run.order('end');
      await run.result();
      assert.match(run.vendors.jira.comments.join(), /approve of sam does not count/);
    });
  });

  describe('junk', () => {
    const junk: readonly (readonly [string, readonly unknown[]])[] = [
      ['no arguments', []],
      ['null', [null]],
      ['a number', [7]],
      ['a list', [[]]],
      ['an envelope of a wrong type', [{ envelope: 7 }]],
      ['1 MB', [{ envelope: 'x'.repeat(1_000_000) }]],
      ['text that is no envelope', [{ envelope: 'a.b.c' }]],
      ['an empty envelope', [{ envelope: '' }]],
    ];

    it('takes whatever it is sent, records it, and goes on', async () => {
      const run = await world.start();
      for (const [, args] of junk) await run.handle.signal('decide', ...args);
      await sendUndecodable(run.handle.workflowId);
      await run.answerTo(await run.say());
      const records = await run.handle.query<readonly DecisionRecord[]>(decisions.name);
      assert.equal(records.filter(({ rule }) => rule === 'malformed').length, junk.length + 1);
      assert.equal((await run.result()).settlements[0]?.outcome, 'approved');
    });

    async function sendUndecodable(workflowId: string) {
      const encoding = new TextEncoder().encode('binary/unheard-of');
      await world.client.workflowService.signalWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId },
        signalName: 'decide',
        input: { payloads: [{ metadata: { encoding }, data: new Uint8Array([1, 2, 3]) }] },
      });
    }
  });
});
