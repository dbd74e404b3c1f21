import assert from 'node:assert/strict';
import { GatewayRefusal } from '../../../starters/decisions/gateway.ts';
import { parseCommand } from '../../../starters/slack/parse-command.ts';
import { evidenceOf, viewOf } from '../../activities/slack/request-view.ts';
import { slash, type } from './payloads.ts';
import { danaId, slackConfig, teamId, userIs, withSlack, type SlackWorld } from './slack-world.ts';
import { temporalView } from './temporal-view.ts';

const hold = (requestId: string, changes: object = {}) =>
  viewOf({
    requestId,
    workflowId: 'freeze',
    evidence: evidenceOf({
      kind: 'freeze-hold',
      title: 'Lift the freeze by dev?',
      subject: { runId: 'r', holdId: `hold-${requestId}` },
      facts: [{ label: 'Reason', value: 'database <restore>' }],
    }),
    ...changes,
  });
const first = hold('aaaaaaaa-1');
const second = hold('bbbbbbbb-2');
const over = hold('cccccccc-3', { state: 'committed' });
describe('slack commands', () => {
  const parsed: [string, object][] = [
    ['', { verb: 'help' }],
    ['help', { verb: 'help' }],
    ['INBOX', { verb: 'inbox' }],
    ['status', { verb: 'status', ticket: undefined }],
    ['status  DEVOPS-7', { verb: 'status', ticket: 'DEVOPS-7' }],
    ['freeze 1h30m a b', { verb: 'freeze', forMs: 5_400_000, reason: 'a b' }],
    ['freeze 90d x', { verb: 'freeze', forMs: 7_776_000_000, reason: 'x' }],
    ['thaw a b', { verb: 'thaw', words: ['a', 'b'] }],
  ];
  for (const [text, expected] of parsed)
    it(`reads "${text}"`, () => assert.deepEqual(parseCommand(text), expected));
  const unclear = [
    'status a b',
    'freeze',
    'freeze 2h',
    'freeze soon x',
    'freeze 0m x',
    'freeze 91d x',
    'freeze 2 x',
    'thaw',
    'promote x',
  ];
  for (const text of unclear)
    it(`helps with "${text}"`, () => {
      const command = parseCommand(text);
      assert.ok(command.verb === 'help' && command.problem !== undefined);
    });

  it('answers for nobody else to see', () =>
    withSlack([userIs()], async (world) => {
      const { body } = await world.post(slash(world.slackUrl, 'dance'));
      const { response_type, text } = JSON.parse(body) as { response_type: string; text: string };
      assert.equal(response_type, 'ephemeral');
      assert.match(text, /^I do not know that[^]*\/lockkeeper freeze/);
    }));

  it('answers nobody whom it does not know', () =>
    withSlack([userIs({ is_restricted: true })], async (world) => {
      assert.match(await type(world, 'inbox'), /guest/);
      assert.match(await type(world, 'freeze 2h x', { team_id: 'T0OTHER' }), /foreign-team/);
      assert.deepEqual(world.sent, []);
    }));

  describe('freeze', () => {
    it('sends a hold to the freeze, the same one when the body is replayed', () =>
      withSlack([userIs()], async (world) => {
        assert.match(await type(world, 'freeze 2h database restore'), /^Sent: a hold until .*11:30 UTC/);
        await type(world, 'freeze 2h database restore');
        await type(world, 'freeze 2h database restore', { trigger_id: 'another' });
        const [one, replayed, another] = world.sent;
        const { requestId, evidenceDigest, sourceEventId, ...rest } = one ?? assert.fail();
        assert.deepEqual(rest, {
          workflowId: 'freeze',
          policy: 'thaw@2',
          verb: 'hold',
          principal: 'dana',
          via: 'slack',
          reason: 'database restore',
          until: '2026-11-04T11:30:00.000Z',
        });
        assert.match(requestId, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
        assert.match(evidenceDigest, /^[0-9a-f]{64}$/);
        assert.match(sourceEventId, new RegExp(`^${teamId}:${danaId}:[0-9a-f]{40}$`));
        assert.deepEqual(replayed, one);
        assert.notEqual(another?.requestId, requestId);
      }));

    it('says so where none is configured', () =>
      withSlack(
        [userIs()],
        async (world) => assert.match(await type(world, 'freeze 2h x'), /No freeze is configured/),
        {
          config: slackConfig({ freeze: undefined }),
        },
      ));

    it('tells what the gateway refuses, and that Temporal is down', async () => {
      const failing = (error: Error) => ({ gateway: () => Promise.reject(error) });
      await withSlack(
        [userIs()],
        async (world) => assert.match(await type(world, 'freeze 2h x'), /^Refused \(not-running\)/),
        failing(new GatewayRefusal('not-running', 'x')),
      );
      await withSlack(
        [userIs()],
        async (world) => assert.match(await type(world, 'freeze 2h x'), /not taken/),
        failing(new Error('down')),
      );
    });
  });

  describe('thaw', () => {
    const withHolds = (
      requests: readonly object[] | undefined,
      runIt: (world: SlackWorld) => Promise<void>,
    ) => withSlack([userIs()], runIt, { client: temporalView({ queries: { requests } }).client });

    it('approves the request of the only hold', () =>
      withHolds([over, first], async (world) => {
        assert.match(await type(world, 'thaw restore is done'), /^Sent: Lift the freeze by dev\?/);
        const [{ requestId, evidenceDigest, policy, verb, workflowId, reason } = assert.fail()] = world.sent;
        assert.deepEqual(
          [workflowId, requestId, evidenceDigest, policy],
          ['freeze', first.requestId, first.evidenceDigest, 'production@3'],
        );
        assert.deepEqual([verb, reason], ['approve', 'restore is done']);
      }));

    for (const id of ['bbbbbbbb', 'bbbbbb', 'hold-bbbbbbbb-2'])
      it(`finds ${id} among several`, () =>
        withHolds([first, second], async (world) => {
          await type(world, `thaw ${id} done`);
          assert.deepEqual([world.sent[0]?.requestId, world.sent[0]?.reason], [second.requestId, 'done']);
        }));

    const answers: [string, readonly object[] | undefined, string, RegExp][] = [
      [
        'asks which of several',
        [first, second],
        'thaw done',
        /Which one\?[^]*`aaaaaaaa`[^]*`bbbbbbbb`[^]*database &lt;restore&gt;/,
      ],
      ['wants a reason', [first], 'thaw aaaaaaaa', /needs a reason/],
      ['finds nothing', [over], 'thaw done', /Nothing is held/],
      ['needs a worker', undefined, 'thaw done', /cannot be read at the moment: no worker answers/],
    ];
    for (const [name, requests, text, says] of answers)
      it(name, () =>
        withHolds(requests, async (world) => {
          assert.match(await type(world, text), says);
          assert.deepEqual(world.sent, []);
        }),
      );
  });
});
