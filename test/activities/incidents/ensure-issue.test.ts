import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { ensureIssue } from '../../../activities/incidents/ensure-issue.ts';
import { labelOf } from '../../../activities/incidents/parts.ts';
import { createFailure, failureType, type FailureType } from '../../../workflows/shared/failures.ts';
import { createFakePair, routeOfTests } from './fake-pair.ts';

const failure = (type: FailureType) => createFailure(type, `it is ${type}`);
/** Three minutes and a quarter in all. */
const allLooks = [5_000, 10_000, 20_000, 40_000, 60_000, 60_000];

function createWorld(own: Parameters<typeof createFakePair>[0] = {}) {
  const fake = createFakePair(own);
  const { cases, tickets, parts } = fake;
  const caseId = cases.add();
  const workflowId = `incident:aws-main:${caseId}`;
  const waits: number[] = [];
  const world = {
    ...{ ...fake, caseId, waits },
    /** What Jira does while somebody waits. */
    whileWaiting: undefined as (() => void) | undefined,
    /** @param repeat what the attempt before has heartbeaten, if this is not the first */
    run: async (repeat?: { readonly details?: unknown }) => {
      const info = repeat ? { attempt: 2, heartbeatDetails: repeat.details } : { attempt: 1 };
      const env = new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });
      const beats: unknown[] = [];
      env.on('heartbeat', (details: unknown) => beats.push(details));
      const pause = async (ms: number) => {
        waits.push(ms);
        world.whileWaiting?.();
      };
      const input = { connection: 'aws-main', caseId, workflowId, key: `${workflowId}/run/issue` };
      return env
        .run(() => ensureIssue(parts, input, pause))
        .then((result) => ({
          result: result as Awaited<ReturnType<typeof ensureIssue>>,
          error: undefined,
          beats,
        }))
        .catch((error: unknown) => ({ result: undefined, error, beats }));
    },
    issues: () => [...tickets.stored.values()].map(({ issue }) => issue),
    ours: (own: Parameters<typeof tickets.add>[0] = {}) =>
      tickets.add({
        ...{ labels: [labelOf('aws-main', caseId)], reporterIsBot: true },
        ...{ mark: { connection: 'aws-main', caseId, workflowId }, ...own },
      }),
  };
  return world;
}

describe('one issue for each case', () => {
  it('is made with its label and property, and told the facts', async () => {
    const { run, tickets, issues, caseId, waits } = createWorld();
    const { result } = await run();
    const [issue] = issues();
    assert.deepEqual(result, { issueId: issue?.issueId, issueKey: issue?.key, created: true });
    const { label, mark, summary, fields } = tickets.orders[0] ?? assert.fail();
    assert.deepEqual(
      [label, mark.caseId, summary, fields],
      [labelOf('aws-main', caseId), caseId, 'Leaked key', {}],
    );
    const notes = tickets.notesOf(issue?.issueId ?? '');
    assert.ok(notes.length === 1 && notes[0]?.includes(`case ${caseId}`));
    assert.deepEqual(waits, []);
  });

  it('is found again, the oldest of several', async () => {
    const { run, ours, issues, waits } = createWorld();
    const [oldest] = [ours(), ours()];
    const { result } = await run();
    assert.deepEqual([result?.issueId, result?.created, issues().length, waits], [oldest, false, 2, []]);
  });

  it('is not what somebody else’s property says', async () => {
    const { run, ours, caseId, issues } = createWorld();
    ours({ mark: { connection: 'aws-other', caseId, workflowId: 'x' } });
    ours({ mark: { connection: 'aws-main', caseId: '1999999999', workflowId: 'x' } });
    const { result } = await run();
    assert.deepEqual([result?.created, issues().length], [true, 3]);
  });

  it('is adopted when the answer of its making was lost, as soon as the search shows it', async () => {
    const world = createWorld();
    world.tickets.lost.add('createIssue');
    const put = world.tickets.createIssue.bind(world.tickets);
    world.tickets.createIssue = (order) => {
      const made = put(order);
      world.issues().forEach(({ issueId }) => world.tickets.notIndexed.add(issueId));
      return made;
    };
    world.whileWaiting = () => void (world.waits.length === 3 && world.tickets.notIndexed.clear());
    const { result } = await world.run();
    assert.deepEqual(
      [world.issues().length, result?.created, world.waits],
      [1, false, [5_000, 10_000, 20_000]],
    );
    assert.equal(world.tickets.notesOf(result?.issueId ?? '').length, 1);
  });

  it('is looked for before a repeat makes another, and told the facts that it was not told', async () => {
    const { run, ours, tickets, issues, waits } = createWorld();
    const there = ours();
    const { result } = await run({});
    assert.deepEqual([result?.issueId, issues().length, waits], [there, 1, []]);
    assert.equal(tickets.notesOf(there).length, 1);
    await run({});
    assert.equal(tickets.notesOf(there).length, 1);
  });

  for (const [what, details, looks] of [
    ['nobody knows what the attempt before did', undefined, allLooks],
    ['it said something else', { listed: 3 }, allLooks],
    ['it said that it had asked', { asked: true }, allLooks],
    ['it said that it had asked for nothing', { asked: false }, []],
  ] as const)
    it(`a repeat waits for the search as long as it may be late: ${what}`, async () => {
      const { run, waits, issues } = createWorld();
      await run({ details });
      assert.deepEqual([waits, issues().length], [looks, 1]);
    });

  for (const verb of ['findMarked', 'getCase'] as const)
    it(`an attempt that fails before it asks says so (${verb}), and a repeat of it says it again`, async () => {
      const { run, cases, tickets, waits } = createWorld();
      for (const attempt of [undefined, { details: { asked: false } }]) {
        if (verb === 'getCase') cases.failing.getCase = [failure('Unavailable')];
        else tickets.failing.findMarked = [failure('Unavailable')];
        const { error, beats } = await run(attempt);
        assert.deepEqual([failureType(error), beats], ['Unavailable', [{ asked: false }]]);
      }
      assert.deepEqual(waits, []);
    });

  it('an attempt that does not know says nothing, whatever fails', async () => {
    const { run, tickets } = createWorld();
    tickets.failing.findMarked = [failure('Unavailable')];
    assert.deepEqual((await run({})).beats, []);
    tickets.failing.createIssue = [failure('Unavailable')];
    assert.deepEqual((await run()).beats, []);
  });

  for (const type of ['Unavailable', 'Unknown', 'UnsupportedResponse'] as const)
    it(`what ${type} left is looked for; nothing there fails as such`, async () => {
      const { run, tickets, waits, issues } = createWorld();
      tickets.failing.createIssue = [failure(type)];
      const { error } = await run();
      assert.deepEqual([failureType(error), waits, issues().length], [type, allLooks, 0]);
    });

  for (const type of ['InvalidInput', 'PermissionDenied', 'RateLimited', 'CredentialRejected'] as const)
    it(`of ${type} it is known that nothing was made`, async () => {
      const { run, tickets, waits } = createWorld();
      tickets.failing.createIssue = [failure(type)];
      const { error } = await run();
      assert.deepEqual([failureType(error), waits], [type, []]);
    });

  it('is not made where the route gives none', async () => {
    const { run, issues } = createWorld({ routes: [{ ...routeOfTests, name: 'lab', sync: false }] });
    const { error } = await run();
    assert.deepEqual([failureType(error), issues()], ['PolicyViolation', []]);
  });

  it('has a summary even where the case has no title', async () => {
    const { run, cases, caseId, tickets } = createWorld();
    cases.change(caseId, { fields: { ...cases.of(caseId).one.fields, title: '' } });
    await run();
    assert.equal(tickets.orders[0]?.summary, `AWS case ${caseId}`);
  });
});
