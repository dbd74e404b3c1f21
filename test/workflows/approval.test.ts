import assert from 'node:assert/strict';
import { decisions, type DecisionClaims, type DecisionRecord } from '../../workflows/approval/messages.ts';
import { policy, toQuestion } from '../support/approval-question.ts';
import { eventually, startApprovalWorld } from '../support/approval-world.ts';
import type { ApprovalWorld, AskedRun } from '../support/approval-world.ts';

const twoGroups = {
  ...policy,
  quorum: [
    { group: 'devops', count: 1 },
    { group: 'security', count: 1 },
  ],
};

describe('a decision of people', function () {
  this.timeout(60_000);
  let world: ApprovalWorld;

  before(async () => void (world = await startApprovalWorld()));
  after(() => world.stop());

  it('approves: the grant has the envelope as it came, the message and the requester are told', async () => {
    const run = await world.start();
    const claims = await run.say({ via: 'slack' });
    const { settlements } = await run.result();
    const [settlement] = settlements;
    assert.ok(settlement?.outcome === 'approved');
    assert.deepEqual(settlement.approvers, ['dana']);
    assert.deepEqual(settlement.grant.envelopes, [await world.signers.gateway.sign(claims)]);
    assert.equal((await run.answerTo(claims)).state, 'accepted');
    const { posts, shown, told } = run.vendors.slack;
    const last = shown.at(-1);
    assert.deepEqual([posts, last?.state, last?.decisions[0]?.principal], [1, 'committed', 'dana']);
    assert.deepEqual(
      told.map(({ person, title }) => `${person}: ${title}`),
      ['sam: Approved'],
    );
  });

  it('is rejected with the reason', async () => {
    const run = await world.start();
    await run.say({ verb: 'reject', reason: 'not on a Friday' });
    const { settlements, waits } = await run.result();
    assert.deepEqual(settlements, [{ outcome: 'rejected', by: 'dana', reason: 'not on a Friday' }]);
    const last = run.vendors.slack.shown.at(-1);
    assert.deepEqual([last?.state, last?.note], ['rejected', 'rejected by dana: not on a Friday']);
    assert.equal(waits.at(-1), '');
  });

  it('expires: an outcome of its own, at the deadline', async () => {
    const run = await world.start();
    const { deadline } = await run.view();
    const { settlements, waits } = await run.result();
    assert.deepEqual(settlements, [{ outcome: 'expired' }]);
    assert.match(waits[0] ?? '', /^person:devops /);
    const closed = (await run.handle.describe()).closeTime;
    const late = (closed?.getTime() ?? 0) - Date.parse(deadline ?? '');
    assert.ok(late >= 60_000 && late < 70_000, `${late} ms after the deadline`);
    assert.deepEqual(
      run.vendors.slack.told.map(({ title }) => title),
      ['Expired'],
    );
  });

  it('waits for one of each group, whoever comes first', async () => {
    const run = await world.start({ policy: twoGroups });
    await run.say({ principal: 'sue', groups: ['security'] });
    await eventually(async () => (await run.view()).missing.length === 1 || undefined);
    assert.match((await run.state()).waits.at(-1) ?? '', /^person:devops /);
    await run.say({ principal: 'dana', groups: ['devops'] });
    const [settlement] = (await run.result()).settlements;
    assert.deepEqual(settlement?.outcome === 'approved' && settlement.approvers, ['sue', 'dana']);
  });

  it('takes two people at once, each once', async () => {
    const run = await world.start({ policy: { ...policy, quorum: [{ group: 'devops', count: 2 }] } });
    const view = await run.view();
    await Promise.all([run.say({ principal: 'dana' }, view), run.say({ principal: 'lee' }, view)]);
    const [settlement] = (await run.result()).settlements;
    assert.deepEqual(settlement?.outcome === 'approved' && [...settlement.approvers].sort(), ['dana', 'lee']);
  });

  it('counts a double click once, and says nothing about the second', async () => {
    const run = await world.start({ policy: twoGroups });
    const claims = await run.say({ via: 'slack', groups: ['devops'] });
    await run.say(claims);
    const records = await eventually(async () => {
      const found = await run.handle.query<readonly DecisionRecord[]>(decisions.name);
      return found.length === 2 ? found : undefined;
    });
    assert.deepEqual(
      records.map(({ state, rule }) => [state, rule]),
      [
        ['accepted', null],
        ['refused', 'replayed'],
      ],
    );
    assert.equal((await run.answerTo(claims)).state, 'accepted');
    assert.equal((await run.view()).refusals, 0);
    await run.result();
    assert.deepEqual(run.vendors.slack.refusals, []);
  });

  it('answers a refusal to the person, counts it and goes on', async () => {
    const run = await world.start();
    const claims = await run.say({ principal: 'sam', via: 'slack' });
    assert.equal((await run.answerTo(claims)).state, 'refused');
    assert.equal((await run.view()).refusals, 1);
    await run.say();
    await run.result();
    assert.deepEqual(
      run.vendors.slack.refusals.map(({ principal }) => principal),
      ['sam'],
    );
  });

  it('refuses an envelope of an earlier run, and tells its sender in person', async () => {
    const run = await world.start();
    const claims = await run.say({ requestId: 'of-another-run', via: 'slack' });
    const answer = await run.answerTo(claims);
    assert.deepEqual(answer.state === 'refused' && answer.rule, 'other-request');
    await run.say();
    await run.result();
    assert.ok(run.vendors.slack.told.some(({ person }) => person === 'dana'));
  });

  it('refuses what another key has signed under a known name, and what was made for another run', async () => {
    const run = await world.start();
    const [head, payload] = (await world.signers.gateway.sign(await claimsOf(run))).split('.');
    await run.send(`${head}.${payload}.${'A'.repeat(86)}`);
    const foreign = await run.say({ aud: 'default/another' });
    const answer = await run.answerTo(foreign);
    assert.deepEqual(answer.state === 'refused' && answer.rule, 'wrong-workflow');
    const records = await run.handle.query<readonly DecisionRecord[]>(decisions.name);
    assert.deepEqual(
      records.map(({ rule }) => rule),
      ['bad-signature', 'wrong-workflow'],
    );
    await run.result();
  });

  async function claimsOf(run: AskedRun): Promise<DecisionClaims> {
    const { requestId, evidenceDigest, workflowId } = await run.view();
    const iat = await world.now();
    return {
      ...{ jti: 'forged', iat, exp: iat + 3600, aud: `default/${workflowId}`, requestId, evidenceDigest },
      ...{ policy: 'production@1', verb: 'approve', principal: 'dana', actingFor: null, groups: ['devops'] },
      ...{ via: 'cli', sourceEventId: 'e', reason: null },
    };
  }

  it('revoked before the point of no return it is open again; an old approve sent again does not help', async () => {
    const run = await world.start({}, { stays: true });
    const first = await run.say();
    await run.answerTo(first);
    await run.answerTo(await run.say({ verb: 'revoke' }));
    await run.send(await world.signers.gateway.sign(first));
    await eventually(async () => (await run.view()).refusals === 1 || undefined);
    await run.order('commit');
    assert.equal((await run.view()).state, 'open');
    await run.say({ principal: 'lee' });
    await eventually(async () => (await run.state()).outcomes.length === 3 || undefined);
    await run.order('end');
    const { outcomes } = await run.result();
    assert.deepEqual(outcomes, ['approved', 'commit: no', 'approved']);
  });

  it('is final after the point of no return', async () => {
    const run = await world.start({}, { stays: true });
    await run.answerTo(await run.say());
    await run.order('commit');
    await run.order('commit');
    const answer = await run.answerTo(await run.say({ verb: 'revoke' }));
    assert.deepEqual(answer.state === 'refused' && answer.rule, 'point-of-no-return');
    await run.order('void');
    await run.order('note');
    await run.order('end');
    const { outcomes, settlements } = await run.result();
    assert.deepEqual(outcomes, ['approved', 'commit: approved', 'commit: approved']);
    assert.equal(settlements[0]?.outcome, 'approved');
    const last = run.vendors.slack.shown.at(-1);
    assert.deepEqual(
      [last?.state, last?.note, last?.revocable],
      ['committed', 'published to 3 accounts', null],
    );
  });

  it('is void when what was shown is not true any more', async () => {
    const run = await world.start({}, { stays: true });
    const view = await run.view();
    await run.order('void');
    const answer = await run.answerTo(await run.say({}, view));
    assert.deepEqual(answer.state === 'refused' && answer.rule, 'closed');
    await run.order('end');
    const { settlements } = await run.result();
    assert.deepEqual(settlements, [{ outcome: 'void', reason: 'production has changed' }]);
    assert.equal(run.vendors.slack.shown.at(-1)?.note, 'production has changed');
  });

  it('routes each decision to its own request when several are open', async () => {
    const first = await world.start(
      {},
      { questions: [toQuestion({ name: 'wave-1' }), toQuestion({ name: 'wave-2' })] },
    );
    const second = await first.view(1);
    assert.equal(second.key.split('/').at(-1), 'wave-2');
    await first.say({ verb: 'reject', reason: 'no' }, second);
    await first.say();
    const { settlements } = await first.result();
    assert.deepEqual(
      settlements.map((settlement) => settlement?.outcome),
      ['approved', 'rejected'],
    );
  });

  it('asks silently: nobody is shown or reminded before somebody has decided something', async () => {
    const run = await world.start({ silent: true, counts: 'override', policy: twoGroups });
    await world.sleep('3h');
    assert.deepEqual(run.vendors.slack.shown, []);
    assert.deepEqual((await run.state()).waits, []);
    await run.say({ verb: 'override', reason: 'a leak', groups: ['devops'] });
    await eventually(() => run.vendors.slack.shown.at(-1));
    await run.say({ verb: 'override', reason: 'I agree', principal: 'sue', groups: ['security'] });
    const [settlement] = (await run.result()).settlements;
    assert.deepEqual(settlement?.outcome === 'approved' && settlement.overridden, false);
  });
});
