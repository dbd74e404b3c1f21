import assert from 'node:assert/strict';
import { click } from './payloads.ts';
import { asForm, now, signatureOf, withSlack, slackConfig } from './slack-world.ts';

describe('slack over HTTP', () => {
  const unsigned: [string, Record<string, string>, string][] = [
    ['a wrong signature', { 'x-slack-signature': `v0=${'0'.repeat(64)}` }, 'forged'],
    ['no signature', { 'x-slack-signature': '' }, 'unsigned'],
    ['no timestamp', { 'x-slack-request-timestamp': '' }, 'unsigned'],
  ];
  for (const [name, headers, result] of unsigned)
    it(`answers 401 to ${name}, counted`, () =>
      withSlack([], async (world) => {
        const { statusCode, body } = await world.post(asForm(click(world.slackUrl)), { headers });
        assert.deepEqual([statusCode, JSON.parse(body).error], [401, result]);
        assert.match(world.metrics(), new RegExp(`source="slack",result="${result}"\\} 1`));
      }));

  for (const seconds of [-361, 361])
    it(`answers 401 to a timestamp ${seconds} s away`, () =>
      withSlack([], async (world) => {
        const { statusCode } = await world.post(asForm(click(world.slackUrl)), {
          timestamp: now / 1000 + seconds,
        });
        assert.equal(statusCode, 401);
        assert.deepEqual(world.sent, []);
      }));

  it('answers 404 while it is not configured', () =>
    withSlack(
      [],
      async (world) => {
        const { statusCode, body } = await world.post('{}', { headers: signatureOf('{}', now / 1000) });
        assert.deepEqual([statusCode, JSON.parse(body).error], [404, 'not-configured']);
      },
      { config: { ...slackConfig(), secrets: {} } },
    ));

  it('answers Slack’s challenge, once it is signed', () =>
    withSlack([], async ({ post }) => {
      const { statusCode, body } = await post(JSON.stringify({ type: 'url_verification', challenge: 'c-1' }));
      assert.deepEqual([statusCode, body], [200, '{"challenge":"c-1"}']);
      assert.equal((await post('ssl_check=1&token=x')).statusCode, 200);
    }));

  const strange: [string, string, number][] = [
    ['no JSON', '{"a":', 400],
    ['a payload that is no JSON', 'payload=x', 400],
    ['an empty body', '', 400],
    ['something that Bolt does not know', '{"type":"x"}', 500],
    ['an event of a strange form', '{"event":7}', 500],
    ['a button that is not ours', asForm(click('', { action: 'other' })), 500],
    ['a button of ours that does not exist', asForm(click('', { action: 'lk_none' })), 500],
    ['a value that is no JSON', asForm(click('', { value: 'x' })), 500],
    ['a value of another form', asForm(click('', { value: { w: 1 } })), 500],
  ];
  for (const [name, body, status] of strange)
    it(`answers ${status} to ${name}`, () =>
      withSlack([], async ({ post, sent }) => {
        assert.equal((await post(body)).statusCode, status);
        assert.deepEqual(sent, []);
      }));
});
