import assert from 'node:assert/strict';
import { GatewayRefusal, type SaidDecision } from '../../starters/decisions/gateway.ts';
import type { DecisionClaims } from '../../workflows/approval/messages.ts';
import { createGatewayWorld, decisionsYaml, makeKey, nowMs, said, workflowId } from './decision-world.ts';

async function claimsOf(
  world: ReturnType<typeof createGatewayWorld>,
  audience?: string,
): Promise<DecisionClaims> {
  const [decision] = await world.verified(audience);
  assert.equal(decision?.state, 'valid', JSON.stringify(decision));
  return (decision as { claims: DecisionClaims }).claims;
}

const refusedAs = (rule: string) => (error: unknown) => {
  assert.ok(error instanceof GatewayRefusal, String(error));
  assert.equal(error.rule, rule, error.message);
  return true;
};

describe('the decision gateway', () => {
  it('signs what was said and signals it to the workflow', async () => {
    const world = createGatewayWorld();
    const sent = await world.gateway.send(said);
    const claims = await claimsOf(world);
    const { requestId, evidenceDigest, policy, verb, principal, via, sourceEventId, reason } = said;
    assert.deepEqual(claims, {
      ...{ requestId, evidenceDigest, policy, verb, principal, via, sourceEventId, reason },
      jti: sent.jti,
      iat: nowMs / 1000,
      exp: nowMs / 1000 + 90 * 86_400,
      aud: `default/${workflowId}`,
      actingFor: null,
      groups: ['devops'],
    });
    assert.deepEqual(sent, { jti: claims.jti, principal: 'dana', actingFor: null });
    assert.deepEqual(
      world.temporal.signalled.map((one) => [one.workflowId, one.signal.name]),
      [[workflowId, 'decide']],
    );
  });

  it('gives a repeat the same jti, and anything else another', async () => {
    const { gateway } = createGatewayWorld();
    const jtiOf = async (change: Partial<SaidDecision>) => (await gateway.send({ ...said, ...change })).jti;
    const first = await jtiOf({});
    assert.match(first, /^[0-9a-f]{64}$/);
    assert.equal(await jtiOf({ reason: 'said again', principal: 'dev' }), first);
    const others = await Promise.all([
      jtiOf({ via: 'cli' }),
      jtiOf({ sourceEventId: 'x' }),
      jtiOf({ requestId: 'request-2' }),
      jtiOf({ verb: 'revoke' }),
    ]);
    assert.equal(new Set([first, ...others]).size, 5);
  });

  it('attests a delegate as who he stands in for', async () => {
    const world = createGatewayWorld();
    const sent = await world.gateway.send({ ...said, principal: 'sue' });
    assert.equal(sent.actingFor, 'dana');
    assert.partialDeepStrictEqual(await claimsOf(world), { actingFor: 'dana', groups: ['devops'] });
  });

  for (const [what, change] of [
    ['somebody of no group', { principal: 'jira-bot' }],
    ['a delegate of somebody else', { principal: 'dev', actingFor: 'dana' }],
  ] as const)
    it(`sends what ${what} says without a group: the workflow refuses and records it`, async () => {
      const world = createGatewayWorld();
      await world.gateway.send({ ...said, ...change });
      assert.deepEqual((await claimsOf(world)).groups, []);
    });

  it('asks a vendor for the members of its group at that moment', async () => {
    let members = ['U0SUE'];
    const world = createGatewayWorld({ sources: { slackUserGroup: async () => members } });
    await world.gateway.send({ ...said, principal: 'sue', policy: 'secured@3' });
    members = [];
    await world.gateway.send({ ...said, principal: 'sue', policy: 'secured@3', requestId: 'later' });
    const groups = (await world.verified()).map((one) => one.state === 'valid' && one.claims.groups);
    assert.deepEqual(groups, [['security'], []]);
  });

  it('takes nothing while the members cannot be read, and says so', async () => {
    const slackUserGroup = () => Promise.reject(new Error('slack is down'));
    const world = createGatewayWorld({ sources: { slackUserGroup } });
    await assert.rejects(world.gateway.send({ ...said, policy: 'secured@3' }), /slack is down/);
    assert.deepEqual(world.temporal.signalled, []);
    assert.match(world.metrics(), /via="slack",verb="approve",result="unavailable"\} 1/);
  });

  for (const [verb, target, policy] of [
    ['hold', 'freeze', 'thaw@3'],
    ['steal', 'promotion-queue', 'steal@2'],
  ] as const) {
    it(`signs a ${verb} under the configured policy`, async () => {
      const world = createGatewayWorld();
      const until = '2026-11-05T00:00:00.000Z';
      await world.gateway.send({ ...said, verb, workflowId: target, policy: 'none@1', until });
      const claims = await claimsOf(world, `default/${target}`);
      assert.deepEqual([claims.policy, claims.groups], [policy, ['devops']]);
      assert.equal(claims.until, verb === 'hold' ? until : undefined);
    });

    it(`says a ${verb} to no other workflow`, async () => {
      const { gateway } = createGatewayWorld();
      await assert.rejects(gateway.send({ ...said, verb }), refusedAs('wrong-workflow'));
    });

    it(`refuses a ${verb} that is not configured`, async () => {
      const yaml = decisionsYaml({ freeze: undefined, 'processes.promotion.steal': undefined });
      const { gateway } = createGatewayWorld({ yaml });
      const sent = gateway.send({ ...said, verb, workflowId: target });
      await assert.rejects(sent, refusedAs('unknown-policy'));
    });
  }

  for (const [what, change, rule] of [
    ['a policy that it does not know', { policy: 'lax@1' }, 'unknown-policy'],
    ['another version of a policy', { policy: 'production@2' }, 'unknown-policy'],
    ['a policy named like a property of every object', { policy: 'constructor@1' }, 'unknown-policy'],
    ['no policy', { policy: '' }, 'unknown-policy'],
    ['somebody whom the configuration does not name', { principal: 'eve' }, 'unmapped'],
    ['a reason of 7,000 letters', { reason: 'x'.repeat(7_000) }, 'malformed'],
  ] as const)
    it(`signs nothing for ${what}`, async () => {
      const world = createGatewayWorld();
      await assert.rejects(world.gateway.send({ ...said, ...change }), refusedAs(rule));
      assert.deepEqual(world.temporal.signalled, []);
      assert.match(world.metrics(), new RegExp(`via="slack",verb="approve",result="${rule}"\\} 1`));
      assert.match(world.logged.join(), new RegExp(`"decision not sent".*"${rule}"`));
    });

  it('says so when the workflow does not run', async () => {
    const world = createGatewayWorld();
    world.temporal.running.clear();
    await assert.rejects(world.gateway.send(said), refusedAs('not-running'));
    assert.match(world.metrics(), /result="not-running"\} 1/);
  });

  it('passes on that Temporal is down', async () => {
    const world = createGatewayWorld();
    world.temporal.outage = new Error('14 UNAVAILABLE');
    await assert.rejects(world.gateway.send(said), /14 UNAVAILABLE/);
    assert.match(world.metrics(), /result="unavailable"\} 1/);
  });

  it('logs who said what, and never the envelope or the reason', async () => {
    const world = createGatewayWorld();
    await world.gateway.send({ ...said, reason: 'a private remark' });
    const line = JSON.parse(world.logged.join()) as Record<string, unknown>;
    const { message, principal, verb, keyId, groups } = line;
    assert.deepEqual(
      [message, principal, verb, keyId, groups],
      ['decision sent', 'dana', 'approve', 'k1', ['devops']],
    );
    const [envelope = assert.fail('none')] = world.envelopes();
    assert.ok(!world.logged.join().includes(envelope.split('.')[2] ?? ''));
    assert.doesNotMatch(world.logged.join(), /private remark/);
  });

  describe('its keys', () => {
    for (const [what, keys, kid] of [
      ['the newest', [makeKey('old'), makeKey('new')], 'new'],
      [
        'none that was replaced',
        [makeKey('k1'), makeKey('k2', undefined, { lk_not_after: '2026-01-01T00:00:00Z' })],
        'k1',
      ],
      ['none that was revoked', [makeKey('k1'), makeKey('k2', undefined, { lk_revoked: true })], 'k1'],
      ['none that may not speak for this way', [makeKey('k1'), makeKey('k2', ['cli'])], 'k1'],
    ] as const)
      it(`signs with ${what}`, async () => {
        const { gateway, logged } = createGatewayWorld({ keys });
        await gateway.send(said);
        assert.match(logged.join(), new RegExp(`"keyId":"${kid}"`));
      });

    it('takes nothing without one', async () => {
      const { gateway } = createGatewayWorld({ keys: [makeKey('k1', ['jira'])] });
      await assert.rejects(gateway.send(said), /may speak for slack/);
    });
  });
});
