import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { hashOf } from '../../../activities/incidents/hash.ts';
import { createFailure, failureType, type FailureType } from '../../../workflows/shared/failures.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { ownRole } from './fake-cases.ts';
import { createFakePair, description, routeOfTests, title } from './fake-pair.ts';

const failure = (type: FailureType) => createFailure(type, `it is ${type}`);
const fields = [title, description];
const connection = 'aws-main';
const copyLine = 'Sam in Jira, 2026-11-23 10:00 UTC (comment 10023, part 1 of 1):\nHi';

describe('reading a case', () => {
  it('says hashes, ids and statuses, and no word of anybody', async () => {
    const { port, cases, pair } = createFakePair();
    const { caseId } = pair({ watchers: [{ email: 'Sam@example.com', name: 'Sam Miller' }] });
    cases.say(caseId, 'secret words');
    cases.attach(caseId, 'secret-name.txt', 'secret bytes');
    const side = await port.readCase({ connection, caseId, fields, withTag: false });
    assert.doesNotMatch(JSON.stringify(side), /secret|Leaked|Seen|example\.com|Miller/);
    assert.deepEqual(side.fields, { [title.key]: hashOf('Leaked key'), [description.key]: hashOf('Seen.') });
    assert.deepEqual(
      [side.watchers, side.route, side.issueTag],
      [hashOf(['sam@example.com']), 'default', null],
    );
  });

  it('tells our own words from those of people and of AWS, whatever the session is called', async () => {
    const { port, cases, pair } = createFakePair();
    const { caseId } = pair();
    cases.say(caseId, copyLine, `${ownRole}/worker-7`);
    cases.say(caseId, copyLine, 'arn:aws:sts::111111111111:assumed-role/Lockkeeper-Incidents-2/worker-7');
    cases.say(caseId, '  [internal] stays', 'AWS Responder');
    cases.attach(caseId, 'a', 'x', { creator: `${ownRole}/worker-8` });
    const { comments, attachments } = await port.readCase({ connection, caseId, fields, withTag: false });
    assert.deepEqual(
      comments.map(({ ours, copyOf, internal }) => [ours, copyOf, internal]),
      [
        [true, '10023#1', false],
        // a person may write what a copy says: it is none
        [false, null, false],
        [false, null, true],
      ],
    );
    assert.equal(attachments[0]?.ours, true);
  });

  it('reads the tag when it is asked for, and only then', async () => {
    const { port, cases, pair } = createFakePair();
    const { caseId } = pair();
    cases.of(caseId).tags = { 'lockkeeper:issue': 'aws-main/10001' };
    cases.failing.readTags = [null, failure('Unavailable')];
    const read = (withTag: boolean) => port.readCase({ connection, caseId, fields, withTag });
    assert.equal((await read(true)).issueTag, 'aws-main/10001');
    assert.equal((await read(false)).issueTag, null);
    await assertFails(() => read(true), 'Unavailable');
  });

  it('S-97: a case that is gone is no failure; a lost permission and a failed page are', async () => {
    const { port, cases, pair } = createFakePair();
    const { caseId } = pair();
    const read = (of: string) => port.readCase({ connection, caseId: of, fields, withTag: false });
    assert.equal((await read('1999999999')).found, false);
    for (const type of ['PermissionDenied', 'CredentialRejected', 'Unavailable', 'RateLimited'] as const) {
      cases.failing.getCase = [failure(type)];
      await assertFails(() => read(caseId), type);
      cases.failing.listComments = [failure(type)];
      await assertFails(() => read(caseId), type);
    }
  });

  it('says of its route whether it is severe, and of one without issues none', async () => {
    const severe = { ...routeOfTests, name: 'sev', severe: true, when: { resolverType: ['AWS'] } };
    const silent = {
      ...routeOfTests,
      name: 'lab',
      sync: false,
      when: { impactedAccounts: ['222222222222'] },
    };
    const { port, cases } = createFakePair({ routes: [severe, silent, routeOfTests] });
    const read = async (fieldsOf: object, status: 'Submitted' | 'Closed' = 'Submitted') => {
      const caseId = cases.add({ fields: fieldsOf, status });
      const side = await port.readCase({ connection, caseId, fields, withTag: false });
      return [side.route, side.severe, (await port.readSeverity({ connection, caseId })).severe];
    };
    assert.deepEqual(await read({ resolverType: 'AWS' }), ['sev', true, true]);
    assert.deepEqual(await read({ resolverType: 'AWS' }, 'Closed'), ['sev', true, false]);
    assert.deepEqual(await read({ impactedAccounts: ['222222222222'] }), ['', false, false]);
    assert.deepEqual(await read({}), ['default', false, false]);
    assert.deepEqual(await port.readSeverity({ connection, caseId: '1999999999' }), { severe: false });
    cases.failing.getCase = [failure('PermissionDenied')];
    await assertFails(() => port.readSeverity({ connection, caseId: '1999999999' }), 'PermissionDenied');
  });
});

describe('reading an issue', () => {
  const read = (world: ReturnType<typeof createFakePair>, issueId: string) =>
    world.port.readIssue({ connection, issueId, fields });

  it('says hashes in the case’s words, so that equal values are equal', async () => {
    const world = createFakePair();
    const { caseId, issueId } = world.pair();
    world.tickets.say(issueId, 'secret words');
    const [one, issue] = [
      await world.port.readCase({ connection, caseId, fields, withTag: false }),
      await read(world, issueId),
    ];
    assert.deepEqual(issue.fields, one.fields);
    assert.doesNotMatch(JSON.stringify(issue), /secret|Leaked|Miller/);
  });

  it('leaves out fields that the project lacks, which are not empty ones', async () => {
    const world = createFakePair();
    const { issueId } = world.pair({}, { fields: { description: null } });
    const { summary: _gone, ...left } = world.tickets.of(issueId).fields;
    world.tickets.change(issueId, { fields: left });
    assert.deepEqual((await read(world, issueId)).fields, { [description.key]: hashOf('') });
  });

  it('leaves out what we told people, and tells copies from comments', async () => {
    const world = createFakePair();
    const { issueId } = world.pair();
    const say = (own: Parameters<typeof world.tickets.say>[2]) => world.tickets.say(issueId, 'x', own);
    say({ byBot: true, property: { key: 'k', note: 'facts' } });
    say({ byBot: true, property: { key: 'k', copyOf: '100001#1' } });
    say({ property: { key: 'k', copyOf: '100001#1' } });
    say({ restricted: true });
    assert.deepEqual(
      (await read(world, issueId)).comments.map(({ ours, copyOf, internal }) => [ours, copyOf, internal]),
      [
        [true, '100001#1', false],
        [false, null, false],
        [false, null, true],
      ],
    );
  });

  for (const [what, hidden, gone] of [
    ['where every project is there: deleted', [], 'deleted'],
    ['where its project is hidden: not visible', ['INC'], 'invisible'],
    ['where a route’s project is hidden: not visible', ['VIP'], 'invisible'],
    ['where a project without issues of ours is hidden: deleted', ['LAB'], 'deleted'],
  ] as const)
    it(`S-97: Jira’s 404, ${what}`, async () => {
      const routes = [
        { ...routeOfTests, name: 'vip', project: 'VIP', when: { resolverType: ['AWS'] } },
        { ...routeOfTests, name: 'lab', project: 'LAB', sync: false, when: { resolverType: ['Self'] } },
        routeOfTests,
      ];
      const world = createFakePair({ routes });
      for (const project of hidden) world.tickets.hidden.add(project);
      const side = await read(world, '99');
      assert.deepEqual([side.found, side.gone], [false, gone]);
    });

  it('S-97: nothing is taken for deleted while that cannot be asked, or for any other refusal', async () => {
    const world = createFakePair();
    world.tickets.failing.canBrowse = [failure('Unavailable')];
    await assertFails(() => read(world, '99'), 'Unavailable');
    world.tickets.failing.readIssue = [failure('PermissionDenied')];
    await assertFails(() => read(world, '99'), 'PermissionDenied');
  });
});

describe('the sweep', () => {
  it('reads every page, counts, and names what changed since', async () => {
    const { port, cases } = createFakePair();
    const ids = Array.from({ length: 60 }, (_, index) =>
      cases.add({
        status: index % 3 === 0 ? 'Closed' : 'Submitted',
        updatedAt: index === 59 ? '2026-11-24T00:00:00Z' : '2026-11-23T00:00:00Z',
      }),
    );
    const first = await port.sweepCases({ connection, since: null });
    assert.deepEqual([first.listed, first.open, first.changed.length, first.calls], [60, 40, 40, 3]);
    const later = await port.sweepCases({ connection, since: '2026-11-24T00:00:00.000Z' });
    assert.deepEqual(
      later.changed.map(({ caseId }) => caseId),
      [ids[59]],
    );
  });

  it('S-42, B1: names a case that was closed between two looks', async () => {
    const { port, cases } = createFakePair();
    const caseId = cases.add({ status: 'Closed', updatedAt: '2026-11-24T00:00:00Z' });
    const { changed } = await port.sweepCases({ connection, since: '2026-11-23T00:00:00Z' });
    assert.deepEqual(changed, [{ caseId, updatedAt: '2026-11-24T00:00:00Z', closed: true }]);
  });

  it('concludes nothing from a part: a page that fails fails it all, after a heartbeat for each', async () => {
    const { port, cases } = createFakePair();
    for (let count = 0; count < 60; count += 1) cases.add();
    cases.failing.listCases = [null, null, failure('RateLimited')];
    const env = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const beats: unknown[] = [];
    env.on('heartbeat', (details: unknown) => beats.push(details));
    const error = await env
      .run(() => port.sweepCases({ connection, since: null }))
      .then(
        () => assert.fail('it succeeded'),
        (one: unknown) => one,
      );
    assert.deepEqual([failureType(error), beats], ['RateLimited', [{ listed: 25 }, { listed: 50 }]]);
  });

  it('names issues with what the door decides by', async () => {
    const { port, tickets } = createFakePair();
    const mark = { connection, caseId: '1999999999', workflowId: 'x' };
    const row = { key: 'INC-1', labels: [], updatedAt: '2026-11-24T00:00:00Z', reporterIsBot: false };
    tickets.changed = [
      { ...row, issueId: '1', mark, issueType: 'Incident' },
      { ...row, issueId: '2', mark: null, issueType: 'Incident' },
      { ...row, issueId: '3', mark: null, issueType: 'Task' },
    ];
    const { issues } = await port.sweepIssues({ connection, changedWithinMinutes: 10 });
    assert.deepEqual(
      issues.map(({ issueId, caseId, notEligible }) => [issueId, caseId, notEligible]),
      [
        ['1', '1999999999', null],
        ['2', null, null],
        ['3', null, 'no cases are made of Task'],
      ],
    );
  });
});
