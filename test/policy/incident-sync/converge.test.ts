import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isStatusAgreed } from '../../../workflows/incident-sync/status.ts';
import type { Plan } from '../../../workflows/incident-sync/steps.ts';
import type { Side } from '../../../workflows/incident-sync/sides.ts';
import { deedKinds, doDeed, type Deed } from './people.ts';
import { createCounterpart, createRun, deliver, sweep, type Run } from './world-run.ts';
import { partsOf, type Outcome } from './world-steps.ts';
import { createWorld, readCase, readIssue, worldPolicy, type Remark, type World } from './world.ts';

/** A person does something; or a delivery comes, with its faults; or the base is lost, and built again from what is there. */
type Happening =
  | { readonly deed: Deed }
  | { readonly outcomes: readonly Outcome[]; readonly meanwhile: readonly (Deed | null)[] }
  | 'all is lost';

const deed = fc.tuple(fc.constantFrom(...deedKinds), fc.nat(11), fc.nat(7));
const done = fc.record({ deed });
const delivered = fc.record({
  outcomes: fc.array(fc.constantFrom<Outcome[]>('ok', 'ok', 'before', 'half', 'after'), { maxLength: 6 }),
  meanwhile: fc.array(fc.option(deed, { freq: 2 }), { maxLength: 4 }),
});
const lost = fc.constant('all is lost' as const);
/** Lost deliveries are those that never come; the sweep at the end makes good for them. */
const story = fc.array(fc.oneof({ weight: 5, arbitrary: done }, { weight: 4, arbitrary: delivered }), {
  maxLength: 24,
});
const storyWithLosses = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: done },
    { weight: 4, arbitrary: delivered },
    { weight: 1, arbitrary: lost },
  ),
  { maxLength: 24 },
);

function happen(world: World, run: Run, one: Happening): void {
  if (one === 'all is lost') Object.assign(run, createRun(world));
  else if ('deed' in one) doDeed(world, one.deed);
  else
    deliver(world, run, {
      outcomes: one.outcomes,
      meanwhile: one.meanwhile.map((it) => () => it && doDeed(world, it)),
    });
}

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

function assertSettled(world: World, run: Run, answer: Side): void {
  assert.ok(sweep(world, run, answer) <= 8);
  assertFields(world);
  assertComments(world, run);
  assertFiles(world);
  assertWatchers(world);
  assertRest(world, run);
}

describe('both sides of a link', () => {
  const answer = fc.constantFrom<Side[]>('case', 'issue');
  // the same stories each time: a failure is found again
  const settings = { numRuns: Number(process.env['RUNS'] ?? 300), seed: Number(process.env['SEED'] ?? 7) };

  function tell(
    origin: Side | null,
    before: readonly Deed[],
    all: readonly Happening[],
    winner: Side,
  ): World {
    const world = createWorld();
    for (const one of before) doDeed(world, one);
    const run = origin ? createCounterpart(world, origin) : createRun(world);
    for (const one of all) happen(world, run, one);
    assertSettled(world, run, winner);
    return world;
  }

  it('come to say the same, whatever people do and calls come to, with nothing twice and nothing lost', () => {
    const told = fc.property(story, answer, (all, winner) => {
      const { notes } = tell(null, [], all, winner);
      for (const [name, times] of notes) assert.equal(times, 1, name);
    });
    fc.assert(told, settings);
  });

  it('do so when the base was lost on the way', () => {
    fc.assert(
      fc.property(storyWithLosses, answer, (all, winner) => void tell(null, [], all, winner)),
      settings,
    );
  });

  it('do so when one was just made from the other', () => {
    const told = fc.property(
      answer,
      fc.array(deed, { maxLength: 6 }),
      story,
      answer,
      (origin, before, all, winner) => void tell(origin, before, all, winner),
    );
    fc.assert(told, settings);
  });
});
