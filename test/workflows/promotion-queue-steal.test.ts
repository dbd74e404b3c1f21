import assert from 'node:assert/strict';
import { decide, decision, decisions, type DecisionClaims } from '../../workflows/approval/messages.ts';
import { confirmTurn } from '../../workflows/promotion-queue/messages.ts';
import { promotionQueueId, turnRequestId } from '../../workflows/shared/names.ts';
import { leadsConfig } from '../support/leads.ts';
import { signalsOf, startQueue, type LineMember, type QueueWorld } from '../support/queue-world.ts';
import { claimsTo, createSigner } from '../support/signed-decisions.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('promotionQueue: a decision frees the turn', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let world: QueueWorld;
  let members: readonly [LineMember, LineMember];
  let token: number;
  let issues = 3000;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());
  afterEach(() => world.stop());

  async function startLine(config = leadsConfig) {
    // the holder is looked at later than a test lasts: the test server loses count when timers of both fire at one instant
    world = await startQueue(temporal, { checkHolderSeconds: 7_200 }, config);
    members = [await world.startMember((issues += 1)), await world.startMember((issues += 1))];
    await world.join(...members);
    token = (await world.nextHolder()).token;
  }

  const claims = (part: Partial<DecisionClaims> = {}) =>
    claimsTo(promotionQueueId, {
      verb: 'steal',
      requestId: turnRequestId(token),
      principal: 'lee',
      groups: ['leads'],
      reason: 'it hangs since noon',
      ...part,
    });

  async function send(said: DecisionClaims, signer = world.signer) {
    await world.queue.signal(decide, { envelope: await signer.sign(said) });
  }

  async function answerTo({ jti }: DecisionClaims) {
    for (;;) {
      const answer = await world.queue.query(decision, jti);
      if (answer.state !== 'pending') return answer;
    }
  }

  it('gives the turn to the next with a larger token, and tells who lost it', async () => {
    await startLine();
    const said = claims();
    await send(said);
    assert.deepEqual(await answerTo(said), { state: 'accepted', rule: null, text: 'the turn is freed' });
    const { holder } = await world.readLine();
    assert.equal(holder?.ticket, members[1].request.ticket);
    assert.ok(holder.token > token);
    assert.equal(await world.queue.query(confirmTurn, { ...members[0].request, token }), false);
    assert.ok((await signalsOf(members[0])).includes('turnTaken'));
    const [record] = await world.queue.query(decisions);
    assert.deepEqual([record?.principal, record?.verb, record?.via], ['lee', 'steal', 'cli']);
  });

  it('counts once: the same envelope again frees nobody’s turn', async () => {
    await startLine();
    const said = claims();
    await send(said);
    await send(said);
    await answerTo(said);
    const { token: second } = await world.nextHolder({ ...members[0].request, token, grantedAt: '' });
    await send(said);
    await temporal.env.sleep('1s');
    assert.equal((await world.readLine()).holder?.token, second);
    assert.equal((await world.queue.query(decisions)).length, 1);
  });

  const refused: Readonly<Record<string, readonly [Partial<DecisionClaims>, string, RegExp]>> = {
    'somebody of another group': [{ groups: ['devops'] }, 'not-a-member', /only members of leads/],
    'nobody of any group': [{ groups: [] }, 'not-a-member', /only members of leads/],
    'an earlier turn': [{ requestId: turnRequestId(7) }, 'closed', /has passed on/],
    'no turn': [{ requestId: 'turn:x' }, 'other-request', /names no turn/],
    'no reason': [{ reason: '  ' }, 'reason-missing', /needs a reason/],
    'another verb': [{ verb: 'approve' }, 'closed', /no other decision than steal/],
    'an earlier version of the rules': [{ policy: 'leads@7' }, 'other-policy', /under leads@1/],
    'another workflow': [{ aud: 'default/freeze' }, 'wrong-workflow', /another workflow/],
    'a time that is over': [{ iat: 1_000, exp: 2_000 }, 'outdated', /time is over/],
    'a way that the key may not assert': [{ via: 'jira' }, 'key-not-allowed', /may not speak for jira/],
  };
  it('refuses everything else, says why, and leaves the turn where it is', async () => {
    await startLine();
    for (const [what, [part, rule, text]] of Object.entries(refused)) {
      const said = claims(part);
      await send(said);
      const answer = await answerTo(said);
      assert.deepEqual([answer.state, 'rule' in answer && answer.rule], ['refused', rule], what);
      assert.match('text' in answer ? answer.text : '', text);
    }
    assert.equal((await world.readLine()).holder?.token, token);
  });

  it('refuses everybody when the configuration names nobody', async () => {
    await startLine({ ...leadsConfig, processes: { promotion: { policy: 'automatic' } } });
    const said = claims();
    await send(said);
    assert.equal((await answerTo(said)).state, 'refused');
    assert.equal((await world.readLine()).holder?.token, token);
  });

  it('records junk and forged envelopes without a change, and goes on', async () => {
    await startLine();
    const payloads = [
      undefined,
      null,
      7,
      'x',
      [],
      {},
      { envelope: 7 },
      { envelope: 'a.b.c' },
      'y'.repeat(1_000_000),
    ];
    for (const payload of payloads) await world.queue.signal(decide, payload);
    await send(claims(), createSigner('gateway-1'));
    const forged = claims();
    await send(forged, createSigner('gateway-1'));
    const unsigned = Buffer.from(JSON.stringify(claims())).toString('base64url');
    await world.queue.signal(decide, {
      envelope: `${Buffer.from('{"alg":"none","kid":"x"}').toString('base64url')}.${unsigned}.`,
    });
    const said = claims({ groups: [] });
    await send(said);
    await answerTo(said);
    const records = await world.queue.query(decisions);
    assert.ok(records.every(({ state }) => state === 'refused'));
    assert.equal(records.filter(({ rule }) => rule === 'bad-signature').length, 3);
    assert.equal((await world.readLine()).holder?.token, token);
    await world.release(members[0]);
    assert.equal(
      (await world.nextHolder({ ...members[0].request, token, grantedAt: '' })).ticket,
      members[1].request.ticket,
    );
  });

  it('waits for a key that the worker does not have yet', async () => {
    await startLine();
    world.signer.known = false;
    const said = claims();
    await send(said);
    await temporal.env.sleep('2m');
    assert.deepEqual(await world.queue.query(decision, said.jti), { state: 'pending' });
    world.signer.known = true;
    await temporal.env.sleep('31s');
    assert.equal((await answerTo(said)).state, 'accepted');
  });

  it('gives up on a key that nobody knows for ten minutes', async () => {
    await startLine();
    world.signer.known = false;
    const said = claims();
    await send(said);
    await temporal.env.sleep('10m');
    const answer = await answerTo(said);
    assert.equal('rule' in answer && answer.rule, 'unknown-key');
    assert.equal((await world.readLine()).holder?.token, token);
  });
});
