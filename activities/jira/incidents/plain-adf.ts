import { isRecord } from '../../../workflows/shared/guards.ts';
import { paragraph, type TicketComment } from '../../../workflows/shared/comment.ts';
import { toPlainText } from '../../plain-text.ts';
import { toAdf, type AdfDocument } from '../adf.ts';

/** Rich text of Jira as external data: every member may be anything. */
type Node = Readonly<Record<string, unknown>>;

/** Deeper than any editor nests; what lies below is left out. */
const maxDepth = 40;
const inline = new Set(
  'text hardBreak mention emoji date status inlineCard mediaInline inlineExtension placeholder'.split(' '),
);

/**
 * What people see, as text: blocks with an empty line between them, lists with their signs, code in fences, tables in bars, the
 * address of a link beside its words, a file by its name. A text that `fromPlain` wrote comes back sign by sign.
 * @param document as Jira stores it; a string, such as an older field's, is taken as it is
 */
export function toPlain(document: unknown): string {
  if (typeof document === 'string') return toPlainText(document);
  return isRecord(document) ? toPlainText(blocksToText(childrenOf(document), 0)) : '';
}

/** Text stays text: nothing in it becomes markup or a mention. What Jira has no room for is cut, and the document says so. */
export function fromPlain(text: string): AdfDocument {
  return toAdf(toBlocks(text));
}

/** The same before it is a document. */
export function toBlocks(text: string): TicketComment {
  return toPlainText(text).split('\n\n').map(paragraph);
}

/** Below Jira's 32,767, which it counts on what it stores. */
const partLength = 30_000;
/** What a line break costs there, at most. */
const breakLength = 60;

/**
 * A text in parts that each fit into one comment: parted at an empty line, a line or a blank where there is one.
 * @returns at least one part; joined they are the text
 */
export function splitPlain(text: string): readonly string[] {
  const parts: string[] = [];
  let rest = toPlainText(text);
  while (weigh(rest) > partLength) {
    const at = placeToPart(rest);
    parts.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...parts, rest];
}

/** Stored length, roughly and never too little: JSON escapes quotes and backslashes, and a line break is a node of its own. */
function weigh(text: string): number {
  let weight = 0;
  for (let at = 0; at < text.length; at += 1) weight += weightAt(text, at);
  return weight;
}

function weightAt(text: string, at: number): number {
  const sign = text[at];
  return sign === '\n' ? breakLength : sign === '"' || sign === '\\' || sign === '\t' ? 2 : 1;
}

/** Behind the last break that leaves a part of more than half a comment. */
function placeToPart(text: string): number {
  let end = 0;
  for (let weight = 0; weight + weightAt(text, end) <= partLength; end += 1) weight += weightAt(text, end);
  for (const mark of ['\n\n', '\n', ' ']) {
    const at = text.lastIndexOf(mark, end - mark.length);
    if (at > end / 2) return at + mark.length;
  }
  return isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end;
}

const isHighSurrogate = (code: number) => code >= 0xd800 && code <= 0xdbff;

function blocksToText(nodes: readonly Node[], depth: number): string {
  return nodes.map((node) => blockToText(node, depth)).join('\n\n');
}

function blockToText(node: Node, depth: number): string {
  if (depth > maxDepth) return '';
  const children = childrenOf(node);
  switch (node['type']) {
    case 'bulletList':
    case 'decisionList':
      return items(children, depth, () => '- ');
    case 'orderedList':
      return items(children, depth, (_, index) => `${firstNumber(node) + index}. `);
    case 'taskList':
      return items(children, depth, (item) => (attr(item, 'state') === 'DONE' ? '[x] ' : '[ ] '));
    case 'codeBlock':
      return `\`\`\`${attr(node, 'language')}\n${inlineText(children)}\n\`\`\``;
    case 'blockquote':
      return indented(blocksToText(children, depth + 1), '> ', '> ');
    case 'panel':
      return `[${attr(node, 'panelType') || 'info'}] ${blocksToText(children, depth + 1)}`;
    case 'expand':
    case 'nestedExpand':
      return [attr(node, 'title'), blocksToText(children, depth + 1)].filter(Boolean).join('\n\n');
    case 'rule':
      return '----';
    case 'table':
      return children.map((row) => tableRow(row, depth + 1)).join('\n');
    case 'media':
    case 'blockCard':
    case 'embedCard':
      return inlineText([node]);
    case 'mediaSingle':
    case 'mediaGroup':
      return children.map((child) => blockToText(child, depth + 1)).join('\n');
    default:
      return isLine(node) ? inlineText(children) || shownOf(node) : blocksToText(children, depth + 1);
  }
}

/** A block without blocks in it. */
function isLine(node: Node): boolean {
  return childrenOf(node).every((child) => inline.has(String(child['type'])));
}

function items(nodes: readonly Node[], depth: number, sign: (item: Node, index: number) => string): string {
  let index = -1;
  return nodes
    .map((item) => {
      // a list right inside a list is one level deeper, without an item of its own
      if (/List$/.test(String(item['type']))) return indented(blockToText(item, depth + 1), '  ', '  ');
      index += 1;
      const mark = sign(item, index);
      return indented(itemText(item, depth + 1), mark, ' '.repeat(mark.length));
    })
    .join('\n');
}

/** A list inside an item follows its line without an empty one. */
function itemText(item: Node, depth: number): string {
  if (isLine(item)) return inlineText(childrenOf(item));
  return childrenOf(item)
    .map((child) => blockToText(child, depth))
    .join('\n');
}

function indented(text: string, first: string, others: string): string {
  return text
    .split('\n')
    .map((line, index) => (index === 0 ? first : others) + line)
    .join('\n');
}

function firstNumber(node: Node): number {
  const order = Number(attr(node, 'order'));
  return Number.isInteger(order) && order > 0 ? order : 1;
}

function tableRow(row: Node, depth: number): string {
  const cells = childrenOf(row).map((cell) =>
    blocksToText(childrenOf(cell), depth + 1).replace(/\n+/g, ' / '),
  );
  return `| ${cells.join(' | ')} |`;
}

function inlineText(nodes: readonly Node[]): string {
  return nodes.map(inlineOf).join('');
}

function inlineOf(node: Node): string {
  switch (node['type']) {
    case 'text':
      return withAddress(node);
    case 'hardBreak':
      return '\n';
    case 'mention':
      return `@${(attr(node, 'text') || attr(node, 'id')).replace(/^@/, '')}`;
    case 'date':
      return dayOf(attr(node, 'timestamp'));
    case 'media':
    case 'mediaInline':
      return `[file: ${attr(node, 'alt') || attr(node, 'url') || attr(node, 'id') || 'without a name'}]`;
    default:
      return shownOf(node) || inlineText(childrenOf(node));
  }
}

function withAddress(node: Node): string {
  const text = typeof node['text'] === 'string' ? node['text'] : '';
  const link = listOf(node['marks']).find((mark) => mark['type'] === 'link');
  const href = link ? attr(link, 'href') : '';
  return href === '' || href.replace(/^mailto:/, '') === text || `${text}/` === href
    ? text
    : `${text} (${href})`;
}

/** Jira keeps a day as milliseconds since 1970, in a string. */
function dayOf(timestamp: string): string {
  const day = new Date(Number(timestamp));
  return timestamp === '' || Number.isNaN(day.getTime()) ? '' : day.toISOString().slice(0, 10);
}

/** Of a node without words of its own: an emoji, a status, a card, an extension. */
function shownOf(node: Node): string {
  return ['text', 'shortName', 'url', 'title'].map((name) => attr(node, name)).find(Boolean) ?? '';
}

function attr(node: Node, name: string): string {
  const attrs = node['attrs'];
  const value = isRecord(attrs) ? attrs[name] : undefined;
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

const childrenOf = (node: Node): readonly Node[] => listOf(node['content']);

function listOf(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.filter((one) => isRecord(one)) : [];
}
