import assert from 'node:assert/strict';
import { attributes } from '../../../workflows/shared/search-attributes.ts';
import { type } from './payloads.ts';
import {
  call,
  danaId,
  now,
  ok,
  refused,
  teamId,
  told,
  toldText,
  userIs,
  withSlack,
  type SlackWorld,
} from './slack-world.ts';
import { temporalView } from './temporal-view.ts';

const run = (workflowId: string, waitingOn: string) => ({
  workflowId,
  pairs: [
    { key: attributes.process, value: 'promotion' },
    { key: attributes.ticket, value: 'DEVOPS-77' },
    { key: attributes.phase, value: 'production' },
    { key: attributes.waitingOn, value: waitingOn },
    { key: attributes.dueBy, value: new Date(now) },
  ],
});

describe('slack status and inbox', () => {
  const held = { id: 'aaaaaaaa-1', kind: 'person', source: 'dev', reason: 'a <b>', since: '', until: null };

  it('lists what is held and what runs', () => {
    const { client } = temporalView({
      runs: [run('agent-promotion:main:1', 'turn')],
      queries: { holds: [held] },
    });
    return withSlack(
      [userIs()],
      async (world) => {
        const text = await type(world, 'status');
        assert.match(
          text,
          /`aaaaaaaa` held by dev until it is lifted: a &lt;b&gt;\n• DEVOPS-77: production, waits for turn <https:\S+agent-promotion%3Amain%3A1\|run>/,
        );
      },
      { client },
    );
  });

  it('lists what runs while no worker answers', () =>
    withSlack(
      [userIs()],
      async (world) => assert.match(await type(world, 'status'), /no worker answers\.\nNothing runs/),
      {
        client: temporalView({}).client,
      },
    ));

  const tickets: [string, string | undefined, RegExp][] = [
    ['devops-77', 'LkTicket = "DEVOPS-77"', /DEVOPS-77: completed/],
    ['10077', 'WorkflowId = "agent-promotion:main:10077"', /completed/],
    ['agent-promotion:a"b:1', undefined, /no site that is configured/],
    ['x"y', undefined, /is no ticket[^]*Give a key/],
  ];
  for (const [typed, query, says] of tickets)
    it(`finds ${typed}`, () => {
      const { client, asked } = temporalView({ runs: [{ ...run('w', ''), status: 'COMPLETED' }] });
      return withSlack(
        [userIs()],
        async (world) => {
          assert.match(await type(world, `status ${typed}`), says);
          assert.deepEqual(asked, query === undefined ? [] : [query]);
        },
        { client },
      );
    });

  it('says when a ticket is unknown', () =>
    withSlack(
      [userIs()],
      async (world) => assert.match(await type(world, 'status DEVOPS-1'), /Nothing is known of DEVOPS-1/),
      {
        client: temporalView({}).client,
      },
    ));

  it('shows what waits for the person’s groups, and nothing of others', () => {
    const runs = [run('mine', 'person:devops'), run('others', 'person:security')];
    return withSlack(
      [userIs()],
      async (world) => {
        const text = await type(world, 'inbox');
        assert.match(
          text,
          /^• DEVOPS-77: waits for devops, until <!date\S+ \{time\}\|2026-11-04 09:30 UTC> <https:\S+mine\|run>$/m,
        );
        assert.doesNotMatch(text, /others/);
      },
      { client: temporalView({ runs }).client },
    );
  });

  it('says when nothing waits', () =>
    withSlack(
      [userIs()],
      async (world) => assert.equal(await type(world, 'inbox'), 'Nothing waits for you.'),
      {
        client: temporalView({}).client,
      },
    ));

  it('says when Temporal is down, and tells no address', () =>
    withSlack(
      [userIs()],
      async (world) => {
        const text = await type(world, 'inbox');
        assert.match(text, /does not answer/);
        assert.doesNotMatch(text, /10\.0/);
      },
      { client: temporalView({ down: true }).client },
    ));

  it('is acknowledged in time, and answered at the response_url later', async () => {
    let go = () => {};
    const waits = new Promise<void>((resolve) => (go = resolve));
    await withSlack(
      [userIs(), told],
      async (world) => {
        assert.equal(await type(world, 'freeze 2h x'), '');
        go();
        await world.stop();
        assert.match(toldText(world)[0] ?? '', /^Sent/);
      },
      { gateway: () => waits, ackWithinMs: 20 },
    );
  });
});

describe('slack home', () => {
  const opened = (tab = 'home') =>
    JSON.stringify({
      type: 'event_callback',
      team_id: teamId,
      event_id: 'Ev0AAAAAAA',
      event: { type: 'app_home_opened', user: danaId, tab, channel: 'D1', event_ts: '1' },
    });
  const published = ok('views.publish', { view: { id: 'V1' } });
  const textOf = ({ seen }: SlackWorld) => String((seen.at(-1)?.body as { view?: string } | undefined)?.view);

  const homes: [string, Parameters<typeof temporalView>[0], object, RegExp][] = [
    ['the inbox', { runs: [run('mine', 'person:devops')] }, {}, /DEVOPS-77: waits for devops/],
    ['an empty inbox', {}, {}, /Nothing waits for you/],
    ['that Temporal is down', { down: true }, {}, /cannot be read at the moment/],
    ['who is refused', {}, { is_restricted: true }, /guest/],
  ];
  for (const [name, temporal, user, says] of homes)
    it(`shows ${name}`, () =>
      withSlack(
        [userIs(user), published],
        async (world) => {
          assert.equal((await world.post(opened())).statusCode, 200);
          await world.stop();
          assert.match(textOf(world), says);
        },
        { client: temporalView(temporal).client },
      ));

  it('leaves other tabs alone', () =>
    withSlack([], async (world) => assert.equal((await world.post(opened('messages'))).statusCode, 200)));

  it('survives a Slack that takes no view', () =>
    withSlack(
      [userIs(), call('views.publish', refused('internal_error'))],
      async (world) => {
        assert.equal((await world.post(opened())).statusCode, 200);
        await world.stop();
        assert.match(world.logged.join(), /slack event failed/);
      },
      { client: temporalView({}).client },
    ));
});
