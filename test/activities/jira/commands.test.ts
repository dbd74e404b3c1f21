import assert from 'node:assert/strict';
import { parseCommand } from '../../../activities/jira/commands.ts';

const text = (value: string, ...marks: string[]) => ({
  type: 'text',
  text: value,
  ...(marks.length > 0 ? { marks: marks.map((type) => ({ type })) } : {}),
});
const paragraph = (...content: object[]) => ({ type: 'paragraph', content });
const doc = (...content: object[]) => ({ type: 'doc', version: 1, content });
const said = (value: string) => doc(paragraph(text(value)));
const mention = { type: 'mention', attrs: { id: 'a', text: '@Sam' } };
const lineBreak = { type: 'hardBreak' };

const commands: [string, unknown, { verb: string; reason: string | null }][] = [
  ['an approval', said('/approve'), { verb: 'approve', reason: null }],
  ['a trailing blank', said('/approve '), { verb: 'approve', reason: null }],
  [
    'an approval with a reason',
    said('/approve looked at the diff'),
    { verb: 'approve', reason: 'looked at the diff' },
  ],
  ['a no-break blank', said('/approve\u00a0fine'), { verb: 'approve', reason: 'fine' }],
  ['a rejection', said('/reject wrong version'), { verb: 'reject', reason: 'wrong version' }],
  ['a rejection without reason, for the ledger to refuse', said('/reject'), { verb: 'reject', reason: null }],
  ['a revocation', said('/revoke'), { verb: 'revoke', reason: null }],
  ['a revocation with words', said('/revoke it is broken'), { verb: 'revoke', reason: 'it is broken' }],
  ['an override', said('/override production is down'), { verb: 'override', reason: 'production is down' }],
  ['a question', said('/info which pipeline?'), { verb: 'request-info', reason: 'which pipeline?' }],
  ['a mention after it', doc(paragraph(text('/reject '), mention)), { verb: 'reject', reason: '@Sam' }],
  [
    'words on the next line',
    doc(paragraph(text('/reject'), lineBreak, text('too early'))),
    { verb: 'reject', reason: 'too early' },
  ],
  [
    'words in the next paragraph',
    doc(paragraph(text('/reject')), paragraph(text('too early', 'strong'))),
    { verb: 'reject', reason: 'too early' },
  ],
  [
    'control characters in its reason',
    said('/reject \u202etxt\u0000\u001b[31m x'),
    { verb: 'reject', reason: 'txt x' },
  ],
];

const others: [string, unknown, 'unknown-word' | undefined][] = [
  ['another word', said('/approved'), 'unknown-word'],
  ['capitals', said('/Approve'), 'unknown-word'],
  ['a full stop', said('/approve.'), 'unknown-word'],
  ['an inherited name', said('/constructor'), 'unknown-word'],
  ['a word that goes on in bold', doc(paragraph(text('/approve'), text('d', 'strong'))), 'unknown-word'],
  ['a word in two pieces', doc(paragraph(text('/app'), text('rove'))), 'unknown-word'],
  ['a slash alone', said('/ approve'), undefined],
  ['a blank before it', said(' /approve'), undefined],
  ['a zero-width character before it', said('\u200b/approve'), undefined],
  ['a word before it', said('please /approve'), undefined],
  ['it on the second line', doc(paragraph(text('see:'), lineBreak, text('/approve'))), undefined],
  ['it in the second paragraph', doc(paragraph(text('see:')), paragraph(text('/approve'))), undefined],
  ['an empty paragraph before it', doc(paragraph(), paragraph(text('/approve'))), undefined],
  ['a mention before it', doc(paragraph(mention, text('/approve'))), undefined],
  ['code', doc({ type: 'codeBlock', content: [text('/approve')] }), undefined],
  ['code within a line', doc(paragraph(text('/approve', 'code'))), undefined],
  ['it struck through', doc(paragraph(text('/approve', 'strike'))), undefined],
  ['a quotation', doc({ type: 'blockquote', content: [paragraph(text('/approve'))] }), undefined],
  [
    'a list',
    doc({ type: 'bulletList', content: [{ type: 'listItem', content: [paragraph(text('/approve'))] }] }),
    undefined,
  ],
  ['a heading', doc({ type: 'heading', attrs: { level: 1 }, content: [text('/approve')] }), undefined],
  ['an ordinary comment', said('looks good to me'), undefined],
  ['a wiki string', '/approve', undefined],
  ['nothing', undefined, undefined],
  ['null', null, undefined],
  ['an empty document', doc(), undefined],
  [
    'nonsense',
    { content: [{ type: 'paragraph', content: [7, null, { type: 'text', text: 8 }] }] },
    undefined,
  ],
];

describe('jira commands', () => {
  for (const [name, body, expected] of commands)
    it(`takes ${name}`, () => assert.deepEqual(parseCommand(body), expected));

  for (const [name, body, expected] of others)
    it(`does not take ${name}`, () => assert.equal(parseCommand(body), expected));

  it('cuts an endless reason', () => {
    const command = parseCommand(said(`/reject ${'😀'.repeat(9_000)}`));
    assert.ok(typeof command === 'object' && command.reason?.length === 1_000 - 1);
    assert.ok(command.reason.isWellFormed());
  });

  it('bears a document without end', () => {
    let deep: object = text('x');
    for (let depth = 0; depth < 5_000; depth += 1) deep = { type: 'panel', content: [deep] };
    const command = parseCommand(doc(paragraph(text('/reject no')), deep));
    assert.deepEqual(command, { verb: 'reject', reason: 'no' });
  });
});
