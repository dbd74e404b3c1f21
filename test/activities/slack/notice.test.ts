import assert from 'node:assert/strict';
import { toMrkdwn } from '../../../activities/slack/notice.ts';

const empty = { title: 'T', lines: [], links: [] };

describe('slack notice', () => {
  it('takes external text as text', () =>
    assert.equal(
      toMrkdwn({ ...empty, lines: ['<!channel> <@U1> a & b\u0000 <https://evil.test|ok>'] }),
      '*T*\n&lt;!channel&gt; &lt;@U1&gt; a &amp; b &lt;https://evil.test|ok&gt;',
    ));

  const links: [string, { label: string; href: string }, string][] = [
    [
      'a plain link',
      { label: 'run', href: 'https://ui.test/a?b=1&c=2' },
      '<https://ui.test/a?b=1&amp;c=2|run>',
    ],
    ['a label that ends the link', { label: 'a|b>', href: 'https://ui.test/' }, '<https://ui.test/|a¦b&gt;>'],
    [
      'an address that ends the link',
      { label: 'a', href: 'https://ui.test/|<!here>' },
      '<https://ui.test/%7C%3C!here%3E|a>',
    ],
    ['a script', { label: 'a', href: 'javascript:alert(1)' }, 'a: javascript:alert(1)'],
  ];
  for (const [name, link, expected] of links)
    it(`writes ${name}`, () => assert.equal(toMrkdwn({ ...empty, links: [link] }), `*T*\n${expected}`));

  it('keeps to Slack’s length, links last and whole, no escape cut in two', () => {
    for (const line of ['&'.repeat(5_000), '😀'.repeat(5_000), 'a\n'.repeat(5_000)]) {
      const text = toMrkdwn({
        ...empty,
        lines: ['first', line, 'last'],
        links: [{ label: 'run', href: 'https://ui.test/' }],
      });
      assert.ok(text.length <= 3_900, String(text.length));
      assert.match(text, /^\*T\*\nfirst\n[^]*(?:&amp;|😀|a|\n)…\n<https:\/\/ui.test\/\|run>$/);
    }
  });
});
