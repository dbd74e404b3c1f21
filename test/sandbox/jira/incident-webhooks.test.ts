import assert from 'node:assert/strict';
import { signBody } from '../../../sandbox/jira/deliveries.ts';
import { startEndpoint } from './hook-endpoint.ts';
import { paragraph, startJira, type RunningJira } from './jira-site.ts';

const secret = 'webhook-secret';
interface Hook {
  readonly webhookEvent: string;
  readonly issue?: { readonly key: string };
  readonly attachment?: { readonly filename: string; readonly author: object };
  readonly changelog?: { readonly items: readonly { readonly field: string }[] };
}

describe('jira sandbox: webhooks of incidents', () => {
  let jira: RunningJira;
  let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
  before(async () => {
    endpoint = await startEndpoint();
    jira = await startJira({ webhook: { url: endpoint.url, secret } });
  });
  after(async () => {
    await jira.stop();
    await endpoint.stop();
  });

  /** What was told since the last look, each body checked against its signature. */
  async function told(): Promise<Hook[]> {
    await jira.settled();
    return endpoint.received.splice(0).map(({ headers, raw }) => {
      assert.equal(headers['x-hub-signature'], signBody(secret, raw));
      return JSON.parse(raw) as Hook;
    });
  }
  const names = (hooks: readonly Hook[]) => hooks.map(({ webhookEvent }) => webhookEvent).toSorted();

  it('tell of comments that come, change and go, and of files', async () => {
    const fields = { project: { key: 'INC' }, issuetype: { name: 'Incident' }, summary: 'x' };
    const { key } = await jira.as('dana').issues.createIssue({ fields });
    assert.deepEqual(names(await told()), ['jira:issue_created']);
    const { body } = await jira.call('POST', `/issue/${key}/comment`, { body: paragraph('a') });
    const path = `/issue/${key}/comment/${(body as { id: string }).id}`;
    assert.deepEqual(names(await told()), ['comment_created']);
    await jira.call('PUT', path, { body: paragraph('b') });
    assert.deepEqual(names(await told()), ['comment_updated']);
    await jira.call('DELETE', path);
    assert.deepEqual(names(await told()), ['comment_deleted']);

    const attachments = { filename: 'a.txt', content: 'x' };
    const [file] = await jira.as('dana').issueAttachments.addAttachment({ issueIdOrKey: key, attachments });
    const come = await told();
    assert.deepEqual(names(come), ['attachment_created', 'jira:issue_updated']);
    const created = come.find(({ attachment }) => attachment);
    // as the service has it: the file says nothing of its issue, the issue's own event does
    assert.deepEqual([created?.attachment?.filename, created?.issue], ['a.txt', undefined]);
    assert.doesNotMatch(JSON.stringify(created), /emailAddress/);
    const updated = come.find(({ issue }) => issue);
    assert.deepEqual([updated?.issue?.key, updated?.changelog?.items[0]?.field], [key, 'Attachment']);
    await jira.call('DELETE', `/attachment/${file?.id}`);
    assert.deepEqual(names(await told()), ['attachment_deleted', 'jira:issue_updated']);
  });
});
