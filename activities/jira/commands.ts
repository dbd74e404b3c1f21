import type { Verb } from '../../workflows/approval/messages.ts';
import { cutText, toPlainText } from '../plain-text.ts';

/** What a comment says about a request; anything else says nothing. */
export interface Command {
  readonly verb: Verb;
  /** What follows the verb, in one line; null when nothing does. Whether one is needed is the ledger's to judge. */
  readonly reason: string | null;
}

/** A comment's rich text as Jira stores it: external, so every member may be anything. */
interface Node {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly marks?: unknown;
  readonly content?: unknown;
}

const verbOf: Readonly<Record<string, Verb>> = {
  approve: 'approve',
  reject: 'reject',
  revoke: 'revoke',
  override: 'override',
  info: 'request-info',
};
export const commandWords = Object.keys(verbOf).map((word) => `/${word}`);

/** An envelope has room for no more. */
const maxReason = 1_000;
const maxDepth = 20;

/**
 * A comment is a command when its very first characters are one of the words, unmarked, in a plain paragraph, and a blank or
 * the end of the line follows: not in code, a quotation, a list or struck through, not after a mention, never in other letters.
 * A revocation is taken with whatever follows it: read too narrowly it would leave an approval standing.
 * @returns undefined: an ordinary comment · `unknown-word`: it begins with a slash and is none of ours
 */
export function parseCommand(body: unknown): Command | 'unknown-word' | undefined {
  const [first, ...rest] = contentOf(body);
  if (first?.type !== 'paragraph') return undefined;
  const [opening] = contentOf(first);
  if (opening?.type !== 'text' || typeof opening.text !== 'string' || isMarked(opening)) return undefined;
  const [line = '', ...lines] = toText(first).split('\n');
  if (!/^\/\p{L}/u.test(line)) return undefined;
  const word = /^\/([a-z]+)(?=\s|$)/.exec(line)?.[1];
  // the word must be whole in its own piece of text: `/approve` + a bold `d` is no approval
  if (word === undefined || !Object.hasOwn(verbOf, word) || !opening.text.startsWith(`/${word}`))
    return 'unknown-word';
  const verb = verbOf[word];
  if (verb === undefined) return 'unknown-word';
  const said = [line.slice(word.length + 1), ...lines, ...rest.map((node) => toText(node))].join(' ');
  const reason = toPlainText(said).replace(/\s+/g, ' ').trim();
  return { verb, reason: reason === '' ? null : cutText(reason, maxReason) };
}

/** A whole comment as text, a line for each of its blocks. */
export function toCommentText(body: unknown): string {
  return contentOf(body)
    .map((node) => toText(node))
    .join('\n');
}

function toText(node: Node, depth = 0): string {
  if (node.type === 'text') return typeof node.text === 'string' ? node.text : '';
  if (node.type === 'hardBreak') return '\n';
  if (depth > maxDepth) return '';
  const children = contentOf(node);
  if (children.length > 0) return children.map((child) => toText(child, depth + 1)).join('');
  const { text, url } = node.attrs ?? {};
  return typeof text === 'string' ? text : typeof url === 'string' ? url : '';
}

function isMarked({ marks }: Node): boolean {
  return Array.isArray(marks) && marks.length > 0;
}

function contentOf(node: unknown): readonly Node[] {
  if (typeof node !== 'object' || node === null || !('content' in node) || !Array.isArray(node.content))
    return [];
  return node.content.filter((one): one is Node => typeof one === 'object' && one !== null);
}
