import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { createFindingTickets } from '../../../activities/jira/findings/client.ts';
import type { FindingTickets, TicketRemark } from '../../../activities/jira/findings/port.ts';
import { toAdf } from '../../../activities/jira/adf.ts';
import { toRequestText } from '../../../workflows/finding-acceptance/request.ts';
import { paragraph } from '../../../workflows/shared/comment.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { withLoopback } from '../../support/loopback.ts';
import { siteAt } from '../../support/jira-site.ts';
import { startJira, type RunningJira } from '../../sandbox/jira/jira-site.ts';
import { markOf, orderOf, reply, ticketsAt, useHttp } from './finding-site.ts';

/** What people say on findings' tickets, and labels that come and go, on the sandbox of Jira. One site for the file. */
describe('finding tickets: what people say', () => {
  let http: ReturnType<typeof installHttp>;
  let sandbox: RunningJira;
  let tickets: FindingTickets;
  let issueId: string;
  before(async () => {
    http = installHttp();
    sandbox = await startJira();
    const { email, jira } = sandbox.person('jira-bot');
    const access = { ...siteAt(sandbox.url, ''), email, apiToken: jira.apiToken };
    tickets = createFindingTickets({ access, source: 'halo', idField: 'Halo Issue ID' });
    const [made] = await tickets.createMany([orderOf('f-1')]);
    issueId = made?.state === 'created' ? made.issueId : '';
  });
  after(async () => {
    await sandbox.stop();
    await http.close();
  });
  const bodyOf = (text: string) => ({ body: toAdf([paragraph(text)]) });
  async function say(text: string): Promise<string> {
    const { body } = await sandbox.call('POST', `/issue/${issueId}/comment`, bodyOf(text), 'dana');
    return (body as { id: string }).id;
  }

  it('is read with its author, as it was written', async () => {
    const text = toRequestText('2026-12-31', 'behind the WAF');
    const remark = await tickets.readComment({ issueId, commentId: await say(text) });
    const { accountId } = sandbox.person('dana').jira;
    assert.deepEqual(
      [remark?.text, remark?.authorAccountId, remark?.isPerson, remark?.isEdited],
      [text, accountId, true, false],
    );
  });

  it('is null when there is no such comment', async () => {
    assert.equal(await tickets.readComment({ issueId, commentId: '999999' }), null);
    assert.equal(await tickets.readComment({ issueId: '999999', commentId: await say('x') }), null);
  });

  it('gives an accepted risk and its grant back as they were written, and a label that goes again', async () => {
    const accepted = {
      ...{ until: '2026-12-31T23:59:59.000Z', acceptance: 'finding-acceptance:halo:1' },
      grant: { requestId: 'r', envelopes: ['a.b.c'], evidence: { subject: { runId: 'r', n: 1 } } },
    };
    const edit = { issueId, comment: null, fields: [], description: null, dueDate: null, addLabels: [] };
    await tickets.edit({ ...edit, addLabels: ['accepted-risk'], mark: markOf('f-1', { accepted }) });
    const [ticket] = await tickets.readMany([issueId]);
    assert.deepEqual(ticket?.mark?.accepted, accepted);
    const labels = async () => {
      const { body } = await sandbox.call('GET', `/issue/${issueId}?fields=labels`, undefined, 'dana');
      return (body as { fields: { labels: string[] } }).fields.labels.filter(
        (one) => one === 'accepted-risk',
      );
    };
    assert.deepEqual(await labels(), ['accepted-risk']);
    await tickets.edit({ ...edit, removeLabels: ['accepted-risk'], mark: markOf('f-1') });
    assert.deepEqual(await labels(), []);
    await tickets.edit({ ...edit, removeLabels: ['accepted-risk'], mark: markOf('f-1') });
  });
});

describe('finding tickets: what somebody said', () => {
  useHttp();
  const at = (time: string) => `2026-11-22T10:00:${time}+0000`;
  const sam = { accountId: 'sam', accountType: 'atlassian', active: true };
  const comment = {
    ...{ id: '9', author: sam, updateAuthor: sam, created: at('00.000'), updated: at('00.900') },
    body: toAdf([paragraph('hello')]),
  };
  async function read(own: object): Promise<TicketRemark | null> {
    let remark: TicketRemark | null = null;
    await withLoopback(
      [reply('GET', 'issue/7/comment/9', { body: { ...comment, ...own } })],
      async (url) => void (remark = await ticketsAt(url).readComment({ issueId: '7', commentId: '9' })),
    );
    return remark;
  }
  const app = { ...sam, accountType: 'app' };
  for (const [what, own, isEdited, isPerson] of [
    ['as it was written', {}, false, true],
    ['changed a second later', { updated: at('01.001') }, true, true],
    ['changed by another, at once', { updateAuthor: { accountId: 'eve' } }, true, true],
    ['by an app', { author: app, updateAuthor: app }, false, false],
    ['by somebody who has left', { author: { ...sam, active: false } }, false, false],
    [
      'with little said of its author',
      { author: { accountId: 'sam' }, updateAuthor: undefined },
      false,
      true,
    ],
  ] as const)
    it(what, async () => {
      const remark = await read(own);
      assert.deepEqual([remark?.text, remark?.isEdited, remark?.isPerson], ['hello', isEdited, isPerson]);
    });

  describe('when Jira fails', () => {
    useHttp(100);
    for (const [name, respond, type] of vendorFailures.filter(([status]) => status !== '404'))
      it(`meets ${name}: ${type}`, () =>
        withLoopback([reply('GET', 'issue/7/comment/9', respond)], async (url) => {
          const read = () => ticketsAt(url).readComment({ issueId: '7', commentId: '9' });
          await assertFails(read, type, respond);
        }));
  });
});
