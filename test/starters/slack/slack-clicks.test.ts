import assert from 'node:assert/strict';
import { GatewayRefusal } from '../../../starters/decisions/gateway.ts';
import { hangingGateway, outage, press, said, value } from './payloads.ts';
import { bodyOf, call, danaId, now, ok, refused, told, toldText, userIs, withSlack } from './slack-world.ts';

describe('slack clicks', () => {
  it('hands a click to the gateway, with who and what, and answers empty', () =>
    withSlack([userIs()], async (world) => {
      const { statusCode, body } = await press(world);
      assert.deepEqual([statusCode, body], [200, '']);
      assert.deepEqual(world.sent, [said]);
      assert.match(world.metrics(), /source="slack",result="taken"\} 1/);
    }));

  for (const [action, verb] of [
    ['lk_thaw', 'approve'],
    ['lk_revoke', 'revoke'],
  ] as const)
    it(`takes ${action} as ${verb}`, () =>
      withSlack([userIs()], async (world) => {
        await press(world, { action });
        assert.equal(world.sent[0]?.verb, verb);
      }));

  it('gives the same source event to a replayed body, and another to a second click; asks Slack once in five minutes', () =>
    withSlack([userIs()], async (world) => {
      await press(world);
      await press(world);
      await press(world, { actionTs: '1793785010.999999' });
      const ids = world.sent.map(({ sourceEventId }) => sourceEventId.split(':')[2]);
      assert.deepEqual(ids, ['1793785010.123456', '1793785010.123456', '1793785010.999999']);
    }));

  it('asks Slack again after five minutes', () => {
    let at = now;
    return withSlack(
      [userIs(), userIs({ deleted: true }), told],
      async (world) => {
        await press(world);
        at += 5 * 60_000;
        await press(world);
        assert.equal(world.sent.length, 1);
      },
      { now: () => at },
    );
  });

  it('hands over which of several ways was chosen', () =>
    withSlack([userIs()], async (world) => {
      await press(world, { action: 'lk_approve:drop', value: { ...value, c: 'drop' } });
      assert.deepEqual(world.sent, [{ ...said, choice: 'drop' }]);
    }));

  it('tells what the gateway refuses, by its rule', () => {
    const gateway = () => Promise.reject(new GatewayRefusal('not-running', 'it has ended'));
    return withSlack(
      [userIs(), told],
      async (world) => {
        assert.equal((await press(world)).statusCode, 200);
        assert.deepEqual(toldText(world), ['Refused (not-running): it has ended']);
      },
      { gateway },
    );
  });

  it('tells that nothing was taken while Temporal is down, and tells no address', () =>
    withSlack(
      [userIs(), told],
      async (world) => {
        assert.equal((await press(world)).statusCode, 200);
        assert.match(toldText(world)[0] ?? '', /not taken[^]*Try again[^]*Jira ticket or with the CLI/);
        assert.doesNotMatch(toldText(world).join(), /10\.0\.0\.7/);
        assert.match(world.logged.join(), /10\.0\.0\.7/);
      },
      { gateway: outage },
    ));

  it('acknowledges in time while Temporal hangs, and tells afterwards', async () => {
    const { gateway, fail } = hangingGateway();
    await withSlack(
      [userIs(), told],
      async (world) => {
        assert.equal((await press(world)).statusCode, 200);
        assert.deepEqual(toldText(world), []);
        fail(new Error('deadline'));
        await world.stop();
        assert.match(toldText(world)[0] ?? '', /not taken/);
      },
      { gateway, ackWithinMs: 20 },
    );
  });

  it('answers in the channel where there is no response_url, and directly where that fails, too', () =>
    withSlack(
      [
        userIs({ is_bot: true }),
        call('chat.postEphemeral', refused('user_not_in_channel')),
        ok('chat.postMessage'),
      ],
      async (world) => {
        await press(world, { responseUrl: undefined });
        const [, ephemeral, direct] = world.seen.map(bodyOf);
        assert.deepEqual(
          [ephemeral?.['channel'], ephemeral?.['user'], direct?.['channel']],
          ['C0AAAAAAA', danaId, danaId],
        );
      },
    ));

  it('logs no bearer value', () =>
    withSlack([userIs({ is_bot: true }), told], async (world) => {
      await press(world);
      assert.doesNotMatch(world.logged.join(), /respond|13345224609|xoxb/);
    }));
});
