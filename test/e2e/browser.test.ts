import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { startConsoleSite, type ConsoleSite } from './console-site.ts';

describe('sandbox console in Chromium', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let site: ConsoleSite;
  let page: Page;

  before(async function () {
    browser = await launchChromium();
    if (!browser) this.skip();
    site = await startConsoleSite();
  });
  beforeEach(async () => {
    page = await browser!.newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(`${site.console.url}/?token=${site.token}`);
  });
  afterEach(() => page?.context().close());
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  const open = (path: string) => page.goto(`${site.console.url}${path}`);

  async function fileTicket(summary: string, version = '1.4.2') {
    await open('/tickets/new');
    await page.getByLabel('Filed by').selectOption('sofia');
    await page.getByLabel('Summary').fill(summary);
    await page.getByLabel('Agent-Version').fill(version);
    await page.getByRole('button', { name: 'File the request' }).click();
    await page.waitForURL(/\/tickets\/DEVOPS-\d+$/);
    return page.url().split('/').at(-1) ?? '';
  }

  it('files a ticket as the chosen person, and leads to its run', async () => {
    const key = await fileTicket('Promote 1.4.2');
    assert.match(await page.locator('.facts').innerText(), /ToDo[^]*1\.4\.2[^]*Sofia Lind/);
    const created = site.jira.requests.findLast(({ path }) => path === '/rest/api/3/issue');
    assert.deepEqual([created?.actor, created?.status], ['sofia', 201]);
    await open('/tickets');
    const row = page.getByRole('row', { name: key });
    const run = await row.getByRole('link', { name: /^Run/ }).getAttribute('href');
    assert.match(run ?? '', /\/namespaces\/default\/workflows\/agent-promotion%3Amain%3A\d+$/);
  });

  it('moves a ticket as whoever the reader acts as, and shows who did it', async () => {
    const key = await fileTicket('Move me');
    await page.getByLabel('Acting as').selectOption('dana');
    await page.getByRole('heading', { name: 'Move it as Dana Petrov' }).waitFor();
    await page.getByRole('button', { name: 'Start → In Progress' }).click();
    await page.getByRole('row', { name: /Dana Petrov status ToDo In Progress/ }).waitFor();
    const move = site.jira.requests.findLast(({ path }) => path.endsWith(`${key}/transitions`));
    assert.deepEqual([move?.method, move?.actor, move?.status], ['POST', 'dana', 204]);
  });

  it('lets the administrator force a status that no transition leads to', async () => {
    const key = await fileTicket('Force me');
    await page.getByText('Force a status').click();
    await page.getByLabel('Status', { exact: true }).selectOption('Done');
    await page.getByRole('button', { name: 'Force as Ann Keller' }).click();
    await page.getByRole('row', { name: /Ann Keller status ToDo Done/ }).waitFor();
    assert.match(await page.locator('main').innerText(), /no transition out of Done/);
    assert.ok(page.url().endsWith(`/tickets/${key}`));
  });

  it('says in Jira’s words why a request was refused, and keeps what was typed', async () => {
    await open('/tickets/new');
    await page.getByLabel('Summary').fill('   ');
    await page.getByLabel('Agent-Version').fill('1.4.2');
    await page.getByRole('button', { name: 'File the request' }).click();
    assert.match(await page.getByRole('alert').innerText(), /Jira answered 400: summary/);
    assert.equal(await page.getByLabel('Agent-Version').inputValue(), '1.4.2');
  });

  it('uploads an installer to the SOC bucket with sam’s credentials', async () => {
    await open('/installers');
    await page.getByLabel('Version').fill('1.4.2');
    await page.getByLabel('Variant').selectOption('wrong-version');
    await page.getByRole('button', { name: 'Upload as Sam Okafor' }).click();
    await page.getByRole('cell', { name: 'agent/v1.4.2/agent-installer.sh' }).waitFor();
    const put = site.aws.requests.findLast(({ method }) => method === 'PUT');
    assert.equal(put?.path, '/soc-agent-installers/agent/v1.4.2/agent-installer.sh');
    assert.deepEqual([put?.actor, put?.status], ['sam', 200]);
  });

  it('shows a Slack message that arrives while the page is open', async () => {
    await open('/slack');
    await page.getByText('No messages.').first().waitFor();
    const text = '*Promotion failed* &lt;b&gt; <https://example.com/run|Run>';
    await site.control(site.slack, 'seed', { messages: [{ channel: 'soc', user: 'U0LOCKKEEPER', text }] });
    const message = page.getByRole('region', { name: '#soc' }).getByRole('listitem');
    await message.waitFor();
    assert.match(await message.innerText(), /lockkeeper[^]*Promotion failed <b> Run$/);
    assert.equal(await message.getByRole('link').getAttribute('href'), 'https://example.com/run');
  });

  it('shows hostile text as text', async () => {
    const summary = '<img src=x onerror="document.title=1">\'"><script>document.title=2</script>';
    const key = await fileTicket(summary, '"><b id=bold>1</b>');
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), `${key}: ${summary}`);
    await open('/tickets');
    assert.match(await page.getByRole('row', { name: key }).innerText(), /<b id=bold>/);
    assert.equal(await page.locator('main script, main img, #bold').count(), 0);
    assert.equal(await page.title(), 'Tickets · Lockkeeper sandbox');
  });

  it('carries out nothing that another web page posts, not even with the token', async () => {
    const before = site.jira.requests.length;
    const form = `<form method="post" action="${site.console.url}/tickets"><input name="summary" value="x">
      <input name="token" value="${site.token}"></form><script>document.forms[0].submit()</script>`;
    const foreign = http.createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end(form),
    );
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
    const answered = page.waitForResponse((response) => response.url() === `${site.console.url}/tickets`);
    await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`).catch(() => undefined);
    assert.equal((await answered).status(), 403);
    assert.equal(site.jira.requests.length, before);
    foreign.closeAllConnections();
    foreign.close();
  });

  it('stays shut without the token and says where it is', async () => {
    const stranger = await browser!.newPage();
    const response = await stranger.goto(`${site.console.url}/tickets`);
    assert.equal(response?.status(), 401);
    assert.match(await stranger.locator('main').innerText(), /control in \.run\/endpoints\.json/);
    await stranger.context().close();
  });
});
