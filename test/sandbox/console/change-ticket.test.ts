import assert from 'node:assert/strict';
import type { ProvisionedAws } from '../../../sandbox/aws/provision-accounts.ts';
import { sandboxAccounts } from '../../../sandbox/aws/sandbox-accounts.ts';
import { startConsole, type SandboxConsole } from '../../../sandbox/console/start-console.ts';
import { createJiraVendor } from '../../../sandbox/jira/vendor.ts';
import { startFront, type Front } from '../../../sandbox/shared/front.ts';
import { createPeople } from '../../../sandbox/shared/people.ts';
import { changeRequest, deployRequest, paragraph } from '../jira/jira-site.ts';

const token = 'token-of-the-tests';
const nowhere = { url: 'http://127.0.0.1:9' };

describe('sandbox console: change tickets are shown and moved', () => {
  const people = createPeople();
  let jira: Front;
  let console: SandboxConsole;
  let cookie = '';

  before(async () => {
    jira = await startFront(createJiraVendor({ people }), { token });
    const credentials = { sam: { accessKeyId: 'AKIA', secretAccessKey: 'none' } };
    const provisioned = {
      accounts: sandboxAccounts,
      credentials: credentials as ProvisionedAws['credentials'],
    };
    const aws = { ...nowhere, provisioned };
    const vendors = { people, secrets: { control: token }, jira, gitlab: nowhere, slack: nowhere, aws };
    console = await startConsole({ vendors, uiUrl: nowhere.url });
    const opened = await fetch(`${console.url}/tickets?token=${token}`, { redirect: 'manual' });
    cookie = opened.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  });
  after(async () => {
    await console.stop();
    await jira.stop();
  });

  async function seed(issue: object): Promise<string> {
    const headers = { 'x-sandbox-token': token, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify({ issues: [issue] }) };
    const answer = await fetch(`${jira.url}/_sandbox/seed`, init);
    return ((await answer.json()) as { issues: { key: string }[] }).issues[0]?.key ?? '';
  }
  /** The page without its markup. */
  const read = async (path: string) =>
    (await (await fetch(`${console.url}${path}`, { headers: { cookie } })).text())
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ');
  const post = (path: string, form: Record<string, string>) =>
    fetch(`${console.url}${path}`, {
      ...{ method: 'POST', redirect: 'manual', headers: { cookie } },
      body: new URLSearchParams({ token, ...form }),
    });

  it('lists them with the build, where promotions have their version', async () => {
    const key = await seed({ fields: changeRequest() });
    const other = await seed({ fields: deployRequest() });
    const text = await read('/tickets');
    assert.match(text, new RegExp(`${key} .*shop/web build 412 to production Draft`));
    assert.match(text, new RegExp(`${other} Promote agent 1.4.2 1.4.2 ToDo`));
  });

  it('shows every field, the rich texts and the components; an injected tag stays text', async () => {
    const more = {
      customfield_10065: '<b>main</b>',
      customfield_10071: paragraph('<i>why</i>'),
      customfield_10068: null,
    };
    const page = await read(`/tickets/${await seed({ fields: changeRequest(more) })}`);
    for (const text of [
      'Environment production',
      'Project shop/web',
      'Build job deploy-production',
      'Build number 412',
      'Branch &lt;b&gt;main&lt;/b&gt;',
      'Commit SHA 8f14e45fceea167a5a36dedd4bea2543c0ffee00',
      'Deploy action deploy',
      'Scan status empty',
      'Evidence digest sha256:77af',
      'Components web',
      'Rollback plan Deploy build 411 again.',
      'Justification &lt;i&gt;why&lt;/i&gt;',
    ])
      assert.ok(page.includes(text), `${text} in ${page}`);
  });

  it('links to the run that the ticket names, and to none where it names none', async () => {
    const linked = {
      properties: [{ key: 'lockkeeper', value: { workflowId: 'change:production:shop~web:412' } }],
    };
    const [key, bare] = [
      await seed({ fields: changeRequest(), ...linked }),
      await seed({ fields: changeRequest() }),
    ];
    const pageOf = async (ticket: string) =>
      (await fetch(`${console.url}/tickets/${ticket}`, { headers: { cookie } })).text();
    assert.match(await pageOf(key), /workflows\/change%3Aproduction%3Ashop~web%3A412"/);
    assert.doesNotMatch(await pageOf(bare), /\/workflows\//);
  });

  it('moves one as an approver; to others it neither offers nor does so', async () => {
    const key = await seed({ fields: changeRequest(), status: 'Waiting for approval' });
    await post('/actor', { as: 'eve' });
    assert.match(await read(`/tickets/${key}`), /Move it as Eve Moreau Decline → Declined Cancel → Canceled/);
    await post('/actor', { as: 'sue' });
    assert.match(await read(`/tickets/${key}`), /Move it as Sue Adeyemi Approve → Approved Decline/);
    const refused = await post(`/tickets/${key}/transitions`, { as: 'eve', transition: '21' });
    assert.match(await refused.text(), /not valid for the current state/);
    const approved = await post(`/tickets/${key}/transitions`, { as: 'sue', transition: '21' });
    assert.equal(approved.headers.get('location'), `/tickets/${key}`);
    assert.match(await read(`/tickets/${key}`), /Status Approved .*status Waiting for approval Approved/);
  });

  it('offers the statuses of the ticket’s own type to the administrator’s force', async () => {
    const key = await seed({ fields: changeRequest() });
    const page = await read(`/tickets/${key}`);
    assert.match(
      page,
      /Draft Waiting for approval Approved Declined Canceled Manual review required Deploying/,
    );
    const forced = await post(`/tickets/${key}/force`, { status: 'Deploying' });
    assert.equal(forced.headers.get('location'), `/tickets/${key}`);
    assert.match(await read(`/tickets/${key}`), /Status Deploying/);
  });
});
