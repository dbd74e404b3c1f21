import assert from 'node:assert/strict';
import { dropAnswered, dropSettled, expectedBy } from '../../../workflows/incident-sync/expected.ts';
import {
  afterAttachment,
  afterComment,
  afterFields,
  afterStatus,
  afterWatchers,
  settle,
} from '../../../workflows/incident-sync/link-state.ts';
import type { Expected } from '../../../workflows/incident-sync/link.ts';
import type { CaseSide, IssueSide } from '../../../workflows/incident-sync/sides.ts';
import { analysis, createBase, createCase, createIssue, createPolicy, review } from './pair.ts';

describe('a link after a step', () => {
  const link = createBase();

  it('has the values of both sides, as they were written', () => {
    const step = { kind: 'fields', to: 'issue', keys: ['title'], losers: [] } as const;
    const next = afterFields(link, step, { fields: { title: { case: 'c', issue: 'c’' } }, kept: [] });
    assert.deepEqual(next, {
      ...link,
      fields: { ...link.fields, title: { case: 'c', issue: 'c’' } },
      version: 8,
    });
  });

  it('has the status of both, wherever they are', () => {
    const status = { case: review, issue: 'In Review' };
    assert.deepEqual(afterStatus(link, status), { ...link, status, version: 8 });
  });

  it('has an attachment once', () => {
    const step = { kind: 'attachment', origin: 'case', id: '1' } as const;
    const one = afterAttachment(link, step, { state: 'refused', sha256: null, copyId: null });
    const two = afterAttachment(one, step, { state: 'copied', sha256: 'abc', copyId: '9' });
    assert.deepEqual(two.attachments, [
      { origin: 'case', id: '1', state: 'copied', sha256: 'abc', copyId: '9' },
    ]);
    assert.equal(two.version, 9);
  });

  it('has watchers as delivered: what the other side had gained itself is still to go', () => {
    const next = afterWatchers(link, { kind: 'watchers', to: 'issue' }, { case: 'c', issue: 'c+i' });
    assert.deepEqual(next.watchers, { case: 'c', issue: 'w' });
    const other = afterWatchers(next, { kind: 'watchers', to: 'case' }, { case: 'c', issue: 'c+i' });
    assert.deepEqual(other.watchers, { case: 'c', issue: 'c+i' });
  });
});

describe('a comment of a link', () => {
  const copies = [{ id: '9', hash: 'h9' }];
  const create = { kind: 'comment', act: 'create', origin: 'case', id: '1', copies: [] } as const;
  const edit = { ...create, act: 'edit', copies } as const;
  const deletion = { ...edit, act: 'mark-deleted', origin: 'issue' } as const;
  const copied = afterComment(createBase(), create, { hash: 'h1', copies });

  it('is noted with its copies, and again with its edits', () => {
    assert.deepEqual(copied.comments, [{ origin: 'case', id: '1', hash: 'h1', copies }]);
    const edited = afterComment(copied, edit, { hash: 'new', copies });
    assert.deepEqual(edited.comments, [{ origin: 'case', id: '1', hash: 'new', copies }]);
  });

  it('that went away meanwhile is left to the next plan', () => {
    const gone = { hash: '', copies: [], skipped: 'gone' } as const;
    assert.deepEqual(afterComment(createBase(), create, gone).comments, []);
    assert.deepEqual(afterComment(copied, edit, gone).comments, copied.comments);
  });

  it('that had to stay is asked about once more, then believed', () => {
    const internal = { hash: 'h1', copies: [], skipped: 'internal' } as const;
    const once = afterComment(createBase(), create, internal);
    assert.deepEqual(once.comments, [{ origin: 'case', id: '1', hash: '', copies: [] }]);
    const twice = afterComment(once, create, internal);
    assert.deepEqual(twice.comments, [{ origin: 'case', id: '1', hash: 'h1', copies: [] }]);
  });

  it('that was deleted is marked once, whether its copy is there or not', () => {
    const marked = afterComment(createBase(), deletion, { hash: '', copies });
    assert.deepEqual(marked.comments, [{ origin: 'issue', id: '1', hash: '', copies, deleted: true }]);
    const gone = afterComment(createBase(), deletion, { hash: '', copies, skipped: 'gone' });
    assert.equal(gone.comments[0]?.copyGone, true);
  });
});

describe('settling', () => {
  const link = createBase();
  const settled = (one: Partial<CaseSide>, issue: Partial<IssueSide>, from = link) =>
    settle(from, createCase(one), createIssue(issue), createPolicy());

  it('takes what both came to say alike as the base', () => {
    const next = settled(
      { fields: { title: 'n', description: 'c' }, status: review, watchers: 'n' },
      { fields: { title: 'n', description: 'i' }, status: 'In Review', watchers: 'n' },
    );
    assert.deepEqual(next, {
      ...link,
      fields: { title: { case: 'n', issue: 'n' }, description: { case: 'd', issue: 'd' } },
      status: { case: review, issue: 'In Review' },
      watchers: { case: 'n', issue: 'n' },
      version: 8,
    });
  });

  it('leaves a link that is settled as it is', () => {
    assert.equal(settled({}, {}), link);
    assert.equal(settled({ found: false, status: review }, { status: 'In Review' }), link);
  });

  it('never takes a difference as agreed', () => {
    const changed = { fields: { title: 'c', description: 'd' }, status: review, watchers: 'c' } as const;
    assert.equal(settled(changed, {}), link);
    assert.equal(settled({}, { fields: {}, status: 'Waiting', watchers: 'i' }), link);
  });
});

describe('what is expected', () => {
  const one = createCase({ fields: { title: 'c', description: 'c' }, status: review });
  const issue = createIssue();
  const titles = { kind: 'fields', to: 'issue', keys: ['title', 'unknown'], losers: [] } as const;
  const asked: Expected = { side: 'issue', what: 'field', key: 'title', hash: 'c' };
  const move = { kind: 'case-status', path: [analysis, review], from: 'In Review' } as const;
  const hops: readonly Expected[] = [analysis, review].map((value) => ({
    side: 'case',
    what: 'status',
    value,
  }));

  it('is the value of the other side, or each hop of the way', () => {
    assert.deepEqual(expectedBy(titles, one, issue), [asked]);
    assert.deepEqual(expectedBy({ ...titles, to: 'case' }, one, issue), [
      { ...asked, side: 'case', hash: 't' },
    ]);
    assert.deepEqual(expectedBy(move, one, issue), hops);
    assert.deepEqual(
      expectedBy({ kind: 'issue-status', status: 'Done', from: 'Closed', closes: true }, one, issue),
      [{ side: 'issue', what: 'status', value: 'Done' }],
    );
    assert.deepEqual(expectedBy({ kind: 'watchers', to: 'case' }, one, issue), []);
  });

  it('ends with the answer', () => {
    assert.deepEqual(dropAnswered([asked, ...hops], titles), hops);
    assert.deepEqual(dropAnswered([asked, ...hops], move), [asked]);
    assert.deepEqual(dropAnswered([asked, ...hops], { kind: 'watchers', to: 'case' }), [asked, ...hops]);
  });

  it('ends when there is nothing to do about it any more', () => {
    const idle = { steps: [], conflicts: [], hold: null, reopened: false };
    assert.deepEqual(dropSettled([asked, ...hops], idle), []);
    assert.deepEqual(dropSettled([asked, ...hops], { ...idle, steps: [titles] }), [asked]);
    assert.deepEqual(dropSettled([asked, ...hops], { ...idle, steps: [move] }), hops);
    const hold = { side: 'case', status: 'Submitted', reason: 'no-way' } as const;
    assert.deepEqual(dropSettled([asked, ...hops], { ...idle, hold }), hops);
    assert.deepEqual(dropSettled([asked, ...hops], { ...idle, reopened: true }), hops);
  });
});
