import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { sandboxAccounts } from '../../../sandbox/aws/sandbox-accounts.ts';
import type { ProvisionedAws } from '../../../sandbox/aws/provision-accounts.ts';
import { startConsole, type SandboxConsole } from '../../../sandbox/console/start-console.ts';
import { createJiraVendor } from '../../../sandbox/jira/vendor.ts';
import { startFront, type Front } from '../../../sandbox/shared/front.ts';
import { launchChromium } from '../../support/chromium.ts';
import { button, reasonModal, startSlackSite, withButtons, type SlackSite } from '../slack/slack-site.ts';

const nowhere = { url: 'http://127.0.0.1:9' };

describe('sandbox console: the Slack pane in Chromium, with real Bolt behind it', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let site: SlackSite;
  let jira: Front;
  let console: SandboxConsole;
  let page: Page;

  before(async function () {
    browser = await launchChromium();
    if (!browser) this.skip();
  });
  after(() => browser?.close());
  beforeEach(async () => {
    site = await startSlackSite({ answerWithinMs: 1_000 });
    const { people } = site;
    jira = await startFront(createJiraVendor({ people }), { token: 'control' });
    const credentials = {
      sam: { accessKeyId: 'AKIA', secretAccessKey: 'none' },
    } as ProvisionedAws['credentials'];
    const aws = { ...nowhere, provisioned: { accounts: sandboxAccounts, credentials } };
    const vendors = {
      people,
      secrets: { control: 'control' },
      jira,
      gitlab: nowhere,
      slack: site.front,
      aws,
    };
    console = await startConsole({ vendors, uiUrl: nowhere.url });
    page = await browser!.newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(`${console.url}/slack?token=control`);
    await actAs('sue');
  });
  afterEach(async () => {
    await page?.context().close();
    await console?.stop();
    await jira?.stop();
    await site?.stop();
  });

  async function actAs(name: string) {
    const switched = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.getByLabel('Acting as').selectOption(name);
    await switched;
    await page.getByText(`Slash command as ${site.person(name).displayName}`).waitFor();
  }
  const region = (name: string) => page.getByRole('region', { name });
  async function ask(): Promise<string> {
    const elements = [button('lk_approve', 'a', 'Approve'), button('lk_reject', 'r', 'Reject')];
    const blocks = withButtons(...elements) as never;
    const { ts = '' } = await site.slack.chat.postMessage({
      channel: 'C0APPROVALS',
      text: 'DEVOPS-7',
      blocks,
    });
    return ts;
  }
  /** The app's own two listeners: approve at once, reject with a reason. */
  function listen() {
    site.app.action('lk_approve', async ({ ack, client, body }) => {
      await ack();
      const message = 'message' in body ? String(body.message?.['ts']) : '';
      const text = `approved by <@${body.user.id}>`;
      await client.chat.update({ channel: 'C0APPROVALS', ts: message, text, blocks: [] });
      await client.chat.postMessage({ channel: 'C0APPROVALS', thread_ts: message, text: 'counted' });
    });
    site.app.action('lk_reject', async ({ ack, client, body }) => {
      await ack();
      const trigger = 'trigger_id' in body ? body.trigger_id : '';
      await client.views.open({ trigger_id: trigger, view: reasonModal() });
    });
  }

  it('presses a button as the chosen person, and shows the changed message and its thread', async () => {
    listen();
    await ask();
    await region('#approvals').getByRole('button', { name: 'Approve' }).click();
    await region('#approvals').getByText('approved by @Sue Adeyemi').waitFor();
    await region('#approvals').getByRole('list', { name: 'Thread' }).getByText('counted').waitFor();
    assert.equal(await region('#approvals').getByRole('button').count(), 0);
  });

  it('opens a dialog, keeps what is typed over a live refresh, shows the app’s error, and sends', async () => {
    listen();
    const reasons: (string | null | undefined)[] = [];
    site.app.view('reason', async ({ ack, view }) => {
      const reason = view.state.values['why']?.['text']?.value;
      reasons.push(reason);
      if (reason === 'no') return ack({ response_action: 'errors', errors: { why: 'say more' } });
      return ack();
    });
    await ask();
    await region('#approvals').getByRole('button', { name: 'Reject' }).click();
    const dialog = page.getByRole('dialog', { name: 'Reject' });
    await dialog.getByLabel('Reason').fill('no');
    await site.slack.chat.postMessage({ channel: 'C0SOC', text: 'meanwhile' });
    await region('#soc').getByText('meanwhile').waitFor();
    await dialog.getByRole('button', { name: 'Send' }).click();
    assert.equal(await dialog.getByRole('alert').innerText(), 'say more');
    assert.equal(await dialog.getByLabel('Reason').inputValue(), 'no');
    await dialog.getByLabel('Reason').fill('frozen\nuntil Monday');
    await dialog.getByRole('button', { name: 'Send' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual(reasons, ['no', 'frozen\nuntil Monday']);
  });

  it('closes a dialog by its button', async () => {
    listen();
    await ask();
    await region('#approvals').getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.deepEqual(await site.views('sue'), []);
  });

  it('says that the app did not answer', async () => {
    site.app.action('lk_approve', () => Promise.resolve());
    await ask();
    await region('#approvals').getByRole('button', { name: 'Approve' }).click();
    const problem = page.getByRole('alert').filter({ hasText: 'operation_timeout' });
    await problem.waitFor();
  });

  it('shows ephemeral and direct messages to their person only', async () => {
    const user = site.person('sue').slack.userId;
    await site.slack.chat.postEphemeral({ channel: 'C0SOC', user, text: 'refused: your own request' });
    await site.slack.chat.postMessage({ channel: user, text: 'please decide' });
    await region('#soc').getByText('refused: your own request').waitFor();
    await region('Direct messages').getByText('please decide').waitFor();
    await actAs('sid');
    assert.equal(await page.getByText('refused: your own request').count(), 0);
    assert.equal(await page.getByText('please decide').count(), 0);
  });

  it('opens the App Home, whose buttons work', async () => {
    const pressed: string[] = [];
    site.app.event('app_home_opened', async ({ event, client }) => {
      const view = { type: 'home' as const, blocks: withButtons(button('lk_info', '9', 'Ask')) as never };
      await client.views.publish({ user_id: event.user, view });
    });
    site.app.action('lk_info', async ({ ack, body }) => {
      pressed.push(body.user.id);
      await ack();
    });
    await page.getByRole('button', { name: 'Open App Home' }).click();
    await region('App Home').getByRole('button', { name: 'Ask' }).click();
    await page.waitForURL(/\/slack$/);
    await page.getByRole('button', { name: 'Open App Home' }).waitFor();
    assert.deepEqual(pressed, [site.person('sue').slack.userId]);
  });

  it('sends a slash command, and refuses what is none', async () => {
    site.app.command('/lockkeeper', async ({ ack, payload }) => ack(`nothing in your ${payload.text}`));
    const line = page.getByLabel('Slash command as');
    await line.fill('inbox');
    await page.getByRole('button', { name: 'Send' }).click();
    assert.match(await page.getByRole('alert').innerText(), /begins with a slash/);
    await line.fill('/lockkeeper inbox');
    await page.getByRole('button', { name: 'Send' }).click();
    const answer = region('#approvals').getByRole('listitem').filter({ hasText: 'nothing in your inbox' });
    assert.match(await answer.innerText(), /only you see this/);
  });

  it('shows hostile blocks as text', async () => {
    const text = '<script>document.title=1</script><img src=x onerror="document.title=2">';
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text } },
      ...withButtons({ ...button('"><b id=bold>', text, text.slice(0, 75)) }),
    ] as never;
    await site.slack.chat.postMessage({ channel: 'C0SOC', text, blocks });
    await region('#soc').getByText('document.title=1').first().waitFor();
    assert.equal(await page.locator('main script, main img, #bold').count(), 0);
    assert.equal(await page.title(), 'Slack · Lockkeeper sandbox');
  });

  it('wants the token for every act', async () => {
    await ask();
    for (const path of ['click', 'submit', 'close', 'command', 'open-home']) {
      const init = { method: 'POST', body: new URLSearchParams({ as: 'sue', line: '/lockkeeper' }) };
      assert.equal((await fetch(`${console.url}/slack/${path}`, init)).status, 401, path);
    }
    assert.deepEqual(await site.deliveries(), []);
  });

  it('comments on a ticket as the chosen person, in Jira’s own way', async () => {
    const create = { summary: 'Promote', agentVersion: '1.4.2', as: 'sam', token: 'control' };
    const init = { method: 'POST', body: new URLSearchParams(create), redirect: 'manual' as const };
    const filed = await fetch(`${console.url}/tickets`, init);
    await page.goto(`${console.url}${filed.headers.get('location')}`);
    await page.getByLabel('Comment as Sue Adeyemi').fill('/approve\nlooks right');
    await page.getByRole('button', { name: 'Comment' }).click();
    const comment = region('Comments (1)').getByRole('listitem');
    assert.match(await comment.innerText(), /Sue Adeyemi[^]*\/approve\s+looks right/);
    const posted = jira.requests.findLast(({ path }) => path.endsWith('/comment'));
    assert.deepEqual([posted?.method, posted?.actor, posted?.status], ['POST', 'sue', 201]);
  });
});
