import assert from 'node:assert/strict';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { connection, createWorld, fields } from './old-defects-world.ts';

/** The second half of old-defects.test.ts: limits, losses, what is made up, what leaks and what it costs. */
describe('the old sample’s defects do not come back: activities, limits and losses', () => {
  it('B12: an issue without a description becomes a case, and is written, closed and copied like any other', async () => {
    for (const nothing of [null, '', '  \n']) {
      const { port, cases, tickets, pair } = createWorld();
      const { issueId, at } = pair({}, { fields: { description: nothing } });
      const { caseId } = await port.createCase(at('case'));
      tickets.edit(issueId, { summary: 'New' });
      const ref = { ...at('x'), caseId };
      await port.writeFields({ ...ref, to: 'case', fields, losers: [], known: {} });
      assert.equal(cases.of(caseId).one.fields.title, 'New');
      await port.moveCase({ ...ref, path: ['Detection and Analysis', 'Closed'] });
      assert.equal(cases.of(caseId).one.status, 'Closed');
    }
  });

  it('B13: what is too long on one side is cut or parted for the other, and never refused', async () => {
    const { port, cases, tickets, pair } = createWorld();
    const { caseId, issueId, at } = pair(
      {},
      { fields: { summary: 'x'.repeat(400), description: 'y'.repeat(30_000) } },
    );
    await port.createCase(at('case'));
    await port.writeFields({ ...at('f'), to: 'case', fields, losers: [], known: {} });
    const { title: long, description: longer } = cases.of(caseId).one.fields;
    assert.deepEqual([long?.length, longer?.length], [300, 8_000]);
    const id = tickets.say(issueId, 'z'.repeat(30_000));
    const { copies } = await port.copyComment({ ...at('c'), act: 'create', origin: 'issue', id, copies: [] });
    assert.equal(copies.length, 3);
  });

  it('B14, B15: whatever is lost, doubled or repeated, there is one issue', async () => {
    const { cases, tickets, ensure } = createWorld();
    const caseId = cases.add();
    tickets.failing.createIssue = [createFailure('RateLimited', 'slow down')];
    await assertFails(() => ensure(caseId), 'RateLimited');
    const made = await ensure(caseId);
    assert.deepEqual((await ensure(caseId)).issueId, made.issueId);
    assert.equal(tickets.orders.length, 1);
  });

  it('B16: a case of which no event ever came is found by the sweep', async () => {
    const { port, cases } = createWorld();
    const ids = Array.from({ length: 30 }, () => cases.add());
    const { changed } = await port.sweepCases({ connection, since: null });
    assert.deepEqual(
      changed.map(({ caseId }) => caseId),
      ids,
    );
  });

  it('B17: a case that cannot be read hides no other from the sweep', async () => {
    const { port, cases, readCase } = createWorld();
    const [bad, good] = [cases.add(), cases.add()];
    cases.getCase = (caseId) =>
      caseId === bad
        ? Promise.reject(createFailure('UnsupportedResponse', 'no'))
        : Promise.resolve(cases.of(caseId).one);
    const { changed } = await port.sweepCases({ connection, since: null });
    assert.deepEqual(
      changed.map(({ caseId }) => caseId),
      [bad, good],
    );
    await assertFails(() => readCase(bad), 'UnsupportedResponse');
    assert.ok((await readCase(good)).found);
  });

  it('B18: a status that Jira has no way to is told, and nothing else is done in its place', async () => {
    const { port, tickets, pair } = createWorld();
    tickets.moved = { status: 'To Do', held: 'no transition leads from "To Do" to "In Review"' };
    const { at } = pair();
    const moved = await port.moveIssue({
      ...at('s'),
      status: 'In Review',
      from: 'Post-incident Activities',
      closes: false,
    });
    assert.deepEqual([moved, tickets.calls], [tickets.moved, ['moveTo In Review']]);
  });

  it('B20: a case that is made of an issue holds nothing that nobody said', async () => {
    const { port, cases, pair } = createWorld();
    await port.createCase(pair().at('case'));
    const [order] = cases.orders;
    assert.deepEqual(
      [
        order?.threatActorIpAddresses,
        order?.impactedAwsRegions,
        order?.impactedServices,
        order?.impactedAccounts,
      ],
      [[], [], [], ['111111111111']],
    );
    assert.deepEqual(order?.watchers, [{ email: 'soc@example.com' }]);
    assert.doesNotMatch(JSON.stringify(order), /1\.2\.3\.4|admin@|TBD|To be added|us-east-1/);
  });

  it('B21: secrets in what people write do not cross', async () => {
    const { port, cases, tickets, pair } = createWorld();
    const { caseId, issueId, at } = pair();
    const secret =
      'https://store.example.com/f?X-Amz-Signature=0123456789abcdef and ATATT3xFfGF0aaaaaaaaaaaaaaaaaaaa';
    for (const [origin, id] of [
      ['case', cases.say(caseId, secret)],
      ['issue', tickets.say(issueId, secret)],
    ] as const)
      await port.copyComment({ ...at(`comment-${id}`), act: 'create', origin, id, copies: [] });
    const copies = [cases.of(caseId).comments.at(-1)?.body, tickets.of(issueId).comments.at(-1)?.body];
    for (const copy of copies) assert.doesNotMatch(copy ?? assert.fail(), /X-Amz|0123456789abcdef|ATATT3/);
  });

  it('B22: a thousand cases that rest cost forty calls, and one that is looked at costs three', async () => {
    const { port, cases, calls } = createWorld();
    for (let count = 0; count < 1_000; count += 1) cases.add();
    const asked: string[] = [];
    for (const verb of ['getCase', 'listComments', 'readTags', 'ownPrincipal'] as const) {
      const run = cases[verb].bind(cases) as (...given: unknown[]) => Promise<never>;
      Object.assign(cases, { [verb]: (...given: unknown[]) => (asked.push(verb), run(...given)) });
    }
    const { listed, calls: made } = await port.sweepCases({ connection, since: '2027-01-01T00:00:00Z' });
    assert.deepEqual([listed, made, calls().length, asked], [1_000, 40, 40, []]);
    await port.readCase({ connection, caseId: '1000000001', fields, withTag: false });
    assert.deepEqual(asked.sort(), ['getCase', 'listComments', 'ownPrincipal']);
  });
});
