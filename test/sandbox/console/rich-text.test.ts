import assert from 'node:assert/strict';
import { toAdf } from '../../../activities/jira/adf.ts';
import { adfToHtml } from '../../../sandbox/console/adf-html.ts';
import { html, type Html } from '../../../sandbox/console/html.ts';
import { mrkdwnToHtml } from '../../../sandbox/console/mrkdwn-html.ts';
import { createPeople } from '../../../sandbox/shared/people.ts';

const people = createPeople();
const oneLine = ({ text }: Html) =>
  text.replace(/\s+/g, ' ').replace(/ rel="noopener noreferrer"| target="_blank"/g, '');

describe('sandbox console: rich text', () => {
  it('escapes every value in text and attributes, and keeps markup of its own', () => {
    const hostile = `<b a="1" c='2'>&`;
    const escaped = '&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;';
    assert.equal(
      html`<i title="${hostile}">${[hostile, html`<br />`, 7, undefined]}</i>`.text,
      `<i title="${escaped}">${escaped}<br />7</i>`,
    );
  });

  it('shows what Lockkeeper writes on tickets: tables, lists, links', () => {
    const shown = oneLine(
      adfToHtml(
        toAdf([
          { type: 'list', items: ['<one>'] },
          { type: 'table', header: ['Account'], rows: [['prod-a']] },
          { type: 'link', before: 'See ', label: 'run', href: 'https://example.com/?a=1&b=2' },
        ]),
      ),
    );
    assert.match(shown, /<li>\s*<p>&lt;one&gt;<\/p>\s*<\/li>/);
    assert.match(shown, /<th scope="col">\s*<p>Account<\/p>\s*<\/th>.*<td>\s*<p>prod-a<\/p>\s*<\/td>/);
    assert.match(shown, /See <a href="https:\/\/example.com\/\?a=1&amp;b=2">run<\/a>/);
  });

  it('never makes a link that runs code, and shows unknown nodes as their text', () => {
    const marks = [{ type: 'link', attrs: { href: 'javascript:alert(1)' } }];
    const text = { type: 'text', text: 'press', marks };
    const shown = oneLine(adfToHtml({ type: 'doc', content: [{ type: 'mystery', content: [text] }] }));
    assert.equal(shown, 'press (javascript:alert(1))');
    for (const none of [null, 'text', 7, {}]) assert.equal(adfToHtml(none).text, '');
  });

  const mrkdwn: [text: string, shown: RegExp][] = [
    ['*bold* and `code`', /^<strong>bold<\/strong> and <code>code<\/code>$/],
    ['&lt;b&gt; &amp;lt;', /^&lt;b&gt; &amp;lt;$/],
    ['<https://example.com/?a=1&amp;b=2|Run>', /^<a href="https:\/\/example.com\/\?a=1&amp;b=2">Run<\/a>$/],
    ['<javascript:alert(1)|Run>', /^Run \(javascript:alert\(1\)\)$/],
    ['<!channel>', /^<strong>@channel<\/strong>$/],
    [`<@${people[1]?.slack.userId}>`, /^<strong>@Sam Okafor<\/strong>$/],
    ['<script>alert(1)</script>', /^script \(script\)alert\(1\)\/script \(\/script\)$/],
    ['<b', /^&lt;b$/],
  ];
  for (const [text, shown] of mrkdwn)
    it(`shows mrkdwn ${text.replace(/U[A-Z0-9]{10}/, 'U…')}`, () => {
      assert.match(oneLine(mrkdwnToHtml(text, people)), shown);
    });
});
