import type { AdfNode } from './model.ts';

/** Rich text as wiki markup: the form in which webhooks and the v2 API show it (contracts §2.1). */
export function toWiki(node: AdfNode): string {
  return children(node).map(blockToWiki).join('\n\n');
}

function blockToWiki(node: AdfNode): string {
  switch (node.type) {
    case 'heading':
      return `h${attr(node, 'level')}. ${inline(node)}`;
    case 'bulletList':
    case 'orderedList':
      return list(node);
    case 'codeBlock':
      return `{code:${attr(node, 'language') || 'java'}}${inline(node)}{code}`;
    case 'panel':
      return `{panel}\n${toWiki(node)}\n{panel}`;
    case 'table':
      return children(node).map(tableRow).join('\n');
    case 'blockquote':
      return `{quote}${toWiki(node)}{quote}`;
    case 'rule':
      return '----';
    case 'paragraph':
      return inline(node);
    default:
      return toWiki(node);
  }
}

function list(node: AdfNode): string {
  const bullet = node.type === 'bulletList' ? '*' : '#';
  return children(node)
    .map((item) => `${bullet} ${children(item).map(blockToWiki).join('\n')}`)
    .join('\n');
}

function tableRow(row: AdfNode): string {
  const cells = children(row).map((cell) => `${cell.type === 'tableHeader' ? '||' : '|'}${toWiki(cell)}`);
  const end = children(row).at(-1)?.type === 'tableHeader' ? '||' : '|';
  return cells.join('') + end;
}

const inline = (node: AdfNode): string => children(node).map(inlineToWiki).join('');

function inlineToWiki(node: AdfNode): string {
  switch (node.type) {
    case 'text':
      return (node.marks ?? []).reduce(marked, node.text ?? '');
    case 'hardBreak':
      return '\n';
    case 'mention':
      return `[~accountid:${attr(node, 'id')}]`;
    case 'inlineCard':
      return `[${attr(node, 'url')}|${attr(node, 'url')}|smart-link]`;
    default:
      return attr(node, 'text');
  }
}

// Marks without a wiki form (textColor, underline …) are dropped.
function marked(text: string, mark: AdfNode): string {
  switch (mark.type) {
    case 'strong':
      return `*${text}*`;
    case 'em':
      return `_${text}_`;
    case 'code':
      return `{{${text}}}`;
    case 'strike':
      return `-${text}-`;
    case 'link':
      return `[${text}|${attr(mark, 'href')}]`;
    default:
      return text;
  }
}

const children = (node: AdfNode): readonly AdfNode[] => node.content ?? [];

function attr(node: AdfNode, name: string): string {
  const value = node.attrs?.[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
