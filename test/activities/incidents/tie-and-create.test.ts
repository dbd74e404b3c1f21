import assert from 'node:assert/strict';
import type { IntakeRules } from '../../../activities/incidents/parts.ts';
import type { IncidentIssue } from '../../../activities/jira/incidents/port.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { createFakePair, description, intakeOfTests, mapped, title } from './fake-pair.ts';

describe('tying an issue to a case', () => {
  it('writes the tag first and the property last, each once (B2, B3)', async () => {
    const { port, cases, tickets, pair } = createFakePair();
    const { workflowId, caseId, issueId, at } = pair();
    const order: string[] = [];
    const [tag, setMark] = [cases.tag.bind(cases), tickets.setMark.bind(tickets)];
    cases.tag = (...given) => (order.push('tag'), tag(...given));
    tickets.setMark = (...given) => (order.push('mark'), setMark(...given));
    const first = await port.tieIssue({ ...at('tie'), workflowId });
    assert.deepEqual([first.wasTied, order], [false, ['tag', 'mark']]);
    assert.deepEqual(cases.of(caseId).tags, { 'lockkeeper:issue': `aws-main/${issueId}` });
    assert.deepEqual(tickets.of(issueId).mark, { workflowId, connection: 'aws-main', caseId });
    const again = await port.tieIssue({ ...at('tie'), workflowId });
    assert.deepEqual([again.wasTied, order.filter((one) => one === 'tag').length], [true, 1]);
    assert.equal(tickets.of(issueId).labels.length, 1);
  });

  for (const mark of [
    { connection: 'aws-main', caseId: '1999999999', workflowId: 'x' },
    { connection: 'aws-other', caseId: '1000000001', workflowId: 'x' },
  ])
    it(`leaves another case’s issue alone: ${mark.caseId} of ${mark.connection}`, async () => {
      const { port, cases, tickets, pair } = createFakePair();
      const { workflowId, at } = pair({}, { mark });
      await assertFails(() => port.tieIssue({ ...at('tie'), workflowId }), 'Conflict');
      assert.deepEqual([cases.calls, tickets.calls], [[], []]);
    });

  it('of a closed case needs no tag, which AWS would refuse', async () => {
    const { port, cases, tickets, pair } = createFakePair();
    const { workflowId, issueId, at } = pair({ status: 'Closed' });
    await port.tieIssue({ ...at('tie'), workflowId });
    assert.deepEqual([cases.calls, tickets.of(issueId).mark?.workflowId], [[], workflowId]);
  });

  it('ends without a trace, twice if need be, whatever is gone', async () => {
    const { port, cases, tickets, pair } = createFakePair();
    const { workflowId, caseId, issueId, at } = pair();
    await port.tieIssue({ ...at('tie'), workflowId });
    await port.untieIssue({ ...at('untie'), keepTag: true });
    assert.deepEqual([tickets.of(issueId).mark, tickets.of(issueId).labels], [null, []]);
    assert.equal(cases.of(caseId).tags['lockkeeper:issue'], `aws-main/${issueId}`);
    await port.untieIssue(at('untie'));
    assert.deepEqual(cases.of(caseId).tags, {});
    tickets.stored.clear();
    cases.stored.clear();
    await port.untieIssue(at('untie'));
    tickets.failing.removeMark = [createFailure('PermissionDenied', 'no')];
    await assertFails(() => port.untieIssue(at('untie')), 'PermissionDenied');
  });
});

describe('whether a case is made of an issue', () => {
  const labelled = { ...intakeOfTests, labels: ['soc', 'ir'] };
  const table: readonly [string, IntakeRules | null, Partial<IncidentIssue>, RegExp | null][] = [
    ['a new one', intakeOfTests, {}, null],
    ['no intake', null, {}, /makes no cases/],
    ['another project', intakeOfTests, { project: 'OPS' }, /in OPS, not in INC/],
    ['another type', intakeOfTests, { issueType: 'Task' }, /of Task/],
    ['none of the labels', labelled, { labels: ['other'] }, /labels soc, ir/],
    ['one of the labels', labelled, { labels: ['other', 'ir'] }, null],
    ['B3: one that Lockkeeper made', intakeOfTests, { reporterIsBot: true }, /Lockkeeper made it/],
    ['one that is done', intakeOfTests, { done: true }, /is done/],
  ];
  for (const [what, intake, own, expected] of table)
    it(`${what}: ${expected ? 'no' : 'yes'}`, async () => {
      const { port, cases, pair } = createFakePair({ intake });
      const { issueId, at } = pair({}, own);
      const tie = await port.readIssueTie({ connection: 'aws-main', issueId });
      assert.deepEqual([tie.found, tie.caseId], [true, null]);
      if (expected) assert.match(tie.notEligible ?? '', expected);
      else assert.equal(tie.notEligible, null);
      const create = () => port.createCase(at('case'));
      if (expected) await assertFails(create, 'PolicyViolation');
      else await create();
      assert.equal(cases.orders.length, expected ? 0 : 1);
    });

  it('an issue that has its case says so; another connection’s does not', async () => {
    const { port, pair } = createFakePair();
    const mark = { connection: 'aws-main', caseId: '1999999999', workflowId: 'x' };
    const own = pair({}, { mark });
    const other = pair({}, { mark: { ...mark, connection: 'aws-other' } });
    const caseOf = async (issueId: string) =>
      (await port.readIssueTie({ connection: 'aws-main', issueId })).caseId;
    assert.deepEqual([await caseOf(own.issueId), await caseOf(other.issueId)], ['1999999999', null]);
  });

  it('an issue that is gone is told from one that cannot be read', async () => {
    const { port, tickets } = createFakePair();
    const tie = await port.readIssueTie({ connection: 'aws-main', issueId: '99' });
    assert.deepEqual([tie.found, tie.notEligible], [false, 'Jira has no such issue']);
    tickets.failing.readIssue = [createFailure('PermissionDenied', 'no')];
    await assertFails(() => port.readIssueTie({ connection: 'aws-main', issueId: '99' }), 'PermissionDenied');
  });
});

describe('a case of an issue', () => {
  it('names its issue from the first moment, and is one however often it is asked for (B2)', async () => {
    const { port, cases, pair } = createFakePair();
    const { issueId, at } = pair();
    cases.lost.add('createCase');
    await assertFails(() => port.createCase(at('case')), 'Unavailable');
    const { caseId } = await port.createCase(at('case'));
    const [first, second] = cases.orders;
    assert.deepEqual([first?.clientToken.length, first?.clientToken], [64, second?.clientToken]);
    assert.deepEqual(cases.of(caseId).tags, { 'lockkeeper:issue': `aws-main/${issueId}` });
    assert.equal(cases.stored.size, 2);
    assert.notEqual((await port.createCase(at('other'))).caseId, caseId);
  });

  it('has the issue’s values where they are mapped, and the configured ones elsewhere', async () => {
    const fields = [
      ...[title, description, mapped('impactedAccounts', 'Accounts')],
      mapped('engagementType', 'Kind', { values: { Investigation: 'Hunt' } }),
      mapped('impactedAwsRegions', 'Regions', { direction: 'to-issue' }),
      mapped('threatActorIpAddresses', 'Actors'),
    ];
    const intake = {
      ...intakeOfTests,
      impactedAwsRegions: ['eu-central-1'],
      impactedServices: ['Amazon S3'],
    };
    const { port, cases, pair } = createFakePair({ fields, intake });
    const given = { Accounts: ['222222222222'], Kind: 'Hunt', Regions: 'us-west-2', Actors: '203.0.113.9' };
    await port.createCase(pair({}, { fields: given }).at('case'));
    const { clientToken: _token, tags: _tags, ...order } = cases.orders[0] ?? assert.fail();
    assert.deepEqual(order, {
      ...{ title: 'Leaked key', description: 'Seen.', engagementType: 'Investigation', resolverType: 'Self' },
      ...{ reportedIncidentStartDate: '2026-11-23T10:00:00.000Z', impactedAccounts: ['222222222222'] },
      ...{ impactedAwsRegions: ['eu-central-1'], impactedServices: ['Amazon S3'] },
      ...{ threatActorIpAddresses: ['203.0.113.9'], watchers: [{ email: 'soc@example.com' }] },
    });
  });

  it('B20: makes nothing up: what AWS must be told and nobody said is named, and no case is made', async () => {
    const intake = { ...intakeOfTests, impactedAccounts: [], watchers: [] };
    const { port, cases, pair } = createFakePair({ intake });
    const { at } = pair({}, { fields: { summary: '  ', description: '' } });
    const failure = await assertFails(() => port.createCase(at('case')), 'InvalidInput');
    assert.match(failure.message, /must be told summary, impactedAccounts, watchers/);
    assert.deepEqual(cases.orders, []);
  });

  it('B12: without a description says of which issue it is', async () => {
    for (const text of ['', ' \n', null]) {
      const { port, cases, pair } = createFakePair();
      const { at, issueId } = pair({}, { fields: { description: text } });
      await port.createCase(at('case'));
      assert.equal(
        cases.orders[0]?.description,
        `Reported as Jira issue INC-${issueId}, without a description.`,
      );
    }
  });

  it('B13: is cut to what AWS takes', async () => {
    const { port, cases, pair } = createFakePair({ fields: [] });
    const fields = { summary: 'x'.repeat(400), description: 'y'.repeat(9_000) };
    await port.createCase(pair({}, { fields }).at('case'));
    const [order] = cases.orders;
    assert.deepEqual([order?.title.length, order?.description.length], [300, 8_000]);
  });

  it('is made again of a reopened issue, even of one that Lockkeeper made', async () => {
    const { port, cases, pair } = createFakePair();
    const { at } = pair({}, { reporterIsBot: true });
    await port.createCase({ ...at('case-again'), again: true });
    assert.equal(cases.orders.length, 1);
  });
});
