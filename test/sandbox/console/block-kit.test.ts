import assert from 'node:assert/strict';
import { blocksToHtml, type ShownButton } from '../../../sandbox/console/block-kit-html.ts';
import { html, type Html } from '../../../sandbox/console/html.ts';
import { mrkdwnToHtml } from '../../../sandbox/console/mrkdwn-html.ts';
import { createPeople } from '../../../sandbox/shared/people.ts';

const people = createPeople();
const oneLine = ({ text }: Html) => text.replace(/\s+/g, ' ').trim();
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const hostile = '<img src=x onerror=alert(1)>"\'&';
const escaped = '&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;';

function shown(block: Record<string, unknown>): string {
  const button = ({ actionId, value, label, style }: ShownButton) =>
    html`<button class="${style}" name="${actionId}" value="${value}">${label}</button>`;
  return oneLine(blocksToHtml([block], { people, button }));
}

describe('sandbox console: Block Kit', () => {
  const blocks: [name: string, block: Record<string, unknown>, is: RegExp][] = [
    ['a header', { type: 'header', text: { type: 'plain_text', text: '*A*' } }, /<h3>\*A\*<\/h3>/],
    ['a section', { type: 'section', text: mrkdwn('*A*') }, /<div class="message"><strong>A<\/strong>/],
    ['fields', { type: 'section', fields: [mrkdwn('*k*\nv')] }, /class="fields">.*<strong>k<\/strong> v/],
    ['a context', { type: 'context', elements: [mrkdwn('_a_')] }, /class="hint message"><em>a<\/em>/],
    ['a divider', { type: 'divider' }, /<hr \/>/],
    [
      'an image',
      { type: 'image', image_url: 'https://x.test/a.png', alt_text: 'a chart' },
      /^<p>a chart<\/p>$/,
    ],
    ['nothing known', { type: 'mystery' }, /^<p><\/p>$/],
  ];
  for (const [name, block, is] of blocks)
    it(`shows ${name}`, () => {
      assert.match(shown(block), is);
    });

  it('shows rich text as its text', () => {
    const text = { type: 'text', text: 'deep' };
    const elements = [{ type: 'rich_text_section', elements: [text, text] }];
    assert.equal(shown({ type: 'rich_text', elements }), '<p>deepdeep</p>');
  });

  it('makes buttons of buttons, and links of those with an address', () => {
    const text = { type: 'plain_text', text: 'Approve' };
    const press = { type: 'button', action_id: 'lk_approve', value: '1', style: 'primary', text };
    const button = shown({ type: 'actions', block_id: 'b', elements: [press] });
    assert.match(button, /<button class="primary" name="lk_approve" value="1">Approve<\/button>/);
    const link = { ...press, url: 'https://example.com/run' };
    assert.match(shown({ type: 'actions', elements: [link] }), /<a href="https:\/\/example.com\/run"/);
    const evil = { ...press, url: 'javascript:alert(1)' };
    assert.doesNotMatch(shown({ type: 'section', accessory: evil }), /href/);
  });

  const places: Record<string, unknown>[] = [
    { type: 'header', text: { type: 'plain_text', text: hostile } },
    { type: 'context', elements: [{ type: 'plain_text', text: hostile }] },
    { type: 'section', fields: [{ type: 'plain_text', text: hostile }] },
    { type: 'image', alt_text: hostile },
    {
      ...{ type: 'actions', block_id: 'b' },
      elements: [
        { type: 'button', action_id: hostile, value: hostile, style: hostile, text: { text: hostile } },
      ],
    },
  ];
  for (const block of places)
    it(`escapes everything in ${String(block['type'])}`, () => {
      const text = shown(block);
      assert.ok(text.includes(escaped) && !text.includes('<img'), text);
    });

  it('survives blocks that are no blocks', () => {
    for (const value of [null, 7, 'x', [], [null]])
      for (const type of ['section', 'context', 'actions', 'header', 'rich_text'])
        shown({ type, text: value, elements: value, fields: value, accessory: value });
  });
});

describe('sandbox console: mrkdwn of decisions', () => {
  const lines: [text: string, is: string | RegExp][] = [
    [
      '<!date^1793784980^{date_short_pretty} {time}|x>',
      /datetime="2026-11-04T\d\d:\d\d:20.000Z">Nov 4, 2026 \d\d:\d\d UTC</,
    ],
    ['<!date^1793784980^{date_long} {unknown}|x>', /Wednesday, November 4, 2026 \{unknown\}/],
    ['<!date^1793784980^{date_num}|x>', />2026-11-04</],
    ['<!date^now^{time}|2026-11-04 09:36 UTC>', '2026-11-04 09:36 UTC'],
    ['<!subteam^S0SECURITY|@security>', '<strong>@security</strong>'],
    ['<#C0SOC|soc>', '<strong>#soc</strong>'],
    [':white_check_mark: done', '✅ done'],
    [':constructor: 10:30:00', ':constructor: 10:30:00'],
    ['_slanted_ ~struck~ lk_approve_it', '<em>slanted</em> <s>struck</s> lk_approve_it'],
    ['*bold <https://example.com/|run>*', /^<strong>bold <a href="https:\/\/example.com\/"/],
    ['```a *b*```', '<pre><code>a *b*</code></pre>'],
    ['before\n&gt; quoted\n&gt; more\nafter', 'before <blockquote>quoted more</blockquote>after'],
    ['<!date^1^<b>|x>', /&gt;|x/],
  ];
  for (const [text, is] of lines)
    it(`shows ${text.replace(/\n/g, '⏎')}`, () => {
      const made = oneLine(mrkdwnToHtml(text, people));
      if (typeof is === 'string') assert.equal(made, is);
      else assert.match(made, is);
    });
});
