import assert from 'node:assert/strict';
import { GatewayRefusal } from '../../../starters/decisions/gateway.ts';
import type { click } from './payloads.ts';
import { hangingGateway, outage, press, remembered, submission, value, said } from './payloads.ts';
import {
  asForm,
  bodyOf,
  call,
  danaId,
  ok,
  refused,
  teamId,
  told,
  toldText,
  userIs,
  withSlack,
  type SlackWorld,
} from './slack-world.ts';

const opened = ok('views.open', { view: { id: 'V0AAAAAAA' } });

describe('slack decisions with a reason', () => {
  const modals: [string, Parameters<typeof click>[1], RegExp][] = [
    ['a rejection', { action: 'lk_reject' }, /Reject/],
    ['a question', { action: 'lk_info' }, /Ask for information[^]*What do you need to know/],
    ['an exception', { action: 'lk_override' }, /Allow an exception/],
    ['an approval of high risk', { value: { ...value, k: 'high' } }, /Approve \(high risk\)/],
    ['a lift of high risk', { action: 'lk_thaw', value: { ...value, k: 'high' } }, /Lift the freeze/],
  ];
  for (const [name, changes, says] of modals)
    it(`asks for the reason of ${name}`, () =>
      withSlack([userIs(), opened], async (world) => {
        assert.equal((await press(world, changes)).statusCode, 200);
        const { trigger_id, view = '' } = bodyOf(world.seen[1]);
        assert.equal(trigger_id, '13345224609.738474920.8088930838d88f008e0');
        assert.match(view, says);
        assert.match(view, /Publish agent 1\.4\.2/);
        const { private_metadata, title } = JSON.parse(view) as {
          private_metadata: string;
          title: { text: string };
        };
        assert.deepEqual(JSON.parse(private_metadata), remembered);
        assert.ok(title.text.length <= 24);
        assert.deepEqual(world.sent, []);
      }));

  for (const [name, answer] of [
    ['the trigger is too old', refused('expired_trigger_id')],
    ['Slack is down', { status: 503 }],
  ] as const)
    it(`says so when ${name}`, () =>
      withSlack([userIs(), call('views.open', answer), told], async (world) => {
        await press(world, { action: 'lk_reject' });
        assert.match(toldText(world)[0] ?? '', /could not be opened: click again/);
      }));

  it('opens nothing for who is refused', () =>
    withSlack([userIs({ is_restricted: true }), told], async (world) => {
      await press(world, { action: 'lk_reject' });
      assert.match(toldText(world)[0] ?? '', /guest/);
    }));

  const submit = (world: SlackWorld, ...given: Parameters<typeof submission>) =>
    world.post(asForm(submission(...given)));

  for (const [callback, verb] of [
    ['lk_reject', 'reject'],
    ['lk_info', 'request-info'],
    ['lk_approve', 'approve'],
    ['lk_override', 'override'],
  ] as const)
    it(`hands over what was submitted as ${verb}, the view's id being the event`, () =>
      withSlack([userIs()], async (world) => {
        const { statusCode, body } = await submit(world, ' freeze until Monday ', { callback });
        assert.deepEqual([statusCode, body], [200, '']);
        const sourceEventId = `${teamId}:${danaId}:V0AAAAAAA`;
        assert.deepEqual(world.sent, [{ ...said, verb, sourceEventId, reason: 'freeze until Monday' }]);
      }));

  it('remembers which of several ways was chosen', () =>
    withSlack([userIs()], async (world) => {
      await submit(world, 'a new scanner', { callback: 'lk_approve', remembered: { c: 'group' } });
      assert.deepEqual(
        world.sent.map((one) => (one as { choice?: string }).choice),
        ['group'],
      );
    }));

  const errorOf = async (posted: Promise<{ statusCode: number; body: string }>) => {
    const { statusCode, body } = await posted;
    assert.equal(statusCode, 200);
    const { response_action, errors } = JSON.parse(body);
    assert.equal(response_action, 'errors');
    return String(errors.reason);
  };

  for (const reason of ['  ', null])
    it(`shows in the modal that ${JSON.stringify(reason)} is no reason`, () =>
      withSlack([userIs()], async (world) => {
        assert.match(await errorOf(submit(world, reason)), /A reason is needed/);
        assert.deepEqual(world.sent, []);
      }));

  it('shows in the modal who may not decide', () =>
    withSlack([userIs({ is_ultra_restricted: true })], async (world) =>
      assert.match(await errorOf(submit(world, 'because')), /guest/),
    ));

  it('shows in the modal what the gateway refuses', () =>
    withSlack(
      [userIs()],
      async (world) => assert.match(await errorOf(submit(world, 'because')), /^Refused \(unmapped\): who/),
      {
        gateway: () => Promise.reject(new GatewayRefusal('unmapped', 'who are you?')),
      },
    ));

  it('shows in the modal that Temporal is down', () =>
    withSlack(
      [userIs()],
      async (world) => assert.match(await errorOf(submit(world, 'because')), /not taken/),
      {
        gateway: outage,
      },
    ));

  it('closes the modal in time, and tells in the channel what came later', async () => {
    const { gateway, fail } = hangingGateway();
    await withSlack(
      [userIs(), ok('chat.postEphemeral')],
      async (world) => {
        assert.deepEqual((await submit(world, 'because')).body, '');
        fail(new GatewayRefusal('not-running', 'it has ended'));
        await world.stop();
        const { channel, text } = bodyOf(world.seen[1]);
        assert.deepEqual([channel, text], ['C0AAAAAAA', 'Refused (not-running): it has ended']);
      },
      { gateway, ackWithinMs: 20 },
    );
  });
});
