import assert from 'node:assert/strict';
import { planSync } from '../../../workflows/incident-sync/plan.ts';
import { analysis, comment, containment, createPair, lineOf, review, run, wordsOf } from './pair.ts';
import { createRun, deliver, sweep } from './world-run.ts';
import { addComment, attach, createWorld, setField, type World } from './world.ts';

const says = (world: World, side: 'case' | 'issue', text: string) =>
  addComment(world, side, { text, ours: false, copyOf: null, internal: false });
const textsOf = (world: World, side: 'case' | 'issue') => world[side].comments.map(({ text }) => text);

/** Both sides and their run, after people's deeds and all that comes of them. */
function settled(...deeds: readonly ((world: World) => void)[]) {
  const world = createWorld();
  const link = createRun(world);
  for (const deed of deeds) {
    deed(world);
    sweep(world, link, 'case');
  }
  return { world, link };
}

describe('the old sample’s defects do not come back', () => {
  it('B1: a case that is closed closes its issue', () => {
    assert.equal(run({ case: { status: 'Closed' } }), 'issue closes to Done; note closed');
  });

  it('B4: a case in Containment is not pushed back by its own card', () => {
    for (const status of [containment, 'Acknowledged'] as const) {
      const pair = createPair({ case: { status }, link: { status: { case: 'Submitted', issue: 'To Do' } } });
      assert.equal(lineOf(planSync(pair)), '');
    }
  });

  it('B5: a card that a person moved moves the case, or is shown as held; it is not moved back', () => {
    const toReview = { issue: { status: 'In Review' } };
    assert.equal(run(toReview), `case moves to ${review}`);
    assert.equal(
      run({ ...toReview, case: { updatedAt: '2026-11-23T12:00:00Z' } }),
      `case moves to ${review}`,
    );
    const steps = planSync(createPair({ issue: { status: 'To Do' } })).steps.map(wordsOf);
    assert.deepEqual(steps, ['note status-held']);
  });

  it('B6: what we wrote ourselves is no update', () => {
    const { world, link } = settled((one) => setField(one, 'issue', 'title', 'from Jira'));
    assert.equal(world.case.fields['title'], 'from Jira');
    assert.equal(lineOf(deliver(world, link)), '');
  });

  it('B7: a case whose clock alone went on has nothing to do', () => {
    assert.equal(run({ case: { updatedAt: '2026-11-24T00:00:00Z' } }), '');
  });

  it('B8: thirty comments are thirty copies, however often Jira tells of them', () => {
    const { world, link } = settled((one) => {
      for (let count = 0; count < 30; count += 1) says(one, 'issue', `c${count}`);
    });
    for (let interval = 0; interval < 20; interval += 1) deliver(world, link);
    assert.equal(world.case.comments.length, 30);
    assert.equal(world.issue.comments.length, 30);
  });

  it('B9: an edit does not bring the old text back, and a deleted comment stays deleted', () => {
    const { world } = settled(
      (one) => void says(one, 'issue', 'old'),
      ({ issue }) => issue.comments.forEach((one) => (one.text = 'new')),
    );
    assert.deepEqual(textsOf(world, 'issue'), ['new']);
    assert.match(textsOf(world, 'case').join('|'), /^[^|]*: new$/);
    const deleted = settled(
      (one) => void says(one, 'issue', 'old'),
      ({ issue }) => (issue.comments = []),
    );
    assert.deepEqual(textsOf(deleted.world, 'issue'), []);
    assert.deepEqual(textsOf(deleted.world, 'case'), ['deleted']);
  });

  it('B10: an attachment is no echo, and Jira’s own reach the case', () => {
    const file = { ours: false, status: 'Verified' } as const;
    const { world } = settled(
      (one) => void attach(one, 'case', { content: 'a', ...file }),
      (one) => void attach(one, 'issue', { content: 'b', ...file }),
    );
    for (const side of ['case', 'issue'] as const) {
      assert.deepEqual(world[side].attachments.map(({ content }) => content).sort(), ['a', 'b']);
      assert.deepEqual(world[side].comments, []);
    }
  });

  it('B11: two edits at once lose nothing: the loser is kept', () => {
    const { world } = settled((one) => {
      setField(one, 'case', 'title', 'AWS says');
      setField(one, 'issue', 'title', 'Jira says');
    });
    assert.equal(world.issue.fields['title'], 'AWS says');
    assert.deepEqual([...world.kept], ['Jira says']);
  });

  it('B12, B13: a field that is refused blocks neither status nor comments', () => {
    const line = run({
      case: { fields: { title: 't', description: '' }, status: review, comments: [comment('1')] },
    });
    assert.equal(line, 'description to issue; issue moves to In Review; create case comment 1');
    const { world, link } = settled();
    setField(world, 'case', 'title', 'new');
    says(world, 'case', 'here');
    deliver(world, link, { outcomes: ['before'] });
    assert.equal(world.issue.comments.length, 1);
  });

  it('B13: a title that Jira cuts off comes neither back nor again', () => {
    const long = 'a title beyond what Jira takes';
    const { world, link } = settled((one) => setField(one, 'case', 'title', long));
    assert.equal(world.case.fields['title'], long);
    assert.equal(lineOf(deliver(world, link)), '');
  });

  it('B14: what an outage kept back arrives without a further change', () => {
    const { world, link } = settled();
    setField(world, 'case', 'title', 'new');
    for (let tries = 0; tries < 5; tries += 1) deliver(world, link, { outcomes: ['before'] });
    sweep(world, link, 'case');
    assert.equal(world.issue.fields['title'], 'new');
  });

  it('B15: a delivery that comes twice does nothing the second time', () => {
    const { world, link } = settled();
    says(world, 'case', 'one');
    assert.equal(lineOf(deliver(world, link)).split('; ').length, 1);
    assert.equal(lineOf(deliver(world, link)), '');
  });

  it('B18: a status that Jira or the mapping lacks is shown, not swallowed', () => {
    const { toIssue } = createPair().policy;
    const { [review]: _missing, ...rest } = toIssue;
    assert.equal(
      run({ policy: { toIssue: rest }, case: { status: review } }),
      `note status-held; held case ${review} unmapped`,
    );
    // Jira has no way there: asked once, then held
    assert.equal(
      run({ case: { status: review }, link: { status: { case: review, issue: 'In Progress' } } }),
      'note status-held; held issue In Review no-way',
    );
  });

  it('S-59: equal, quoted and tagged comments of people travel, once each way', () => {
    const words = ['hi', 'hi', '> hi', '[JIRA Update] hi', '[Slack Update] hi'];
    const { world, link } = settled((one) => {
      for (const text of words) {
        says(one, 'case', text);
        says(one, 'issue', text);
      }
    });
    for (let interval = 0; interval < 20; interval += 1) deliver(world, link);
    const originals = (side: 'case' | 'issue') =>
      new Set(world[side].comments.flatMap(({ copyOf }) => copyOf?.split('#')[0] ?? [])).size;
    assert.deepEqual([originals('case'), originals('issue')], [words.length, words.length]);
  });

  it('S-59: the text of an old copy, written by a person, is a comment like any other', () => {
    const copied = settled((one) => void says(one, 'case', 'hi'));
    const [copy] = textsOf(copied.world, 'issue');
    says(copied.world, 'issue', copy ?? '');
    sweep(copied.world, copied.link, 'case');
    assert.equal(copied.world.case.comments.filter(({ ours }) => ours).length, 2); // in two parts
  });
});

it('a case is closed after all that must still be written to it', () => {
  const line = run({
    issue: {
      status: 'Done',
      fields: { title: 'new', description: 'd' },
      comments: [comment('9')],
      watchers: 'i',
    },
  });
  assert.equal(line, 'title to case; create issue comment 9; watchers to case; case moves to Closed');
  assert.equal(
    run({ case: { status: 'Closed', comments: [comment('1')] } }),
    'issue closes to Done; create case comment 1; note closed',
  );
  assert.equal(
    run({ case: { status: analysis }, issue: { status: 'In Review', comments: [comment('9')] } }),
    `case moves to ${review}; create issue comment 9`,
  );
});
