import assert from 'node:assert/strict';
import type { CommentCopied } from '../../../workflows/incident-sync/steps.ts';
import type { Side } from '../../../workflows/incident-sync/sides.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { createFakePair, type FakePair } from './fake-pair.ts';

describe('copying a comment', () => {
  let world: FakePair;
  let pair: ReturnType<FakePair['pair']>;
  beforeEach(() => {
    world = createFakePair();
    pair = world.pair();
  });
  function copy(
    origin: Side,
    id: string,
    copies: CommentCopied['copies'] = [],
    act: 'create' | 'edit' | 'mark-deleted' = 'create',
  ) {
    return world.port.copyComment({ ...pair.at(`comment-${act}-${origin}-${id}`), act, origin, id, copies });
  }
  const say = (origin: Side, body: string) =>
    origin === 'case' ? world.cases.say(pair.caseId, body) : world.tickets.say(pair.issueId, body);
  const edit = (origin: Side, id: string, body: string) => {
    const put = <T extends { id: string }>(one: T) => (one.id === id ? { ...one, body } : one);
    if (origin === 'case')
      world.cases.of(pair.caseId).comments = world.cases.of(pair.caseId).comments.map(put);
    else world.tickets.change(pair.issueId, { comments: world.tickets.of(pair.issueId).comments.map(put) });
  };
  const inCase = () => world.cases.of(pair.caseId).comments.map(({ body }) => body);
  const inIssue = () => world.tickets.of(pair.issueId).comments.map(({ body }) => body);
  const copiesOf = (origin: Side) =>
    (origin === 'case' ? inIssue() : inCase()).filter((body) => /^.* in (?:Jira|AWS)/.test(body));

  for (const origin of ['case', 'issue'] as const) {
    it(`makes one copy, however often it is tried (from the ${origin})`, async () => {
      const id = say(origin, 'Hello');
      const first = await copy(origin, id);
      assert.deepEqual(await copy(origin, id), first);
      assert.equal(first.copies.length, 1);
      assert.equal(copiesOf(origin).length, 1);
      assert.match(copiesOf(origin)[0] ?? '', /:\nHello$/);
    });

    it(`changes the copy with its original, and writes nothing where it says so already (from the ${origin})`, async () => {
      const id = say(origin, 'Hello');
      const { copies } = await copy(origin, id);
      edit(origin, id, 'Hello again');
      for (let tries = 0; tries < 2; tries += 1) await copy(origin, id, copies, 'edit');
      const written = [...world.cases.calls, ...world.tickets.calls].filter((one) =>
        one.startsWith('updateComment'),
      );
      assert.equal(written.length, 1);
      assert.match(copiesOf(origin).join('|'), /^[^|]*:\nHello again$/);
    });

    it(`leaves alone what must stay, and what is gone (from the ${origin})`, async () => {
      assert.equal((await copy(origin, say(origin, '  [internal] x'))).skipped, 'internal');
      assert.equal((await copy(origin, '999999')).skipped, 'gone');
      assert.deepEqual(copiesOf(origin), []);
    });

    it(`grows and shrinks with its original (from the ${origin})`, async () => {
      const long = (count: number) =>
        Array.from({ length: count }, (_, index) => `${index} ${'x'.repeat(98)}`).join('\n');
      const id = say(origin, long(5));
      const one = await copy(origin, id);
      edit(origin, id, long(400));
      const more = await copy(origin, id, one.copies, 'edit');
      assert.ok(more.copies.length > 1);
      assert.deepEqual(more.copies[0]?.id, one.copies[0]?.id);
      edit(origin, id, 'short');
      const less = await copy(origin, id, more.copies, 'edit');
      // AWS deletes none: what is left over says so
      assert.equal(less.copies.length, more.copies.length);
      const bodies = origin === 'case' ? inIssue() : inCase();
      const superfluous = bodies.filter((body) => body === '(this part is empty now)');
      assert.equal(superfluous.length, more.copies.length - 1);
    });

    it(`does not make again what a person took away (from the ${origin})`, async () => {
      const id = say(origin, 'Hello');
      const { copies } = await copy(origin, id);
      if (origin === 'case') world.tickets.change(pair.issueId, { comments: [] });
      else world.cases.of(pair.caseId).comments = [];
      edit(origin, id, 'Changed');
      await copy(origin, id, copies, 'edit');
      assert.deepEqual(copiesOf(origin), []);
    });
  }

  it('goes on after the part whose answer was lost', async () => {
    const id = say('issue', Array.from({ length: 400 }, (_, line) => `${line} ${'x'.repeat(98)}`).join('\n'));
    world.cases.lost.add('createComment');
    await assertFails(() => copy('issue', id), 'Unavailable');
    const { copies } = await copy('issue', id);
    assert.equal(inCase().length, copies.length);
    assert.deepEqual(
      inCase().map((body) => / part (\d+) of /.exec(body)?.[1]),
      copies.map((_, index) => String(index + 1)),
    );
  });

  it('carries the id of its original in Jira as a property, in a case in its first line', async () => {
    const id = say('case', 'Hello');
    await copy('case', id);
    const { property } = world.tickets.of(pair.issueId).comments[0] ?? assert.fail();
    assert.equal(property?.['copyOf'], `${id}#1`);
    const other = say('issue', 'Hi');
    await copy('issue', other);
    assert.match(inCase().at(-1) ?? '', new RegExp(`\\(comment ${other}, part 1 of 1\\)`));
  });

  it('keeps a restricted comment in Jira, whatever it says', async () => {
    const id = world.tickets.say(pair.issueId, 'Hello', { restricted: true });
    assert.equal((await copy('issue', id)).skipped, 'internal');
    assert.deepEqual(inCase(), []);
  });

  it('marks the copy of what was deleted in Jira, once, and keeps its words (B9)', async () => {
    const id = say('issue', 'Hello');
    const { copies } = await copy('issue', id);
    world.tickets.change(pair.issueId, { comments: [] });
    for (let tries = 0; tries < 2; tries += 1) await copy('issue', id, copies, 'mark-deleted');
    assert.match(inCase().join('|'), /^\[deleted in Jira, [\d-]{10} [\d:]{5} UTC\]\nSam Miller[^|]*\nHello$/);
    assert.equal(world.cases.calls.filter((one) => one.startsWith('updateComment')).length, 1);
  });

  it('fails as such, and says nothing of the text, where AWS takes nothing more', async () => {
    const id = say('issue', 'Hello');
    world.cases.change(pair.caseId, { status: 'Closed' });
    const failure = await assertFails(() => copy('issue', id), 'Conflict');
    assert.doesNotMatch(failure.message, /Hello/);
    world.cases.failing.listComments = [createFailure('Unavailable', 'no')];
    await assertFails(() => copy('issue', id), 'Unavailable');
  });
});

describe('telling the case that its issue is gone', () => {
  it('is done once, by whichever run, and never on a closed case', async () => {
    const { port, cases, pair } = createFakePair();
    const { caseId, at } = pair();
    const tell = (step: string) => port.tellCase({ ...at(step), about: 'issue-deleted', issueKey: 'INC-7' });
    cases.say(
      caseId,
      'Jira issue INC-7, which mirrored this case, was deleted. Nothing that is written here reaches Jira any more.',
    );
    await tell('gone');
    // what somebody else says so is not ours
    assert.equal(cases.of(caseId).comments.length, 2);
    await tell('gone-again');
    assert.equal(cases.of(caseId).comments.length, 2);
    const closed = pair({ status: 'Closed' });
    await port.tellCase({ ...closed.at('gone'), about: 'issue-deleted', issueKey: 'INC-7' });
    assert.deepEqual(cases.of(closed.caseId).comments, []);
  });
});
