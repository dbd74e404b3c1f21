import assert from 'node:assert/strict';
import {
  asDeleted,
  originalOf,
  toCaseTexts,
  toIssueTexts,
} from '../../../activities/incidents/comment-text.ts';
import { splitPlain } from '../../../activities/jira/incidents/plain-adf.ts';

const said = (body: string, author = 'Sam Miller') => ({
  ...{ id: '10023', author, at: '2026-11-23T10:00:59.000+02:00', body },
});
const bodyOf = (text: string) => text.slice(text.indexOf('\n') + 1);
const withoutBreaks = (text: string) => text.replace(/\n/g, '');

describe('the text of a comment’s copy', () => {
  it('names in the case whose words it has, when in UTC, which comment and which part', () => {
    assert.deepEqual(toCaseTexts(said('Hello')), [
      'Sam Miller in Jira, 2026-11-23 08:00 UTC (comment 10023, part 1 of 1):\nHello',
    ]);
  });

  it('names in the issue whose words it has; of a part which it is', () => {
    const halves = (text: string) => [text.slice(0, 2), text.slice(2)];
    const head = 'AWS Responder in AWS Security Incident Response, 2026-11-23 08:00 UTC';
    const one = said('Hey!', 'AWS Responder');
    assert.deepEqual(
      toIssueTexts(one, (text) => [text]),
      [`${head}:\nHey!`],
    );
    assert.deepEqual(toIssueTexts(one, halves), [`${head}, part 1 of 2:\nHe`, `${head}, part 2 of 2:\ny!`]);
  });

  const names: readonly [string, string, RegExp][] = [
    ['nobody', '  ', /^somebody in Jira/],
    ['lines', 'Sam\nMiller\t(SOC)', /^Sam Miller \(SOC\) in Jira/],
    ['a name without end', 'x'.repeat(500), /^x{79}… in Jira/],
    ['text that turns round', 'Sam\u202E Miller', /^Sam Miller in Jira/],
  ];
  for (const [what, author, expected] of names)
    it(`has one line for ${what}`, () => {
      const [text = ''] = toCaseTexts(said('Hello', author));
      assert.match(text, expected);
      assert.equal(originalOf(text), '10023#1');
    });

  for (const length of [0, 1, 11_900, 11_940, 12_000, 24_000, 50_000])
    it(`gives AWS no more than 12,000 characters of ${length}, and all of them`, () => {
      const body = 'x'.repeat(length);
      const texts = toCaseTexts(said(body, 'y'.repeat(200)));
      assert.ok(texts.every((text) => text.length <= 12_000));
      assert.equal(texts.map(bodyOf).join(''), body);
      assert.deepEqual(
        texts.map(originalOf),
        texts.map((_, index) => `10023#${index + 1}`),
      );
      // the first line of a part says of how many
      assert.ok(texts.every((text) => text.includes(` of ${texts.length}):\n`)));
    });

  it('parts at the end of a line where there is one, and never a sign in two', () => {
    const lines = Array.from({ length: 400 }, (_, index) => `line ${index} ${'x'.repeat(50)}`);
    const parted = toCaseTexts(said(lines.join('\n'))).map(bodyOf);
    assert.ok(parted.length > 1);
    assert.deepEqual(
      parted.flatMap((part) => part.split('\n')),
      lines,
    );
    for (const shift of ['', 'x']) {
      const signs = toCaseTexts(said(`${shift}${'😀'.repeat(8_000)}`)).map(bodyOf);
      assert.ok(signs.length > 1 && signs.every((part) => part.isWellFormed()));
    }
  });

  it('fits into what Jira stores (32,767), whatever it is made of', () => {
    for (const sign of ['x', '\n', '"', '😀 ']) {
      const body = sign.repeat(70_000);
      const texts = toIssueTexts(said(body), splitPlain);
      for (const text of texts) {
        const escaped = JSON.stringify(text).length - 2;
        assert.ok(sign === '\n' || escaped <= 32_767, `${sign}: ${escaped}`);
      }
      assert.equal(withoutBreaks(texts.map(bodyOf).join('')), withoutBreaks(body));
    }
  });

  const secrets: readonly [string, string][] = [
    ['an access key', 'key AKIAIOSFODNN7EXAMPLE'],
    ['a named secret', 'aws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY'],
    ['a presigned address', 'https://store.example.com/f?X-Amz-Signature=abcdef0123456789abcdef'],
    ['a password', 'password: "hunter2hunter2"'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----'],
    ['a token of Atlassian', `ATATT3xFfGF0${'a'.repeat(40)}`],
  ];
  for (const [what, body] of secrets)
    it(`cuts ${what} out, both ways`, () => {
      const texts = [...toCaseTexts(said(body)), ...toIssueTexts(said(body), splitPlain)];
      for (const text of texts)
        assert.doesNotMatch(text, /AKIAIOS|wJalr|X-Amz|abcdef0123|hunter2|MIIE|ATATT3/);
    });

  it('cuts a secret out that lies where the text is parted', () => {
    const body = `${'x'.repeat(11_880)} AKIAIOSFODNN7EXAMPLE ${'y'.repeat(500)}`;
    assert.doesNotMatch(toCaseTexts(said(body)).map(bodyOf).join(''), /AKIA|EXAMPLE/);
  });
});

describe('the original of a copy in a case', () => {
  const line = (name: string, id = '7') =>
    `${name} in Jira, 2026-11-23 10:00 UTC (comment ${id}, part 2 of 3):`;
  const table: readonly [string, string, string | null][] = [
    ['our own first line', `${line('Sam')}\nHi`, '7#2'],
    ['a first line without more', line('Sam'), '7#2'],
    ['a person’s words', 'Sam said: (comment 7, part 2 of 3)', null],
    ['a line that is not the first', `Hi\n${line('Sam')}`, null],
    ['a name that looks like a first line', line(line('Sam', '99')), '7#2'],
    ['an id that is none', line('Sam', '../7'), null],
    ['nothing', '', null],
  ];
  for (const [what, body, expected] of table)
    it(`${what}: ${expected ?? 'none'}`, () => assert.equal(originalOf(body), expected));
});

describe('a copy whose original was deleted', () => {
  const at = '2026-11-23T11:30:00Z';

  it('keeps its words and says so, once', () => {
    const marked = asDeleted('Sam in Jira:\nHi', 'Jira', at);
    assert.equal(marked, '[deleted in Jira, 2026-11-23 11:30 UTC]\nSam in Jira:\nHi');
    assert.equal(asDeleted(marked, 'Jira', '2026-11-24T00:00:00Z'), marked);
  });

  it('still fits', () => {
    assert.equal(asDeleted('x'.repeat(12_000), 'Jira', at).length, 12_000);
  });
});
