import fc from 'fast-check';
import type { Side } from '../../../workflows/incident-sync/sides.ts';
import { assertSettled } from './invariants.ts';
import { deedKinds, doDeed, type Deed } from './people.ts';
import { createCounterpart, createRun, deliver, type Run } from './world-run.ts';
import type { Outcome } from './world-steps.ts';
import { createWorld, type World } from './world.ts';

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
  if (one === 'all is lost') {
    Object.assign(run, createRun(world));
    // nobody can tell any more
    Object.assign(world.moved, { case: true, issue: true });
  } else if ('deed' in one) doDeed(world, one.deed);
  else
    deliver(world, run, {
      outcomes: one.outcomes,
      meanwhile: one.meanwhile.map((it) => () => it && doDeed(world, it)),
    });
}

describe('both sides of a link', () => {
  const answer = fc.constantFrom<Side[]>('case', 'issue');
  // the same stories each time: a failure is found again
  const settings = { numRuns: Number(process.env['RUNS'] ?? 300), seed: Number(process.env['SEED'] ?? 7) };

  function tell(origin: Side | null, before: readonly Deed[], all: readonly Happening[], winner: Side): void {
    const world = createWorld();
    for (const one of before) doDeed(world, one);
    const run = origin ? createCounterpart(world, origin) : createRun(world);
    for (const one of all) happen(world, run, one);
    assertSettled(world, run, winner);
  }

  it('come to say the same, whatever people do and calls come to, with nothing twice and nothing lost', () => {
    const told = fc.property(story, answer, (all, winner) => tell(null, [], all, winner));
    fc.assert(told, settings);
  });

  it('do so when the base was lost on the way', () => {
    fc.assert(
      fc.property(storyWithLosses, answer, (all, winner) => tell(null, [], all, winner)),
      settings,
    );
  });

  it('do so when one was just made from the other', () => {
    const told = fc.property(
      answer,
      fc.array(deed, { maxLength: 6 }),
      story,
      answer,
      (origin, before, all, winner) => tell(origin, before, all, winner),
    );
    fc.assert(told, settings);
  });
});
