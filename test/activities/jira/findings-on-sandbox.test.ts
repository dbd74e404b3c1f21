import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { createFindingTickets } from '../../../activities/jira/findings/client.ts';
import type { FindingTicketOrder, FindingTickets } from '../../../activities/jira/findings/port.ts';
import { paragraph } from '../../../workflows/shared/comment.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { asActivityOf, siteAt } from '../../support/jira-site.ts';
import { startJira, type RunningJira } from '../../sandbox/jira/jira-site.ts';
import { markOf, orderOf } from './finding-site.ts';

/** The adapter and the sandbox of Jira together, with jira.js's own schemas between them. One site for the file. */
describe('finding tickets on the sandbox', () => {
  let http: ReturnType<typeof installHttp>;
  let sandbox: RunningJira;
  let tickets: FindingTickets;
  before(async () => {
    http = installHttp();
    sandbox = await startJira();
    const { email, jira } = sandbox.person('jira-bot');
    const access = { ...siteAt(sandbox.url, ''), email, apiToken: jira.apiToken };
    tickets = createFindingTickets({ access, source: 'halo', idField: 'Halo Issue ID' });
  });
  after(async () => {
    await sandbox.stop();
    await http.close();
  });

  async function create(id: string, own: Partial<FindingTicketOrder> = {}): Promise<string> {
    const [outcome] = await tickets.createMany([orderOf(id, own)]);
    assert.equal(outcome?.state, 'created', JSON.stringify(outcome));
    return outcome.issueId;
  }
  const only = async (id: string) => {
    const found = (await tickets.lookUp([id])).get(id) ?? [];
    assert.equal(found.length, 1);
    return found[0];
  };
  async function commentsOf(issueId: string): Promise<number> {
    const { body } = await sandbox.call('GET', `/issue/${issueId}/comment`, undefined, 'jira-bot');
    return (body as { total: number }).total;
  }

  it('finds what it created by id, by label and by number, and nothing that is merely alike', async () => {
    const ids = ['0f3c-aa-1', '0f3c-aa-12', '0f3c-aa', '1 0f3c aa', '--"--'];
    const made = new Map<string, string>();
    for (const id of ids) made.set(id, await create(id));
    const numbers = [...made.values()];
    const found = [await tickets.lookUp(ids), await tickets.findLabelled(ids)];
    for (const one of found)
      assert.deepEqual(new Map([...one].map(([id, [ticket]]) => [id, ticket?.issueId])), made);
    const read = await tickets.readMany([...numbers, '999999']);
    assert.deepEqual(read.map(({ issueId }) => issueId).toSorted(), numbers.toSorted());
    assert.equal(
      read.every(({ isOurs, mark }) => isOurs && mark?.source === 'halo'),
      true,
    );
  });

  it('sets every field in the create call, and says by name what is missing', async () => {
    const audited = { issueType: 'Audited Finding', dueDate: '2026-12-01', components: ['servers'] };
    const fields = [
      { to: 'Halo Rule Key', value: 'csm::1' },
      { to: 'First Seen', value: '2026-11-01T10:00:00.123456Z' },
      { to: 'Owner Team', value: 'DATA' },
    ];
    const issueId = await create('full', { ...audited, fields });
    const { body } = await sandbox.call('GET', `/issue/${issueId}`, undefined, 'jira-bot');
    const shown = (body as { fields: Record<string, unknown> }).fields;
    assert.equal(shown['customfield_10086'], '2026-11-01T10:00:00.123+0000');
    assert.equal((shown['customfield_10085'] as { value: string }).value, 'data');
    assert.equal(shown['duedate'], '2026-12-01');
    const outcomes = await tickets.createMany([orderOf('no team', audited), orderOf('other')]);
    assert.deepEqual(outcomes[0], { state: 'refused', reason: 'Owner Team: Owner Team is required.' });
    assert.equal(outcomes[1]?.state, 'created');
  });

  for (const [project, how] of [
    ['SEC', 'in one call'],
    ['VULN', 'in two, for it has no screens'],
  ] as const)
    it(`closes and reopens with a comment each, ${how}`, async () => {
      const id = `moves in ${project}`;
      const issueId = await create(id, { project });
      const comment = [paragraph('Resolved.')];
      const close = { issueId, to: 'Close', comment, mark: markOf(id, { left: 'closed' }) };
      assert.deepEqual(await tickets.move(close), { moved: true });
      assert.equal(await commentsOf(issueId), 1);
      // the answer was lost, and the worker tries again
      assert.deepEqual(await asActivityOf('halo-sync:halo', () => tickets.move(close), 2), { moved: false });
      const closed = await only(id);
      assert.deepEqual([closed?.isDone, closed?.mark?.left], [true, 'closed']);
      const reopen = { issueId, to: 'to do', comment, mark: markOf(id, { reopened: 1 }) };
      assert.deepEqual(await tickets.move(reopen), { moved: true });
      assert.equal(await commentsOf(issueId), 2);
      assert.equal((await only(id))?.mark?.reopened, 1);
    });

  it('gets out of nothing that is closed for good', async () => {
    const issueId = await create('hard');
    const move = { issueId, to: "WON'T FIX", comment: null, mark: markOf('hard', { left: 'closed' }) };
    assert.deepEqual(await tickets.move(move), { moved: true });
    await assertFails(() => tickets.move({ ...move, to: 'Reopen', mark: markOf('hard') }), 'Conflict');
  });

  it('edits comment, fields, labels and mark together', async () => {
    const issueId = await create('edited', { labels: ['mine'] });
    const fields = [{ to: 'Server Hostname', value: 'web-1' }];
    const mark = markOf('edited', { contentHash: 'c2', due: '2026-12-01', title: 't' });
    const rest = { issueId, fields, description: null, dueDate: null, mark };
    await tickets.edit({ ...rest, comment: [paragraph('News.')], addLabels: ['flapping'] });
    const { body } = await sandbox.call('GET', `/issue/${issueId}`, undefined, 'jira-bot');
    const shown = (body as { fields: Record<string, unknown> }).fields;
    assert.deepEqual(
      [shown['customfield_10084'], (shown['labels'] as string[]).slice(1)],
      ['web-1', ['mine', 'flapping']],
    );
    assert.equal(await commentsOf(issueId), 1);
    assert.deepEqual((await only('edited'))?.mark, mark);
  });

  it('keeps the members of a group, links tickets and attaches once', async () => {
    const [issueId, other] = [await create('group:1'), await create('one of it')];
    const members = Array.from({ length: 400 }, (_, index) => ({
      ...{ id: `id-${index}`, name: 'a name of some length', asset: 'web-1', severity: 'high' },
      since: '2026-11-22T10:00:00.000Z',
    }));
    const text = { summary: 'Group', description: [paragraph('Table.')], mark: markOf('group:1') };
    await tickets.writeMembers({ issueId, members, ...text });
    assert.deepEqual(await tickets.readMembers(issueId), members);
    await tickets.writeMembers({ issueId, members: members.slice(1), ...text });
    assert.deepEqual(await tickets.readMembers(issueId), members.slice(1));
    await tickets.link({ from: other, to: issueId, type: 'relates' });
    for (const json of ['{}', '{"again":1}']) await tickets.attach({ issueId, name: 'finding.json', json });
    const { body } = await sandbox.call('GET', `/issue/${issueId}`, undefined, 'jira-bot');
    const shown = (body as { fields: { attachment: unknown[]; issuelinks: unknown[] } }).fields;
    assert.deepEqual([shown.attachment.length, shown.issuelinks.length], [1, 1]);
  });

  it('lists what is open, ours and others’', async () => {
    const open = new Map<string, boolean>();
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<FindingTickets['listOpen']>> = await tickets.listOpen(cursor);
      for (const { findingId, isDone } of page.tickets) open.set(findingId, isDone);
      cursor = page.next;
    } while (cursor !== null);
    assert.equal(open.get('edited'), false);
    assert.equal(open.has('hard'), false);
  });

  it('knows what each form lacks', async () => {
    const faultsOf = (project: string, issueType: string, fields: string[] = []) =>
      tickets.findFormFaults({ project, issueType, fields });
    assert.deepEqual(await faultsOf('SEC', 'Security Finding', ['duedate', 'Owner Team', 'Components']), []);
    assert.match((await faultsOf('SEC', 'Audited Finding')).join(), /requires the field "Owner Team"/);
    assert.deepEqual(await faultsOf('SEC', 'Audited Finding', ['Owner Team']), []);
    assert.match((await faultsOf('SEC', 'Task')).join(), /"Halo Issue ID" is not on the create form/);
    assert.match((await faultsOf('SEC', 'Bug')).join(), /SEC has no issue type "Bug"/);
    assert.match((await faultsOf('NOPE', 'Bug')).join(), /there is no project NOPE/);
  });
});
