import assert from 'node:assert/strict';
import { assertFails } from '../../../support/failing-vendor.ts';
import { startIncidents, twice, type IncidentWorld } from './incident-site.ts';

describe('moves of incident issues on the sandbox', () => {
  let world: IncidentWorld;
  before(async () => (world = await startIncidents()));
  after(() => world.stop());
  const moveTo = (issueId: string, status: string, resolution: string | null = null) =>
    world.tickets.moveTo(issueId, status, { resolution });
  const at = async (issueId: string) => {
    const { status, done, resolution } = await world.tickets.readIssue(issueId, []);
    return { status, done, resolution };
  };
  /** A workflow that this adapter has seen nothing of. */
  const stranger = () => world.ticketsWith({});

  it('goes three hops, and sets the resolution that the last one requires', async () => {
    const issueId = await world.issue();
    const moved = await stranger().moveTo(issueId, 'done', { resolution: "Won't Do" });
    assert.deepEqual(moved, { status: 'Done', held: null });
    assert.deepEqual(await at(issueId), { status: 'Done', done: true, resolution: "Won't Do" });
  });

  it('comes back one hop, and being there is success', async () => {
    const issueId = await world.issue();
    await moveTo(issueId, 'Done');
    assert.deepEqual(await at(issueId), { status: 'Done', done: true, resolution: 'Done' });
    await twice(async () =>
      assert.deepEqual(await moveTo(issueId, 'To Do'), { status: 'To Do', held: null }),
    );
    assert.equal((await at(issueId)).resolution, null);
  });

  it('takes the way back to the first status, not through the end', async () => {
    const issueId = await world.issue();
    await moveTo(issueId, 'In Review');
    assert.deepEqual(await stranger().moveTo(issueId, 'To Do', { resolution: null }), {
      ...{ status: 'To Do', held: null },
    });
    const { values } = (await world.jira.call('GET', `/issue/${issueId}/changelog`, undefined, 'jira-bot'))
      .body as { values: { items: { toString: string }[] }[] };
    assert.deepEqual(
      values.map(({ items }) => items[0]?.toString),
      ['In Progress', 'In Review', 'In Progress', 'To Do'],
    );
  });

  it('holds in words where no way leads, and puts the issue back', async () => {
    const issueId = await world.issue();
    const { status, held } = await stranger().moveTo(issueId, 'Waiting for AWS', { resolution: null });
    assert.equal(status, 'To Do');
    assert.match(held ?? '', /^no transition that we may use leads from "In Review" to "Waiting for AWS"/);
    // the second time the workflow is known, and nothing moves
    const before = (await world.tickets.readIssue(issueId, [])).updatedAt;
    await moveTo(issueId, 'Waiting for AWS');
    const again = await moveTo(issueId, 'Waiting for AWS');
    assert.match(again.held ?? '', /from "To Do"/);
    assert.ok((await world.tickets.readIssue(issueId, [])).updatedAt >= before);
  });

  it('holds with the choices where the resolution is not offered', async () => {
    const issueId = await world.issue();
    await moveTo(issueId, 'In Review');
    const { status, held } = await moveTo(issueId, 'Done', 'Solved');
    assert.equal(status, 'In Review');
    assert.match(held ?? '', /"Close" requires the field "Resolution".*Done, Won't Do, Duplicate$/);
  });

  it('goes on from where a lost answer left the issue', async () => {
    const issueId = await world.issue();
    await world.jira.control('faults', { match: { method: 'POST', path: '/transitions$' }, mode: 'lost' });
    await assertFails(() => moveTo(issueId, 'Done'), 'Unavailable');
    assert.equal((await at(issueId)).status, 'In Progress');
    assert.deepEqual(await moveTo(issueId, 'Done'), { status: 'Done', held: null });
  });

  it('finds its way from where somebody put it meanwhile', async () => {
    const issueId = await world.issue();
    const moved = await world.during(
      { method: 'POST', path: '/transitions$' },
      () => moveTo(issueId, 'Done'),
      () => world.jira.control('force', { as: 'ann', issue: issueId, status: 'In Review' }),
    );
    assert.deepEqual(moved, { status: 'Done', held: null });
  });

  it('holds with Jira’s own words when a move is refused', async () => {
    const issueId = await world.issue();
    const body = { errorMessages: ['A checklist is not finished.'], errors: {} };
    const match = { method: 'POST', path: `/issue/${issueId}/transitions$` };
    await world.jira.control('faults', { match, mode: 'status', status: 400, body });
    const { status, held } = await moveTo(issueId, 'Done');
    assert.equal(status, 'To Do');
    assert.match(held ?? '', /Jira refuses the transition "Start": .*A checklist is not finished\./);
  });

  it('takes a comment along where there is a screen, else lets it follow: one in any case', async () => {
    const issueId = await world.issue();
    for (const [status, count] of [
      ['In Progress', 1],
      ['Done', 2],
      ['Done', 2],
    ] as const) {
      const comment = { body: `Now ${status}.`, property: { key: `closing-${status}`, note: 'status' } };
      await world.tickets.moveTo(issueId, status, { resolution: null, comment });
      const { comments } = await world.tickets.readIssue(issueId, []);
      assert.equal(comments.length, count);
      assert.deepEqual(comments.at(-1)?.property, comment.property);
    }
  });
});
