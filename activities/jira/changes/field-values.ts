import { toAdf, type AdfDocument } from '../adf.ts';
import { paragraph } from '../../../workflows/shared/comment.ts';
import type { ChangeBuild } from '../../../workflows/change-approval/messages.ts';
import { isRecord } from '../../../workflows/shared/guards.ts';
import { buildFields, type ChangeTicket } from './port.ts';
import { wrongField, type ChangeScheme } from './scheme.ts';

const maxDepth = 20;
/** Nodes that stand within a line; every other node is a line or several. */
const inline = ['text', 'hardBreak', 'mention', 'emoji', 'date', 'status', 'inlineCard'];

/** As typed, not trimmed; null when empty. */
export function readLine(value: unknown, name: string): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  throw wrongField(name, 'a single line of text', typeof value);
}

/** The words of a field with several lines, which Jira keeps as a document; null when there are none. */
export function readText(value: unknown, name: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' && !isRecord(value)) throw wrongField(name, 'text', typeof value);
  const text = (typeof value === 'string' ? value : textOf(value)).trim();
  return text === '' ? null : text;
}

function textOf(node: unknown, depth = 0): string {
  if (!isRecord(node) || depth > maxDepth) return '';
  if (node['type'] === 'text') return typeof node['text'] === 'string' ? node['text'] : '';
  if (node['type'] === 'hardBreak') return '\n';
  const children: readonly unknown[] = Array.isArray(node['content']) ? node['content'] : [];
  if (children.length === 0) return shownOf(node['attrs']);
  const isLine = children.every((child) => isRecord(child) && inline.includes(String(child['type'])));
  return children.map((child) => textOf(child, depth + 1)).join(isLine ? '' : '\n');
}

/** A mention or a card has its words in its attributes. */
function shownOf(attrs: unknown): string {
  if (!isRecord(attrs)) return '';
  const { text, url } = attrs;
  return typeof text === 'string' ? text : typeof url === 'string' ? url : '';
}

export function writeText(text: string): AdfDocument {
  return toAdf([paragraph(text)]);
}

/** @param ids of the fields @param fields of an issue, by id */
export function readBuild(
  { fields: names }: ChangeScheme,
  ids: Readonly<Record<keyof ChangeBuild, string>>,
  fields: Readonly<Record<string, unknown>>,
): ChangeTicket['build'] {
  const values = buildFields.map((field) => [field, readLine(fields[ids[field]], names[field])]);
  return Object.fromEntries(values) as ChangeTicket['build'];
}
