import type { CommentBlock, TicketComment } from '../../workflows/shared/comment.ts';
import { cutText, toPlainText } from '../plain-text.ts';

/** Atlassian Document Format, as far as comments need it (contracts §4). */
export interface AdfNode {
  readonly type: string;
  readonly text?: string;
  readonly attrs?: Readonly<Record<string, string>>;
  readonly marks?: readonly AdfNode[];
  readonly content?: readonly AdfNode[];
}

// A type, not an interface: jira.js wants an index signature.
export type AdfDocument = { type: 'doc'; version: 1; content: Record<string, unknown>[] };

/** Jira's limit on a comment, counted on the stored form (contracts §4). */
const maxLength = 32_767;
const cutNote = paragraphNode('The rest was cut: Jira takes no longer comment.');
const frameLength = JSON.stringify({ type: 'doc', version: 1, content: [] }).length;
const budget = maxLength - frameLength - JSON.stringify(cutNote).length - 1;

/**
 * A comment as Jira stores it. Texts stay text: nothing in them becomes markup, a mention or a macro. What does not fit
 * is cut at the end of a block, an item, a row or a character, and the comment says so.
 */
export function toAdf(comment: TicketComment): AdfDocument {
  const content: AdfNode[] = [];
  let left = budget;
  for (const block of comment) {
    const nodes = fitNodes(block, left);
    content.push(...nodes.nodes);
    left -= nodes.length;
    if (nodes.cut) {
      content.push(cutNote);
      break;
    }
  }
  const written = content.length > 0 ? content : [paragraphNode('')];
  return { type: 'doc', version: 1, content: written.map((node) => ({ ...node })) };
}

function fitNodes(block: CommentBlock, left: number): { nodes: AdfNode[]; length: number; cut: boolean } {
  for (let share = 1; share > 0.01; share *= 0.9) {
    const nodes = toNodes(share === 1 ? block : firstPart(block, share));
    const length = nodes.reduce((sum, node) => sum + JSON.stringify(node).length + 1, 0);
    if (length <= left) return { nodes, length, cut: share < 1 };
  }
  return { nodes: [], length: 0, cut: true };
}

function firstPart(block: CommentBlock, share: number): CommentBlock {
  switch (block.type) {
    case 'paragraph':
    case 'code':
      return { ...block, text: cutText(block.text, Math.floor(block.text.length * share)) };
    case 'list':
      return { ...block, items: block.items.slice(0, Math.floor(block.items.length * share)) };
    case 'table':
      return { ...block, rows: block.rows.slice(0, Math.floor(block.rows.length * share)) };
    case 'link':
      return block;
  }
}

function toNodes(block: CommentBlock): AdfNode[] {
  switch (block.type) {
    case 'paragraph':
      return [paragraphNode(block.text)];
    case 'link':
      return [linkNode(block)];
    case 'list':
      return block.items.length === 0 ? [] : [listNode(block.items)];
    case 'code':
      return [{ type: 'codeBlock', content: textNodes(block.text) }];
    case 'table':
      return [tableNode(block)];
  }
}

function paragraphNode(text: string): AdfNode {
  const lines = toPlainText(text).split('\n');
  const content = lines.flatMap((line, index): AdfNode[] => [
    ...(index > 0 ? [{ type: 'hardBreak' }] : []),
    ...textNodes(line),
  ]);
  return { type: 'paragraph', content };
}

/** Jira refuses a text node without text. */
function textNodes(text: string): AdfNode[] {
  const plain = toPlainText(text);
  return plain === '' ? [] : [{ type: 'text', text: plain }];
}

/** Anything but http(s) is written as text, so that a ticket never carries a `javascript:` link. */
function linkNode(block: Extract<CommentBlock, { type: 'link' }>): AdfNode {
  const href = URL.canParse(block.href) ? new URL(block.href) : undefined;
  const label = toPlainText(block.label) || toPlainText(block.href);
  const before = block.before ? textNodes(block.before) : [];
  if (href?.protocol !== 'https:' && href?.protocol !== 'http:')
    return { type: 'paragraph', content: [...before, ...textNodes(`${label} (${block.href})`)] };
  const link: AdfNode = { type: 'link', attrs: { href: href.href } };
  return { type: 'paragraph', content: [...before, { type: 'text', text: label, marks: [link] }] };
}

function listNode(items: readonly string[]): AdfNode {
  return {
    type: 'bulletList',
    content: items.map((item) => ({ type: 'listItem', content: [paragraphNode(item)] })),
  };
}

function tableNode(block: Extract<CommentBlock, { type: 'table' }>): AdfNode {
  const row = (type: string, cells: readonly string[]): AdfNode => ({
    type: 'tableRow',
    content: block.header.map((_, column) => ({ type, content: [paragraphNode(cells[column] ?? '')] })),
  });
  return {
    type: 'table',
    content: [row('tableHeader', block.header), ...block.rows.map((cells) => row('tableCell', cells))],
  };
}
