import assert from 'node:assert/strict';
import { findingIssue } from './finding-issue.ts';
import { startJira, type RunningJira } from './jira-site.ts';

describe('jira sandbox: attachments', () => {
  let jira: RunningJira;
  let key: string;
  before(async () => {
    jira = await startJira();
    key = (await jira.as('sam').issues.createIssue({ fields: findingIssue() })).key;
  });
  after(() => jira.stop());
  const content = JSON.stringify({ finding: 'ü'.repeat(1000) });
  const upload = async (filename: string) => {
    const attachments = [{ filename, content: Buffer.from(content), contentType: 'application/json' }];
    const [made] = await jira
      .as('jira-bot')
      .issueAttachments.addAttachment({ issueIdOrKey: key, attachments });
    return made?.id ?? '';
  };
  const authorization = (name: string) => {
    const { email, jira: account } = jira.person(name);
    return `Basic ${Buffer.from(`${email}:${account.apiToken}`).toString('base64')}`;
  };
  async function post(headers: Record<string, string>, part = 'file') {
    const body = new FormData();
    body.append(part, new Blob(['x']), 'x.txt');
    const url = `${jira.url}/rest/api/3/issue/${key}/attachments`;
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: { authorization: authorization('sam'), ...headers },
    });
    return { status: answer.status, text: await answer.text() };
  }

  it('keeps a file, shows it on the issue and in its history, and gives it back', async () => {
    const id = await upload('finding ü.json');
    const issue = await jira.as('dana').issues.getIssue({ issueIdOrKey: key, expand: 'changelog' });
    const [shown] = issue.fields?.['attachment'] as { id: string; filename: string; size: number }[];
    assert.deepEqual(
      [shown?.id, shown?.filename, shown?.size],
      [id, 'finding ü.json', Buffer.byteLength(content)],
    );
    assert.equal(issue.changelog?.histories?.[0]?.items?.[0]?.toString, 'finding ü.json');
    const meta = await jira.as('dana').issueAttachments.getAttachment({ id });
    assert.deepEqual(
      [meta.id, meta.mimeType, meta.author?.displayName],
      [Number(id), 'application/json', 'Jira Bot'],
    );
    const given = await fetch(`${jira.url}/rest/api/3/attachment/content/${id}`, {
      headers: { authorization: authorization('dana') },
    });
    assert.deepEqual([given.redirected, await given.text()], [true, content]);
  });

  it('refuses a form of a browser: without the header it is 403', async () => {
    assert.deepEqual(await post({}), { status: 403, text: 'XSRF check failed' });
    assert.equal((await post({ 'x-atlassian-token': 'check' })).status, 403);
    assert.equal((await post({ 'x-atlassian-token': 'no-check' })).status, 200);
  });

  it('wants the part to be called file, and a body that can be read', async () => {
    assert.equal((await post({ 'x-atlassian-token': 'no-check' }, 'document')).status, 400);
    const broken = { 'x-atlassian-token': 'no-check', 'content-type': 'multipart/form-data; boundary=other' };
    assert.equal((await post(broken)).status, 400);
  });

  it('knows no other ids, and lets only author and administrator delete', async () => {
    const id = await upload('b.json');
    assert.equal((await jira.call('GET', '/attachment/99')).status, 404);
    assert.equal((await jira.call('DELETE', `/attachment/${id}`)).status, 403);
    assert.equal((await jira.call('DELETE', `/attachment/${id}`, undefined, 'jira-bot')).status, 204);
    assert.equal((await jira.call('GET', `/attachment/content/${id}?redirect=false`)).status, 404);
  });

  it('keeps a file in the media store, whose address needs no login and no longer counts when it is gone', async () => {
    const id = await upload('c.json');
    const sent = await fetch(`${jira.url}/rest/api/3/attachment/content/${id}`, {
      ...{ redirect: 'manual', headers: { authorization: authorization('dana') } },
    });
    const address = sent.headers.get('location') ?? '';
    assert.deepEqual([sent.status, new URL(address).pathname], [303, `/media/file/${id}/binary`]);
    const given = await fetch(address);
    assert.deepEqual(
      [given.headers.get('content-length'), await given.text()],
      [String(Buffer.byteLength(content)), content],
    );
    assert.equal((await fetch(address.replace(/token=.*/, 'token=x'))).status, 403);
    await jira.call('DELETE', `/attachment/${id}`, undefined, 'jira-bot');
    assert.equal((await fetch(address)).status, 403);
  });

  it('takes several files at once, whatever is in them, and none that is too large', async () => {
    const send = (...files: [name: string, content: Uint8Array<ArrayBuffer>][]) => {
      const body = new FormData();
      for (const [name, bytes] of files) body.append('file', new Blob([bytes]), name);
      const url = `${jira.url}/rest/api/3/issue/${key}/attachments`;
      const headers = { authorization: authorization('sam'), 'x-atlassian-token': 'no-check' };
      return fetch(url, { method: 'POST', body, headers });
    };
    const odd = new TextEncoder().encode('\r\n--x\r\n\r\n--');
    const sent = await send(['empty', new Uint8Array()], ['a"b', odd]);
    const made = (await sent.json()) as { filename: string; size: number }[];
    assert.deepEqual(
      made.map(({ filename, size }) => [filename, size]),
      [
        ['empty', 0],
        ['a"b', odd.length],
      ],
    );
    const tooLarge = await send(['large', new Uint8Array(50 * 1024 * 1024 + 1)]);
    assert.equal(tooLarge.status, 413);
  });
});
