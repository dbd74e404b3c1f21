import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ViewOutput } from '@slack/bolt';
import { specsDirOrSkip } from '../../support/contract-judge.ts';
import { button, reasonModal, startSlackSite, withButtons, type SlackSite } from './slack-site.ts';

describe('Slack stand-in: modals and App Homes, through real Bolt', () => {
  let site: SlackSite;
  let ts: string;
  let triggers: string[];

  beforeEach(async () => {
    site = await startSlackSite();
    triggers = [];
    site.app.action('ask', async ({ ack, body }) => {
      triggers.push('trigger_id' in body ? body.trigger_id : '');
      await ack();
    });
    const blocks = withButtons(button('ask', '1')) as never;
    ts = (await site.slack.chat.postMessage({ channel: 'C0SOC', text: 'x', blocks })).ts ?? '';
  });
  afterEach(() => site.stop());

  async function trigger(as = 'sue'): Promise<string> {
    await site.click({ as, channel: 'C0SOC', ts, actionId: 'ask' });
    return triggers.at(-1) ?? assert.fail();
  }
  async function open(as = 'sue', view = reasonModal()): Promise<string> {
    const answer = await site.slack.views.open({ trigger_id: await trigger(as), view });
    return answer.view?.id ?? assert.fail();
  }
  const titles = async (as = 'sue') => (await site.views(as)).map(({ title }) => title?.text);
  const why = (text: string) => ({ why: { text } });

  it('opens a modal for the person who clicked', async () => {
    await open('sue');
    const [view] = await site.views('sue');
    assert.deepEqual(
      [view?.type, view?.private_metadata, view?.title?.text],
      ['modal', 'about DEVOPS-7', 'Reject'],
    );
    assert.deepEqual(await site.views('sid'), []);
  });

  it('takes a trigger once, within three seconds', async () => {
    const view = reasonModal();
    const once = await trigger();
    await site.slack.views.open({ trigger_id: once, view });
    await assert.rejects(site.slack.views.open({ trigger_id: once, view }), /exchanged_trigger_id/);
    const late = await trigger();
    site.wait(3_100);
    await assert.rejects(site.slack.views.open({ trigger_id: late, view }), /expired_trigger_id/);
    await assert.rejects(site.slack.views.open({ trigger_id: '1.2.3', view }), /invalid_trigger_id/);
  });

  it('submits what was typed, and closes on an empty answer', async () => {
    const submitted: Pick<ViewOutput, 'state' | 'private_metadata'>[] = [];
    site.app.view('reason', async ({ ack, view }) => {
      submitted.push(view);
      await ack();
    });
    const viewId = await open();
    assert.equal((await site.submit({ as: 'sue', viewId, values: why('freeze') })).status, 200);
    assert.equal(submitted[0]?.state.values['why']?.['text']?.value, 'freeze');
    assert.equal(submitted[0]?.private_metadata, 'about DEVOPS-7');
    assert.deepEqual(await site.views('sue'), []);
  });

  it('holds every key of Slack’s own example of a submission', async function () {
    const directory = specsDirOrSkip(this);
    site.app.view('reason', async ({ ack }) => ack());
    await site.submit({ as: 'sue', viewId: await open(), values: why('x') });
    const sent = (await site.deliveries()).at(-1)?.body;
    const body = JSON.parse(new URLSearchParams(sent).get('payload') ?? '') as { view: object };
    const text = readFileSync(path.join(directory, 'examples/slack.view_submission.json'), 'utf8');
    const example = JSON.parse(text) as { view: object };
    assert.deepEqual(lacking(example, body), []);
    assert.deepEqual(lacking(example.view, body.view), []);
  });

  it('stays open with the app’s errors, and keeps what was typed', async () => {
    const errors = { why: 'say more' };
    site.app.view('reason', async ({ ack }) => ack({ response_action: 'errors', errors }));
    const viewId = await open();
    const answer = await site.submit({ as: 'sue', viewId, values: { why: 'no' } });
    assert.deepEqual([answer.status, answer.errors], [200, errors]);
    const [view] = await site.views('sue');
    assert.deepEqual(view?.errors, errors);
    assert.match(JSON.stringify(view), /"value":"no"/);
  });

  it('asks for required and too long input itself, without the app', async () => {
    const viewId = await open();
    const empty = await site.submit({ as: 'sue', viewId });
    assert.deepEqual(empty.errors, { why: 'Please complete this required field.' });
    const long = await site.submit({ as: 'sue', viewId, values: why('x'.repeat(21)) });
    assert.deepEqual([long.error, long.errors], ['invalid_input', { why: 'Must be at most 20 characters.' }]);
    assert.equal((await site.deliveries()).length, 1);
  });

  it('stays open when the app gives errors for no input, or nothing at all', async () => {
    site.app.view('reason', async ({ ack }) => ack({ response_action: 'errors', errors: { other: 'x' } }));
    const viewId = await open();
    const answer = await site.submit({ as: 'sue', viewId, values: why('x') });
    assert.equal(answer.error, 'invalid_errors other');
    assert.equal((await site.submit({ as: 'sid', viewId, values: why('x') })).error, 'not_found');
    assert.deepEqual(await titles(), ['Reject']);
  });

  it('changes, pushes and clears by the answer to a submission', async () => {
    const title = (text: string) => reasonModal({ title: { type: 'plain_text', text } });
    const answers = [
      { response_action: 'update' as const, view: title('Changed') },
      { response_action: 'push' as const, view: title('On top') },
      { response_action: 'clear' as const },
    ];
    site.app.view('reason', async ({ ack }) => ack(answers.shift() ?? assert.fail()));
    const viewId = await open();
    await site.submit({ as: 'sue', viewId, values: why('1') });
    assert.deepEqual(await titles(), ['Changed']);
    await site.submit({ as: 'sue', viewId, values: why('2') });
    assert.deepEqual(await titles(), ['Changed', 'On top']);
    await site.submit({ as: 'sue', viewId, values: why('3') });
    assert.deepEqual(await titles(), []);
  });

  it('updates by id and hash, pushes three deep, and says when the person closes', async () => {
    const closed: string[] = [];
    site.app.view({ callback_id: 'reason', type: 'view_closed' }, async ({ ack, view }) => {
      closed.push(view.id);
      await ack();
    });
    const viewId = await open('sue', reasonModal({ notify_on_close: true }));
    const { view } = await site.slack.views.update({ view_id: viewId, view: reasonModal() });
    const stale = { view_id: viewId, view: reasonModal(), hash: 'stale' };
    await assert.rejects(site.slack.views.update(stale), /hash_conflict/);
    await site.slack.views.update({
      view_id: viewId,
      view: reasonModal({ notify_on_close: true }),
      hash: view?.hash ?? '',
    });
    const push = async () => site.slack.views.push({ trigger_id: await trigger(), view: reasonModal() });
    await push();
    assert.equal((await push()).view?.root_view_id, viewId);
    await assert.rejects(push(), /push_limit_reached/);
    await site.closeView({ as: 'sue', viewId });
    assert.deepEqual(closed, [viewId]);
  });

  it('publishes an App Home per person, with buttons that work', async () => {
    const home = { type: 'home' as const, blocks: withButtons(button('ask', '7')) as never };
    const sue = site.person('sue').slack.userId;
    const { view } = await site.slack.views.publish({ user_id: sue, view: home });
    const again = await site.slack.views.publish({ user_id: sue, view: home, hash: view?.hash ?? '' });
    assert.equal(again.view?.id, view?.id);
    await assert.rejects(
      site.slack.views.publish({ user_id: sue, view: home, hash: 'old' }),
      /hash_conflict/,
    );
    await assert.rejects(site.slack.views.publish({ user_id: 'U0NONE', view: home }), /user_not_found/);
    const clicked = await site.click({ as: 'sue', viewId: view?.id, actionId: 'ask' });
    assert.equal(clicked.status, 200);
    await site.slack.views.open({ trigger_id: triggers[0] ?? '', view: reasonModal() });
    assert.equal((await site.views('sue')).length, 2);
  });

  const bad: [name: string, view: object][] = [
    ['no title', { title: undefined }],
    ['a title of 25 characters', { title: { type: 'plain_text', text: 'x'.repeat(25) } }],
    ['input without submit', { submit: undefined }],
    ['too much metadata', { private_metadata: 'x'.repeat(3001) }],
    ['an unknown block', { blocks: [{ type: 'mystery' }] }],
    ['an unnamed type', { type: 'home' }],
  ];
  for (const [name, more] of bad)
    it(`refuses a modal with ${name}`, async () => {
      const trigger_id = await trigger();
      const view = reasonModal(more) as never;
      await assert.rejects(site.slack.views.open({ trigger_id, view }), /invalid_arguments/);
      await site.slack.views.open({ trigger_id, view: reasonModal() });
    });
});

function lacking(example: object, answer: object): string[] {
  return Object.keys(example).filter((key) => !Object.hasOwn(answer, key));
}
