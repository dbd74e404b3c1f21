import assert from 'node:assert/strict';
import { elementsOf, faultsOf, named } from '../../../sandbox/slack/block-rules.ts';

const text = (length: number, type = 'mrkdwn') => ({ type, text: 'x'.repeat(length) });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const button = (more: object = {}) => ({ type: 'button', text: text(3, 'plain_text'), ...more });
const many = (count: number, item: object) => Array.from({ length: count }, () => item);

describe('Slack stand-in: Block Kit as Slack takes it', () => {
  const taken: object[] = [
    { type: 'header', text: text(150, 'plain_text') },
    { type: 'section', text: text(3000) },
    { type: 'section', fields: many(10, text(2000)) },
    { type: 'context', elements: many(10, text(1)) },
    { type: 'divider' },
    actions(...many(25, button({ style: 'danger', value: 'x'.repeat(2000) }))),
    { type: 'input', label: text(1, 'plain_text'), element: { type: 'plain_text_input' } },
  ];
  for (const block of taken)
    it(`takes ${JSON.stringify(block).slice(0, 60)}`, () => {
      assert.deepEqual(faultsOf([block], 'message'), []);
    });

  const refused: [name: string, fault: RegExp, blocks: object[]][] = [
    ['an unknown type', /unsupported type: mystery/, [{ type: 'mystery' }]],
    [
      'a header of 151 characters',
      /less than 151.*\/blocks\/0\/text/,
      [{ type: 'header', text: text(151, 'plain_text') }],
    ],
    ['a header in mrkdwn', /failed to match type plain_text/, [{ type: 'header', text: text(1) }]],
    ['an empty section', /must define `text` or `fields`/, [{ type: 'section' }]],
    ['a section’s text that is none', /must be a text object/, [{ type: 'section', text: 'x' }]],
    ['an empty text', /more than 0 characters/, [{ type: 'section', text: text(0) }]],
    ['a section of 3,001 characters', /less than 3001/, [{ type: 'section', text: text(3001) }]],
    ['eleven fields', /no more than 10 items/, [{ type: 'section', fields: many(11, text(1)) }]],
    ['a field of 2,001 characters', /less than 2001/, [{ type: 'section', fields: [text(2001)] }]],
    ['eleven elements of context', /no more than 10/, [{ type: 'context', elements: many(11, text(1)) }]],
    ['no actions', /non-empty list/, [actions()]],
    ['26 buttons', /no more than 25/, [actions(...many(26, button()))]],
    ['a value of 2,001 characters', /less than 2001.*value/, [actions(button({ value: 'x'.repeat(2001) }))]],
    ['an action id of 256', /less than 256.*action_id/, [actions(button({ action_id: 'x'.repeat(256) }))]],
    ['an unknown style', /unsupported style: "blue"/, [actions(button({ style: 'blue' }))]],
    ['a button of 76 characters', /less than 76/, [actions(button({ text: text(76, 'plain_text') }))]],
    ['a block id of 256', /less than 256.*block_id/, [{ type: 'divider', block_id: 'x'.repeat(256) }]],
    ['a block id twice', /unique/, many(2, { type: 'divider', block_id: 'a' })],
    ['51 blocks', /no more than 50/, many(51, { type: 'divider' })],
    ['an input without a label', /required field: label/, [{ type: 'input', element: {} }]],
    [
      'an input without an element',
      /required field: element/,
      [{ type: 'input', label: text(1, 'plain_text') }],
    ],
  ];
  for (const [name, fault, blocks] of refused)
    it(`refuses ${name}`, () => {
      assert.match(faultsOf(blocks, 'message').join('\n'), fault);
    });

  it('takes a hundred blocks in a view', () => {
    assert.deepEqual(faultsOf(many(100, { type: 'divider' }), 'home'), []);
  });

  it('names what the app left without a name, and nothing else', () => {
    const [block] = named([{ ...actions(button(), button({ action_id: 'mine' })), block_id: 'own' }]);
    const [first, second] = elementsOf(block ?? {});
    assert.match(String(first?.['action_id']), /^[\w-]{5}$/);
    assert.deepEqual([second?.['action_id'], Reflect.get(block ?? {}, 'block_id')], ['mine', 'own']);
  });
});
