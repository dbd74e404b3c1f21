import assert from 'node:assert/strict';
import { toAdf } from '../../../activities/jira/adf.ts';
import type { CommentBlock, TicketComment } from '../../../workflows/shared/comment.ts';
import { createAdfJudge } from '../../support/adf-judge.ts';
import { specsDirOrSkip } from '../../support/contract-judge.ts';

const everything: TicketComment = [
  { type: 'paragraph', text: 'one\ntwo' },
  { type: 'paragraph', text: '' },
  { type: 'link', label: 'run', href: 'https://ui.test/run', before: 'See ' },
  { type: 'link', label: '', href: 'javascript:alert(1)' },
  { type: 'list', items: ['a', ''] },
  { type: 'list', items: [] },
  { type: 'code', text: '' },
  { type: 'code', text: 'x = 1' },
  { type: 'table', header: ['account', 'state'], rows: [['prod-a', 'published'], ['prod-b']] },
];
const long = (length: number) => 'ä"\n'.repeat(length / 3);
const tooLong: [string, CommentBlock][] = [
  ['paragraph', { type: 'paragraph', text: long(60_000) }],
  ['code block', { type: 'code', text: '😀'.repeat(40_000) }],
  ['list', { type: 'list', items: Array.from({ length: 900 }, (_, n) => `item ${n} `.repeat(9)) }],
  ['table', { type: 'table', header: ['a'], rows: Array.from({ length: 900 }, (_, n) => [`row ${n}`]) }],
  ['item', { type: 'list', items: [long(40_000)] }],
];

describe('jira adf', () => {
  it('writes nothing that Atlassian’s schema refuses', function () {
    this.timeout(20_000);
    const judge = createAdfJudge(specsDirOrSkip(this));
    const documents = [everything, [], ...tooLong.map(([, block]) => [block])].map(toAdf);
    for (const document of documents) assert.deepEqual(judge(document), []);
  });

  it('never writes an empty text node', () =>
    assert.doesNotMatch(JSON.stringify(toAdf(everything)), /"text":""/));

  for (const [name, block] of tooLong)
    it(`cuts a ${name} that is too long, and says so`, () => {
      const stored = JSON.stringify(toAdf([block, { type: 'paragraph', text: 'after' }]));
      assert.ok(stored.length <= 32_767, String(stored.length));
      assert.match(stored, /The rest was cut/);
      assert.doesNotMatch(stored, /after|\ufffd/);
    });

  it('leaves a comment alone that just fits', () =>
    assert.doesNotMatch(JSON.stringify(toAdf([{ type: 'paragraph', text: 'a'.repeat(32_000) }])), /was cut/));

  it('takes external text as text', () => {
    const hostile = '[~accountid:1] {code} <b>*x*</b> @all \u0000\u001b[31mred\u001b[0m\u202egnp';
    const paragraph = { type: 'text', text: '[~accountid:1] {code} <b>*x*</b> @all redgnp' };
    const document = toAdf([{ type: 'paragraph', text: hostile }]);
    assert.deepEqual(document.content, [{ type: 'paragraph', content: [paragraph] }]);
  });

  it('links only to http and https', () =>
    assert.doesNotMatch(JSON.stringify(toAdf(everything)), /"href":"javascript/));
});
