import assert from 'node:assert/strict';
import type { click } from './payloads.ts';
import { press } from './payloads.ts';
import { call, refused, slackConfig, told, toldText, userIs, withSlack } from './slack-world.ts';

describe('slack identity refuses without asking the gateway', () => {
  const identities: [string, object, Parameters<typeof click>[1], RegExp][] = [
    ['a guest', { is_restricted: true }, {}, /guest/],
    ['a single-channel guest', { is_ultra_restricted: true }, {}, /guest/],
    ['a bot', { is_bot: true }, {}, /bot/],
    ['a deactivated account', { deleted: true }, {}, /deactivated/],
    ['a user of another team', { team_id: 'T0OTHER' }, {}, /foreign-team/],
    ['a stranger of a shared channel', { is_stranger: true }, {}, /foreign-team/],
    [
      'somebody who is mapped to nobody',
      {},
      { user: { id: 'U0EVE', name: 'dana', email: 'dana@example.com' } },
      /unmapped/,
    ],
  ];
  for (const [name, user, changes, rule] of identities)
    it(`${name}, naming the rule`, () =>
      withSlack([userIs(user), told], async (world) => {
        assert.equal((await press(world, changes)).statusCode, 200);
        assert.match(toldText(world)[0] ?? '', rule);
        assert.deepEqual(world.sent, []);
      }));

  const teams: [string, Parameters<typeof click>[1]][] = [
    ['another workspace', { team: { id: 'T0OTHER' } }],
    ['a user of another workspace', { user: { team_id: 'T0OTHER' } }],
    ['no workspace at all', { team: null, user: { team_id: undefined } }],
  ];
  for (const [name, changes] of teams)
    it(`a click of ${name}, without asking Slack`, () =>
      withSlack([told], async (world) => {
        await press(world, changes);
        assert.match(toldText(world)[0] ?? '', /foreign-team/);
        assert.deepEqual(world.sent, []);
      }));

  it('everybody while no workspace is configured', () =>
    withSlack(
      [told],
      async (world) => {
        await press(world);
        assert.match(toldText(world)[0] ?? '', /slack\.teamId is not configured/);
      },
      { config: slackConfig({ 'slack.teamId': undefined, freeze: undefined, approvals: {} }) },
    ));

  for (const [name, answer] of [
    ['is down', { status: 503 }],
    ['limits calls', { status: 429, headers: { 'retry-after': '7' } }],
    ['answers in another form', { body: { ok: true } }],
  ] as const)
    it(`anybody while Slack ${name}: nothing is guessed`, () =>
      withSlack([call('users.info', answer), told, userIs()], async (world) => {
        await press(world);
        assert.match(toldText(world)[0] ?? '', /unavailable[^]*try again/);
        await press(world);
        assert.equal(world.sent.length, 1);
      }));

  it('whom Slack does not know', () =>
    withSlack([call('users.info', refused('user_not_found')), told], async (world) => {
      await press(world);
      assert.match(toldText(world)[0] ?? '', /foreign-team/);
    }));
});
