import assert from 'node:assert/strict';
import http from 'node:http';
import { startConsole, type SandboxConsole } from '../../../sandbox/console/start-console.ts';
import { sandboxAccounts } from '../../../sandbox/aws/sandbox-accounts.ts';
import type { ProvisionedAws } from '../../../sandbox/aws/provision-accounts.ts';
import { createJiraVendor } from '../../../sandbox/jira/vendor.ts';
import { startFront, type Front } from '../../../sandbox/shared/front.ts';
import { createPeople } from '../../../sandbox/shared/people.ts';

const control = 'token-of-the-tests';
const nowhere = { url: 'http://127.0.0.1:9' };
const summary = 'summary=Promote&agentVersion=1.4.2&as=dana';

describe('sandbox console: who may see and press what', () => {
  let jira: Front;
  let console: SandboxConsole;

  before(async () => {
    const people = createPeople();
    jira = await startFront(createJiraVendor({ people }), { token: control });
    const sam = { accessKeyId: 'AKIA', secretAccessKey: 'none' };
    const credentials = { sam } as ProvisionedAws['credentials'];
    const aws = { ...nowhere, provisioned: { accounts: sandboxAccounts, credentials } };
    const vendors = { people, secrets: { control }, jira, gitlab: nowhere, slack: nowhere, aws };
    console = await startConsole({ vendors, uiUrl: nowhere.url });
  });
  after(async () => {
    await console.stop();
    await jira.stop();
  });

  /** @returns status and the headers; `host` is sent as it is, which fetch would not do */
  function send(method: string, path: string, headers: http.OutgoingHttpHeaders, body = '') {
    return new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = http.request(`${console.url}${path}`, { method, headers }, (response) => {
        response.resume();
        resolve(response);
      });
      request.on('error', reject).end(body);
    });
  }

  const formType = { 'content-type': 'application/x-www-form-urlencoded' };
  const refused: [name: string, status: number, headers: http.OutgoingHttpHeaders, body: string][] = [
    ['no token', 401, formType, summary],
    ['a wrong token', 401, formType, `${summary}&token=${control}x`],
    ['a wrong header', 401, { ...formType, 'x-sandbox-token': '' }, `${summary}&token=${control}`],
    ['a foreign Origin', 403, { ...formType, origin: 'https://evil.test' }, `${summary}&token=${control}`],
    ['a nameless Origin', 403, { ...formType, origin: 'null' }, `${summary}&token=${control}`],
    ['a foreign Host', 421, { ...formType, host: 'evil.test' }, `${summary}&token=${control}`],
    ['another port', 421, { ...formType, host: '127.0.0.1:1' }, `${summary}&token=${control}`],
    ['JSON', 415, { 'content-type': 'application/json' }, `{"token":"${control}"}`],
    ['too much', 413, formType, `token=${control}&summary=${'x'.repeat(70_000)}`],
  ];
  for (const [name, status, headers, body] of refused)
    it(`refuses a post with ${name}: ${status}`, async () => {
      assert.equal((await send('POST', '/tickets', headers, body)).statusCode, status);
      assert.deepEqual(jira.requests, []);
    });

  it('takes the token in a header, and acts as the named person', async () => {
    const filed = await send('POST', '/tickets', { ...formType, 'x-sandbox-token': control }, summary);
    assert.deepEqual([filed.statusCode, filed.headers.location], [303, '/tickets/DEVOPS-1']);
    assert.equal(jira.requests.at(-1)?.actor, 'dana');
  });

  it('trades ?token= for a cookie that scripts and other sites do not get, and drops it from the address', async () => {
    const opened = await send('GET', `/slack?token=${control}`, {});
    const [cookie = ''] = opened.headers['set-cookie'] ?? [];
    assert.deepEqual([opened.statusCode, opened.headers.location], [303, '/slack']);
    assert.match(cookie, /^sandbox-console-\d+=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/);
    assert.ok(!cookie.includes(control));
    const seen = await send('GET', '/tickets', { cookie: cookie.split(';')[0] });
    assert.equal(seen.statusCode, 200);
    assert.match(String(seen.headers['content-security-policy']), /default-src 'none'/);
  });

  it('shows nothing to a wrong cookie or token', async () => {
    for (const path of ['/', '/tickets', '/tickets?token=', '/tickets?live=1', `/tickets?token=${control}x`])
      assert.equal((await send('GET', path, { cookie: 'sandbox-console=1' })).statusCode, 401, path);
  });

  it('says which vendor does not answer', async () => {
    const headers = { 'x-sandbox-token': control };
    const page = await fetch(`${console.url}/slack`, { headers });
    assert.equal(page.status, 502);
    assert.match(await page.text(), /role="alert">\s*Slack did not answer/);
  });

  it('leads back only to itself after the acting person was switched', async () => {
    const headers = { ...formType, 'x-sandbox-token': control };
    for (const [back, location] of [
      ['/slack', '/slack'],
      ['//evil.test', '/tickets'],
      ['https://evil.test', '/tickets'],
    ])
      assert.equal(
        (await send('POST', '/actor', headers, `as=dana&back=${back}`)).headers.location,
        location,
      );
  });
});
