import type { SandboxPerson } from '../shared/people.ts';
import { html, outsideLink, type Html } from './html.ts';
import { mrkdwnToHtml } from './mrkdwn-html.ts';
import type { Block } from './slack-client.ts';

/** A button as the app made it; `show` decides what pressing it does. */
export interface ShownButton {
  readonly actionId: string;
  readonly blockId: string;
  readonly value: string | undefined;
  readonly label: string;
  readonly style: string;
}

export interface BlockContext {
  readonly people: readonly SandboxPerson[];
  readonly button: (button: ShownButton) => Html;
  /** An input with its label; only modals have any. */
  readonly input?: (block: Block) => Html;
}

/** Block Kit as HTML. Everything in it is external text; what is of an unknown type shows its text. */
export function blocksToHtml(blocks: readonly Block[], context: BlockContext): Html {
  return html`${blocks.map((block) => blockToHtml(block, context))}`;
}

function blockToHtml(block: Block, context: BlockContext): Html {
  const { type, text, fields, elements, accessory } = block;
  switch (type) {
    case 'header':
      return html`<h3>${textToHtml(text, context)}</h3>`;
    case 'section':
      return html`<div class="section">
        ${text === undefined ? '' : html`<div class="message">${textToHtml(text, context)}</div>`}
        ${fieldGrid(listOf(fields), context)} ${elementToHtml(accessory, block, context)}
      </div>`;
    case 'context':
      return html`<p class="hint message">${listOf(elements).map((part) => textToHtml(part, context))}</p>`;
    case 'divider':
      return html`<hr />`;
    case 'actions':
      return html`<div class="actions">
        ${listOf(elements).map((element) => elementToHtml(element, block, context))}
      </div>`;
    case 'input':
      return context.input?.(block) ?? html``;
    default:
      return html`<p>${plainTextIn(block)}</p>`;
  }
}

function fieldGrid(fields: readonly unknown[], context: BlockContext): Html {
  if (fields.length === 0) return html``;
  return html`<div class="fields">
    ${fields.map((field) => html`<div class="message">${textToHtml(field, context)}</div>`)}
  </div>`;
}

/** Mrkdwn or plain text; an image is its description, because nothing is fetched for this page. */
function textToHtml(value: unknown, { people }: BlockContext): Html {
  const { type, text, alt_text: alt } = partsOf(value);
  if (type === 'mrkdwn') return mrkdwnToHtml(stringOf(text), people);
  return html`${stringOf(text) || stringOf(alt)}`;
}

function elementToHtml(value: unknown, block: Block, context: BlockContext): Html {
  const element = partsOf(value);
  if (element['type'] !== 'button') return html`${textToHtml(value, context)}`;
  const label = stringOf(partsOf(element['text'])['text']);
  if (typeof element['url'] === 'string') return outsideLink(element['url'], label);
  return context.button({
    ...{ label, style: stringOf(element['style']), actionId: stringOf(element['action_id']) },
    ...{ blockId: stringOf(block['block_id']) },
    value: typeof element['value'] === 'string' ? element['value'] : undefined,
  });
}

/** The texts of a block whose shape is unknown here, such as `rich_text`. */
function plainTextIn(value: unknown): string {
  if (Array.isArray(value)) return value.map(plainTextIn).join('');
  const { text, alt_text: alt, elements } = partsOf(value);
  if (typeof text === 'object') return plainTextIn(text);
  return `${stringOf(text)}${stringOf(alt)}${elements === undefined ? '' : plainTextIn(elements)}`;
}

export const partsOf = (value: unknown): Block =>
  typeof value === 'object' && value !== null ? (value as Block) : {};
export const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
