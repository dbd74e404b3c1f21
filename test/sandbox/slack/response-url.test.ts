import assert from 'node:assert/strict';
import { button, startSlackSite, withButtons, type SlackSite } from './slack-site.ts';

describe('Slack stand-in: response_url', () => {
  let site: SlackSite;
  let responseUrl: string;
  let ts: string;

  beforeEach(async () => {
    site = await startSlackSite();
    site.app.action('go', async ({ ack, body }) => {
      responseUrl = 'response_url' in body ? String(body.response_url) : '';
      await ack();
    });
    const blocks = withButtons(button('go', '1')) as never;
    ts = (await site.slack.chat.postMessage({ channel: 'C0SOC', text: 'question', blocks })).ts ?? '';
    await site.click({ as: 'sid', channel: 'C0SOC', ts, actionId: 'go' });
  });
  afterEach(() => site.stop());

  async function answer(body: unknown, url = responseUrl) {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    return [response.status, await response.json()] as const;
  }
  const texts = async () => (await site.messages('soc')).map(({ text }) => text);

  it('replaces the message whole, buttons too', async () => {
    assert.deepEqual(await answer({ replace_original: true, text: 'answered' }), [200, { ok: true }]);
    const [message] = await site.messages('soc');
    assert.deepEqual([message?.text, message?.blocks, message?.ts], ['answered', [], ts]);
  });

  it('deletes the message', async () => {
    await answer({ delete_original: true });
    assert.deepEqual(await texts(), []);
  });

  it('adds a message for this person, or for the channel', async () => {
    await answer({ text: 'for sid' });
    await answer({ text: 'for all', response_type: 'in_channel' });
    const added = (await site.messages('soc'))
      .slice(1)
      .map((message) => [message.text, message.ephemeral_to]);
    assert.deepEqual(added, [
      ['for sid', site.person('sid').slack.userId],
      ['for all', undefined],
    ]);
  });

  it('works five times', async () => {
    for (const text of ['1', '2', '3', '4', '5']) assert.equal((await answer({ text }))[0], 200);
    assert.deepEqual(await answer({ text: '6' }), [404, { ok: false, error: 'used_url' }]);
    assert.equal((await texts()).length, 6);
  });

  it('works for thirty minutes', async () => {
    site.wait(29 * 60_000);
    assert.equal((await answer({ text: 'in time' }))[0], 200);
    site.wait(2 * 60_000);
    assert.deepEqual(await answer({ text: 'late' }), [404, { ok: false, error: 'expired_url' }]);
  });

  it('refuses what it cannot read, and addresses that it never gave', async () => {
    assert.deepEqual(await answer('text'), [400, { ok: false, error: 'invalid_payload' }]);
    assert.deepEqual(await answer({}), [400, { ok: false, error: 'no_text' }]);
    assert.equal((await answer({ text: 'x' }, `${responseUrl}x`))[0], 404);
    assert.equal((await fetch(responseUrl)).status, 405);
    assert.deepEqual(await texts(), ['question']);
  });
});
