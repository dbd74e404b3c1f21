import assert from 'node:assert/strict';
import type { Side } from '../../../workflows/incident-sync/sides.ts';
import { isStatusAgreed } from '../../../workflows/incident-sync/status.ts';
import type { Plan } from '../../../workflows/incident-sync/steps.ts';
import { deliver, sweep, type Run } from './world-run.ts';
import { partsOf } from './world-steps.ts';
import { readCase, readIssue, worldPolicy, type Remark, type World } from './world.ts';

const isClosed = (world: World) => world.case.status === 'Closed';

/** Of fields that travel both ways. */
function assertFields(world: World): void {
  if (isClosed(world)) return;
  const [one, issue] = [readCase(world), readIssue(world)];
  for (const { key } of worldPolicy.fields.filter(({ direction }) => direction === 'both')) {
    // Jira cuts a title off
    const whole = one.fields[key] ?? '';
    assert.ok(
      whole === issue.fields[key] || (key === 'title' && whole.startsWith(issue.fields[key] ?? '-')),
      key,
    );
  }
}

function assertCopies(world: World, run: Run, origin: Side, original: Remark): void {
  const there = world[origin === 'case' ? 'issue' : 'case'].comments;
  const copies = there.filter(({ copyOf }) => copyOf?.startsWith(`${original.id}#`));
  const parts = copies.map(({ copyOf }) => copyOf);
  assert.equal(new Set(parts).size, parts.length, `a second copy of ${original.id}`);
  if (original.internal || world.unwanted.has(original.id) || (origin === 'issue' && isClosed(world))) return;
  const texts = copies.map(({ text }) => text).filter((text) => text !== '');
  assert.deepEqual(texts, partsOf(original), `copy of ${original.id}`);
  assert.ok(run.link.comments.some(({ id }) => id === original.id));
}

function assertComments(world: World, run: Run): void {
  for (const side of ['case', 'issue'] as const)
    for (const remark of world[side].comments) {
      if (!remark.ours) assertCopies(world, run, side, remark);
      else assert.ok(remark.copyOf, 'ours, and a copy of nothing');
    }
  // deleted in Jira: its copies say so
  const there = new Set(world.issue.comments.map(({ id }) => id));
  for (const { text, copyOf } of world.case.comments) {
    const id = copyOf?.slice(0, copyOf.lastIndexOf('#'));
    if (id !== undefined && !there.has(id) && !isClosed(world)) assert.equal(text, 'deleted');
  }
}

function assertFiles(world: World): void {
  for (const side of ['case', 'issue'] as const) {
    const there = world[side === 'case' ? 'issue' : 'case'].attachments;
    for (const { content, ours, status } of world[side].attachments) {
      const same = there.filter((one) => one.content === content);
      assert.ok(same.filter((one) => one.ours).length <= 1, `${content} was copied twice`);
      const mustTravel = !ours && status === 'Verified' && !(side === 'issue' && isClosed(world));
      if (mustTravel) assert.ok(same.length > 0, `${content} of the ${side} is missing`);
    }
  }
}

function assertWatchers(world: World): void {
  for (const one of world.case.watchers) assert.ok(one.startsWith('x') || world.issue.watchers.has(one));
  if (isClosed(world)) return;
  for (const one of world.issue.watchers) assert.ok(one.startsWith('x') || world.case.watchers.has(one));
}

/** They say the same, or it is shown that they do not. */
function assertStatus(world: World, { hold, reopened }: Plan): void {
  const isAgreed = isStatusAgreed(worldPolicy, readCase(world), readIssue(world));
  assert.equal(isAgreed, hold === null && !reopened);
}

/** Twenty intervals of nothing: ping-pong leaves nothing to do. */
function assertRest(world: World, run: Run): void {
  const { link } = run;
  for (let interval = 0; interval < 20; interval += 1) {
    const plan = deliver(world, run);
    assert.deepEqual(plan.steps, []);
    assertStatus(world, plan);
  }
  assert.equal(run.link, link, 'a link that changed without a cause');
}

/** What holds at the end of every story. */
export function assertSettled(world: World, run: Run, answer: Side): void {
  assert.ok(sweep(world, run, answer) <= 8);
  assertFields(world);
  assertComments(world, run);
  assertFiles(world);
  assertWatchers(world);
  assertRest(world, run);
}
