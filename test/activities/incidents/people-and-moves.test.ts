import assert from 'node:assert/strict';
import { hashOf } from '../../../activities/incidents/hash.ts';
import type { CaseStatus } from '../../../workflows/incident-sync/sides.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { createFakePair, type FakePair } from './fake-pair.ts';

const person = (email: string) => ({ email, name: null });
const account = (email: string | null) => ({ accountId: `of-${email}`, email });

describe('watchers', () => {
  let world: FakePair;
  beforeEach(() => (world = createFakePair()));
  const watching = ({ caseId, issueId }: { caseId: string; issueId: string }) => ({
    ofCase: world.cases.of(caseId).one.watchers.map(({ email }) => email),
    ofIssue: world.tickets.of(issueId).watchers.map(({ email }) => email),
  });

  it('are added to the issue by their e-mail, and counted where nobody has it', async () => {
    const pair = world.pair(
      { watchers: ['Sam@example.com', 'ida@example.com', 'gone@example.com'].map(person) },
      { watchers: [account('sam@EXAMPLE.com'), account(null)] },
    );
    world.tickets.accounts.add('ida@example.com');
    const result = await world.port.addWatchers({ ...pair.at('watchers'), to: 'issue' });
    assert.deepEqual(world.tickets.calls, ['addWatchers ida@example.com,gone@example.com']);
    assert.deepEqual([result.added, result.unknown], [1, 1]);
    assert.equal(result.issue, hashOf(['sam@example.com', 'ida@example.com']));
  });

  it('are added to the case, exactly, and never twice', async () => {
    const pair = world.pair(
      { watchers: [person('sam@example.com')] },
      { watchers: ['Sam@example.com', 'sam@example.org', 'ida@example.com', null].map(account) },
    );
    const first = await world.port.addWatchers({ ...pair.at('watchers'), to: 'case' });
    assert.deepEqual(watching(pair).ofCase, ['sam@example.com', 'sam@example.org', 'ida@example.com']);
    assert.deepEqual([first.added, first.unknown], [2, 0]);
    const again = await world.port.addWatchers({ ...pair.at('watchers'), to: 'case' });
    assert.deepEqual([again.added, again.case], [0, first.case]);
    assert.equal(world.cases.calls.length, 1);
  });

  it('are never taken off on either side', async () => {
    const pair = world.pair(
      { watchers: [person('sam@example.com')] },
      { watchers: [account('ida@example.com')] },
    );
    for (const to of ['issue', 'case'] as const) await world.port.addWatchers({ ...pair.at(to), to });
    world.tickets.accounts.add('sam@example.com');
    assert.deepEqual(watching(pair), {
      ofCase: ['sam@example.com', 'ida@example.com'],
      ofIssue: ['ida@example.com'],
    });
  });

  for (const [there, coming, added] of [
    [29, 3, 1],
    [30, 2, 0],
    [0, 40, 30],
  ] as const)
    it(`of a case are 30 at most: of ${coming} to ${there}, ${added}`, async () => {
      const many = (count: number, domain: string) =>
        Array.from({ length: count }, (_, index) => `${index}@${domain}.example.com`);
      const pair = world.pair(
        { watchers: many(there, 'aws').map(person) },
        { watchers: many(coming, 'jira').map(account) },
      );
      const result = await world.port.addWatchers({ ...pair.at('watchers'), to: 'case' });
      assert.deepEqual([result.added, result.unknown], [added, coming - added]);
      assert.equal(watching(pair).ofCase.length, there + added);
      assert.equal(result.case, hashOf(watching(pair).ofCase));
    });

  it('ask for nothing where nobody is missing', async () => {
    const pair = world.pair(
      { watchers: [person('sam@example.com')] },
      { watchers: [account('sam@example.com')] },
    );
    for (const to of ['issue', 'case'] as const) await world.port.addWatchers({ ...pair.at(to), to });
    assert.deepEqual([world.cases.calls, world.tickets.calls], [[], []]);
  });
});

describe('moving a case', () => {
  const analysis = 'Detection and Analysis';
  const review = 'Post-incident Activities';
  let world: FakePair;
  beforeEach(() => (world = createFakePair()));
  const move = async (status: CaseStatus, path: readonly CaseStatus[]) => {
    const pair = world.pair({ status });
    const moved = await world.port.moveCase({ ...pair.at('case-status'), path });
    return { ...moved, stored: world.cases.of(pair.caseId).one.status };
  };

  const table: readonly [string, CaseStatus, CaseStatus[], string[]][] = [
    ['one hop', 'Submitted', [analysis], [`updateStatus ${analysis}`]],
    [
      'several hops',
      'Submitted',
      [analysis, review, 'Closed'],
      [`updateStatus ${analysis}`, `updateStatus ${review}`, 'closeCase'],
    ],
    ['the rest, after a lost answer', analysis, [analysis, review], [`updateStatus ${review}`]],
    ['nothing, where it is there', 'Closed', [analysis, 'Closed'], []],
    ['no way', 'Submitted', [], []],
  ];
  for (const [what, status, path, calls] of table)
    it(`makes ${what}`, async () => {
      const { held, stored, status: at } = await move(status, path);
      assert.deepEqual([world.cases.calls, held, at], [calls, null, stored]);
      assert.equal(stored, path.at(-1) ?? status);
    });

  for (const type of ['Conflict', 'InvalidInput'] as const)
    it(`stops where AWS refuses (${type}), and says where it is`, async () => {
      world.cases.failing.updateStatus = [null, createFailure(type, 'no')];
      const { held, stored, status } = await move('Submitted', [analysis, review, 'Closed']);
      assert.deepEqual([status, stored], [analysis, analysis]);
      assert.equal(held, `AWS does not move it from ${analysis} to ${review}`);
      assert.ok(!world.cases.calls.includes('closeCase'));
    });

  for (const type of ['Unavailable', 'PermissionDenied', 'RateLimited'] as const)
    it(`fails as such for ${type}: that is no answer of the graph`, async () => {
      world.cases.failing.updateStatus = [createFailure(type, 'no')];
      await assertFails(() => move('Submitted', [analysis]), type);
    });
});

describe('moving an issue', () => {
  const given = { from: 'Closed' as const, status: 'Done' };

  it('closes with a resolution, and moves without one', async () => {
    const world = createFakePair();
    const pair = world.pair();
    await world.port.moveIssue({ ...pair.at('s'), ...given, closes: true });
    await world.port.moveIssue({ ...pair.at('s'), ...given, status: 'In Progress', closes: false });
    assert.deepEqual(world.tickets.calls, ['moveTo Done Done', 'moveTo In Progress']);
  });

  it('tells why Jira leaves it where it is', async () => {
    const world = createFakePair();
    const pair = world.pair();
    world.tickets.moved = { status: 'To Do', held: 'no transition leads there' };
    assert.deepEqual(
      await world.port.moveIssue({ ...pair.at('s'), ...given, closes: true }),
      world.tickets.moved,
    );
  });
});
