import type { AdfNode, PackedAdf } from './model.ts';
import { isJsonObject } from './router.ts';

/** Blocks may stand in a document; inline nodes only inside them (contracts §4). */
const blocks = new Set(
  'paragraph heading bulletList orderedList codeBlock panel table rule expand blockquote taskList mediaSingle mediaGroup'.split(
    ' ',
  ),
);
const inner = new Set(
  'text hardBreak mention emoji date status inlineCard listItem tableRow tableHeader tableCell taskItem nestedExpand media'.split(
    ' ',
  ),
);
const maxText = 32_767;

/**
 * A light check of a rich-text value: undefined when acceptable, otherwise Jira's complaint.
 * The sandbox refuses what every client gets wrong first; Atlassian's full schema judges in the tests.
 */
export function adfFault(value: unknown): string | undefined {
  if (!isJsonObject(value))
    return 'Operation value must be an Atlassian Document (see the Atlassian Document Format)';
  const { type, version, content } = value;
  if (type !== 'doc' || version !== 1 || !Array.isArray(content)) return 'INVALID_INPUT';
  if (!content.every((node) => isBlock(node) && isNode(node))) return 'INVALID_INPUT';
  if (plainText(value as unknown as AdfNode).length > maxText)
    return 'The entered text is too long. It exceeds the allowed limit of 32,767 characters.';
  return undefined;
}

// Bare text in a document or a list item is the commonest mistake, and Jira refuses it.
function isBlock(node: unknown): boolean {
  return isJsonObject(node) && blocks.has(String(node['type']));
}

function isNode(node: unknown): boolean {
  if (!isJsonObject(node) || typeof node['type'] !== 'string') return false;
  const { type, text, content } = node;
  if (type === 'text') return typeof text === 'string' && text.length > 0;
  if (!blocks.has(type) && !inner.has(type)) return false;
  if (type === 'listItem' && !(Array.isArray(content) && content.every(isBlock))) return false;
  return content === undefined || (Array.isArray(content) && content.every(isNode));
}

/** All text of a document without its markup: what the length limit counts. */
function plainText(node: AdfNode): string {
  return (node.text ?? '') + (node.content ?? []).map(plainText).join('');
}

/** Of a checked document. */
export const packAdf = (document: AdfNode) => JSON.stringify(document) as PackedAdf;
export const unpackAdf = (packed: PackedAdf) => JSON.parse(packed) as AdfNode;
