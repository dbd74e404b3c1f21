import assert from 'node:assert/strict';
import { fromPlain, splitPlain, toPlain } from '../../../../activities/jira/incidents/plain-adf.ts';
import { createAdfJudge } from '../../../support/adf-judge.ts';
import { specsDirOrSkip } from '../../../support/contract-judge.ts';

const doc = (...content: object[]) => ({ type: 'doc', version: 1, content });
const text = (words: string, ...marks: object[]) => ({
  type: 'text',
  text: words,
  ...(marks[0] ? { marks } : {}),
});
const p = (...content: object[]) => ({ type: 'paragraph', content });
const item = (...content: object[]) => ({ type: 'listItem', content });
const list = (...content: object[]) => ({ type: 'bulletList', content });
const link = (href: string) => ({ type: 'link', attrs: { href } });

describe('rich text of Jira as plain text', () => {
  const cases: readonly (readonly [name: string, document: unknown, plain: string])[] = [
    ['paragraphs', doc(p(text('a')), p(), p(text('b'))), 'a\n\n\n\nb'],
    ['a line break', doc(p(text('a'), { type: 'hardBreak' }, text('b'))), 'a\nb'],
    [
      'a heading',
      doc({ type: 'heading', attrs: { level: 2 }, content: [text('Why')] }, p(text('x'))),
      'Why\n\nx',
    ],
    ['marks', doc(p(text('bold', { type: 'strong' }), text(' plain'))), 'bold plain'],
    [
      'lists in lists',
      doc(list(item(p(text('a')), list(item(p(text('b'))), item(p(text('c'))))), item(p(text('d'))))),
      '- a\n  - b\n  - c\n- d',
    ],
    [
      'numbers from where they begin',
      doc({ type: 'orderedList', attrs: { order: 9 }, content: [item(p(text('a'))), item(p(text('b')))] }),
      '9. a\n10. b',
    ],
    [
      'an item of several lines',
      doc(list(item(p(text('a'), { type: 'hardBreak' }, text('b')), p(text('c'))))),
      '- a\n  b\n  c',
    ],
    [
      'tasks',
      doc({
        type: 'taskList',
        content: [
          { type: 'taskItem', attrs: { state: 'DONE' }, content: [text('a')] },
          { type: 'taskItem', attrs: { state: 'TODO' }, content: [text('b')] },
        ],
      }),
      '[x] a\n[ ] b',
    ],
    [
      'code',
      doc({ type: 'codeBlock', attrs: { language: 'sh' }, content: [text('a\n  b')] }),
      '```sh\na\n  b\n```',
    ],
    ['a mention', doc(p({ type: 'mention', attrs: { id: '1', text: '@Sam Okafor' } })), '@Sam Okafor'],
    ['a mention of nobody', doc(p({ type: 'mention', attrs: { id: '712020:1' } })), '@712020:1'],
    ['a link with words', doc(p(text('docs', link('https://a.test/x')))), 'docs (https://a.test/x)'],
    ['a bare link', doc(p(text('https://a.test', link('https://a.test/')))), 'https://a.test'],
    ['an address', doc(p(text('a@b.test', link('mailto:a@b.test')))), 'a@b.test'],
    ['a card', doc(p({ type: 'inlineCard', attrs: { url: 'https://a.test/1' } })), 'https://a.test/1'],
    [
      'a panel',
      doc({ type: 'panel', attrs: { panelType: 'warning' }, content: [p(text('a')), p(text('b'))] }),
      '[warning] a\n\nb',
    ],
    ['a quotation', doc({ type: 'blockquote', content: [p(text('a')), p(text('b'))] }), '> a\n> \n> b'],
    [
      'a table',
      doc({
        type: 'table',
        content: [
          { type: 'tableRow', content: [{ type: 'tableHeader', content: [p(text('ip'))] }] },
          { type: 'tableRow', content: [{ type: 'tableCell', content: [p(text('1.2')), p(text('3'))] }] },
        ],
      }),
      '| ip |\n| 1.2 / 3 |',
    ],
    [
      'files by name',
      doc({
        type: 'mediaSingle',
        content: [{ type: 'media', attrs: { id: 'u', type: 'file', alt: 'a.png' } }],
      }),
      '[file: a.png]',
    ],
    [
      'emoji, status and date',
      doc(
        p(
          { type: 'emoji', attrs: { shortName: ':fire:', text: '🔥' } },
          { type: 'status', attrs: { text: 'OPEN', color: 'red' } },
          { type: 'date', attrs: { timestamp: '1793784973747' } },
        ),
      ),
      '🔥OPEN2026-11-04',
    ],
    ['a rule', doc(p(text('a')), { type: 'rule' }), 'a\n\n----'],
    ['what opens', doc({ type: 'expand', attrs: { title: 'More' }, content: [p(text('x'))] }), 'More\n\nx'],
    [
      'columns',
      doc({ type: 'layoutSection', content: [{ type: 'layoutColumn', content: [p(text('l'))] }] }),
      'l',
    ],
    ['a node of tomorrow', doc({ type: 'hologram', content: [p(text('x'))] }), 'x'],
    ['control signs', doc(p(text('a\u202eb\u0007'))), 'ab'],
    ['a string', 'wiki text', 'wiki text'],
    ['nothing', null, ''],
    ['what is no document', { content: 7, attrs: [] }, ''],
  ];
  for (const [name, document, plain] of cases) it(name, () => assert.equal(toPlain(document), plain));

  it('ends in a document that nests without end', () => {
    let nested: object = p(text('deep'));
    for (let depth = 0; depth < 5_000; depth += 1) nested = { type: 'blockquote', content: [nested] };
    assert.equal(toPlain(doc(nested)).includes('deep'), false);
  });
});

describe('plain text as rich text of Jira', () => {
  const texts = [
    '',
    'a',
    'a\nb',
    'a\n\nb',
    'a\n\n\nb\n\n\n\nc',
    '\n\na\n',
    '  - item\n  1. x',
    '*not bold* {code}x{code} [~accountid:1] @sam https://a.test',
    '"quoted" \\ and \t tab',
    '日本語 🔥 Ünïcode',
  ];
  for (const one of texts)
    it(`comes back sign by sign: ${JSON.stringify(one)}`, () => assert.equal(toPlain(fromPlain(one)), one));

  it('is what Atlassian’s own schema takes', function () {
    const faults = createAdfJudge(specsDirOrSkip(this));
    for (const one of texts) assert.deepEqual(faults(fromPlain(one)), [], one);
  });

  it('line ends of any kind are one kind', () =>
    assert.equal(toPlain(fromPlain('a\r\n\r\nb\rc')), 'a\n\nb\nc'));

  it('says that it was cut, and fits', () => {
    const document = fromPlain('x'.repeat(50_000));
    assert.ok(JSON.stringify(document).length <= 32_767);
    assert.match(toPlain(document), /…\n\nThe rest was cut/);
  });

  const long: readonly (readonly [name: string, text: string, parts: number])[] = [
    ['short', 'a\n\nb', 1],
    ['one line of 12,000 signs', 'x'.repeat(12_000), 1],
    ['words', 'word '.repeat(13_000), 3],
    ['lines', 'a line\n'.repeat(2_000), 5],
    ['quotes', '"'.repeat(20_000), 2],
    ['paragraphs', 'p\n\n'.repeat(1_000), 5],
    ['no place to part', '🔥'.repeat(20_000), 2],
  ];
  for (const [name, whole, count] of long)
    it(`parts ${name} so that each fits: ${count}`, () => {
      const parts = splitPlain(whole);
      assert.equal(parts.join(''), whole);
      assert.equal(parts.length, count);
      for (const part of parts) {
        assert.ok(part.isWellFormed());
        assert.equal(toPlain(fromPlain(part)), part);
      }
    });
});
