import assert from 'node:assert/strict';
import type { Side } from '../../../workflows/incident-sync/sides.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { description, mapped, title } from './fake-pair.ts';
import { connection, createWorld, fields } from './old-defects-world.ts';

/**
 * The defects of the sample that this replaces (sir.md §8), where the activities alone can bring them back. Those of the plan are in
 * test/policy/incident-sync/defects.test.ts; of the adapter, the starters, the configuration and the template beside their own tests.
 */
describe('the old sample’s defects do not come back: activities', () => {
  it('B1: a case that was closed between two looks is told of, and its issue is moved with a resolution', async () => {
    const { port, cases, tickets, pair } = createWorld();
    const { caseId, at } = pair({ updatedAt: '2026-11-23T00:00:00Z' });
    cases.change(caseId, { status: 'Closed', updatedAt: '2026-11-24T00:00:00Z' });
    const { changed } = await port.sweepCases({ connection, since: '2026-11-23T12:00:00Z' });
    assert.deepEqual(
      changed.map((one) => [one.caseId, one.closed]),
      [[caseId, true]],
    );
    await port.moveIssue({ ...at('s'), status: 'Done', from: 'Closed', closes: true });
    assert.deepEqual(tickets.calls, ['moveTo Done Done']);
  });

  it('B2: a person’s issue has one case, which leads back to it before anybody hears of the case', async () => {
    const { port, cases, tickets, readCase, pair } = createWorld();
    const { issueId, at } = pair();
    const { caseId } = await port.createCase(at('case'));
    assert.equal((await port.createCase(at('case'))).caseId, caseId);
    assert.equal(cases.stored.size, 2);
    assert.equal((await readCase(caseId, true)).issueTag, `${connection}/${issueId}`);
    await port.tieIssue({ connection, caseId, issueId, key: 'k', workflowId: 'w' });
    assert.equal((await port.readIssueTie({ connection, issueId })).caseId, caseId);
    assert.equal(tickets.orders.length, 0);
  });

  it('B3: an issue that we make names its case from its first moment, and no door makes a case of it', async () => {
    const { port, cases, tickets, ensure } = createWorld();
    const caseId = cases.add();
    const create = tickets.createIssue.bind(tickets);
    const seenByDoor: (string | null)[] = [];
    tickets.createIssue = async (order) => {
      const made = await create(order);
      // Jira's event is faster than our own answer
      const tie = await port.readIssueTie({ connection, issueId: made.issueId });
      seenByDoor.push(tie.caseId, tie.notEligible);
      return made;
    };
    const { issueId } = await ensure(caseId);
    assert.deepEqual(seenByDoor, [caseId, 'Lockkeeper made it']);
    // even where a person took the property away
    tickets.change(issueId, { mark: null });
    await assertFails(() => port.createCase({ connection, issueId, key: 'k' }), 'PolicyViolation');
    assert.deepEqual(cases.orders, []);
  });

  it('B6: what a write leaves is what the next look finds, on both sides', async () => {
    const accounts = mapped('impactedAccounts', 'Accounts', { values: { '111111111111': 'prod' } });
    const all = [title, description, accounts];
    const { port, cases, tickets, readCase, readIssue, pair } = createWorld({ fields: all });
    for (const [to, text] of [
      ['issue', 'one\r\ntwo   \n'],
      ['case', ''],
      ['case', 'x'.repeat(9_000)],
    ] as const) {
      const { caseId, issueId, at } = pair({}, { fields: { Accounts: ['prod', 'lab'] } });
      if (to === 'case') tickets.edit(issueId, { description: text, summary: 'New' });
      else
        cases.change(caseId, {
          fields: { ...cases.of(caseId).one.fields, description: text, title: 'x'.repeat(280) },
        });
      const written = await port.writeFields({
        ...at(`fields-to-${to}`),
        to,
        fields: all,
        losers: [],
        known: {},
      });
      const [one, issue] = [await readCase(caseId), await readIssue(issueId)];
      for (const { key } of all)
        assert.deepEqual(
          written.fields[key],
          { case: one.fields[key], issue: issue.fields[key] },
          `${to} ${key}`,
        );
    }
  });

  it('B7: a look at two sides that rest writes nothing, whatever their clocks say', async () => {
    const began = mapped('actualIncidentStartDate', 'Began');
    const { cases, readCase, readIssue, pair, calls } = createWorld({ fields: [...fields, began] });
    const { caseId, issueId } = pair(
      { fields: { actualIncidentStartDate: '2026-11-20T08:00:00.000Z' } },
      { fields: { Began: '2026-11-20T08:00:00.000Z' } },
    );
    const first = [await readCase(caseId), await readIssue(issueId)];
    assert.deepEqual(first[0]?.fields, first[1]?.fields);
    cases.change(caseId, { updatedAt: '2026-11-29T00:00:00Z' });
    assert.deepEqual((await readCase(caseId)).fields, first[0]?.fields);
    assert.deepEqual(calls(), []);
  });

  it('B8: thirty comments stay thirty copies, even where the map of them was lost', async () => {
    const { port, cases, tickets, pair } = createWorld();
    const { caseId, issueId, at } = pair();
    const ids = Array.from({ length: 30 }, (_, index) => tickets.say(issueId, `c${index % 3}`));
    for (let look = 0; look < 3; look += 1)
      for (const id of ids)
        await port.copyComment({ ...at(`comment-${id}`), act: 'create', origin: 'issue', id, copies: [] });
    assert.equal(cases.of(caseId).comments.length, 30);
  });

  it('B9: an edited comment is changed in its place, and a deleted one is marked in its place', async () => {
    const { port, cases, tickets, pair } = createWorld();
    const { caseId, issueId, at } = pair();
    const id = tickets.say(issueId, 'old');
    const act = (
      what: 'create' | 'edit' | 'mark-deleted',
      copies: Awaited<ReturnType<typeof port.copyComment>>['copies'],
    ) => port.copyComment({ ...at(`comment-${what}`), act: what, origin: 'issue', id, copies });
    const { copies } = await act('create', []);
    tickets.change(issueId, {
      comments: tickets.of(issueId).comments.map((one) => ({ ...one, body: 'new' })),
    });
    await act('edit', copies);
    tickets.change(issueId, { comments: [] });
    await act('mark-deleted', copies);
    const bodies = cases.of(caseId).comments.map(({ body }) => body);
    assert.match(bodies.join('|'), /^\[deleted in Jira[^|]*new$/);
    assert.deepEqual(tickets.of(issueId).comments, []);
  });

  it('B10: a file becomes a file on the other side, whose comments stay as they were; Failed ones stay where they are', async () => {
    const { port, cases, tickets, pair } = createWorld();
    const { caseId, issueId, at } = pair();
    const copy = (origin: Side, id: string) =>
      port.copyAttachment({ ...at(`attachment-${id}`), origin, id, there: [] });
    await copy('case', cases.attach(caseId, 'a.txt', 'of AWS'));
    await copy('issue', tickets.attach(issueId, 'b.txt', 'of Jira'));
    await copy('case', cases.attach(caseId, 'bad.bin', 'x', { status: 'Failed' }));
    assert.deepEqual(
      tickets.of(issueId).attachments.map(({ fileName }) => fileName),
      ['a.txt', 'b.txt'],
    );
    assert.equal(cases.bytesOf(caseId, 'b.txt'), 'of Jira');
    assert.deepEqual([cases.of(caseId).comments, tickets.of(issueId).comments], [[], []]);
    // and neither is the other side's again
    const [one, issue] = [
      await port.readCase({ connection, caseId, fields, withTag: false }),
      await port.readIssue({ connection, issueId, fields }),
    ];
    assert.deepEqual(
      [one.attachments.map(({ ours }) => ours), issue.attachments.map(({ ours }) => ours)],
      [
        [false, true, false],
        [true, false],
      ],
    );
  });

  it('B11: the value that loses stands in a comment before it is replaced', async () => {
    const { port, cases, tickets, pair } = createWorld();
    const { issueId, at } = pair({ fields: { title: 'AWS says' } }, { fields: { summary: 'Jira says' } });
    tickets.failing.writeFields = [createFailure('Unavailable', 'no')];
    const write = () =>
      port.writeFields({ ...at('f'), to: 'issue', fields: [title], losers: [title.key], known: {} });
    await assertFails(write, 'Unavailable');
    assert.match(tickets.notesOf(issueId).join(), /Jira says/);
    await write();
    assert.deepEqual(
      [tickets.notesOf(issueId).length, tickets.of(issueId).fields['summary']],
      [1, 'AWS says'],
    );
    assert.deepEqual(cases.calls, []);
  });
});
