import type { CommentCopied } from '../../workflows/incident-sync/steps.ts';
import { splitPlain } from '../jira/incidents/plain-adf.ts';
import { asDeleted, toCaseTexts, toIssueTexts } from './comment-text.ts';
import { clientToken, hashOf, normalise } from './hash.ts';
import type { ConnectionParts } from './parts.ts';
import type { IncidentPort } from './port.ts';

type Input = Parameters<IncidentPort['copyComment']>[0];

/** In place of a part that an edit has made superfluous: AWS deletes no comment. */
const nothingLeft = '(this part is empty now)';

/** Each part is created with a token of its own, and found again by it; edits are compared before they are made. */
export async function copyComment(parts: ConnectionParts, input: Input): Promise<CommentCopied> {
  return input.origin === 'case' ? copyToIssue(parts, input) : copyToCase(parts, input);
}

async function copyToIssue(parts: ConnectionParts, input: Input): Promise<CommentCopied> {
  const { cases, tickets, internalPrefix } = parts;
  const { caseId, issueId, id, key, copies } = input;
  const original = (await cases.listComments(caseId)).find((one) => one.id === id);
  if (!original) return { hash: '', copies, skipped: 'gone' };
  if (original.body.trimStart().startsWith(internalPrefix))
    return { hash: hashOf(original.body), copies, skipped: 'internal' };
  const { creator: author, createdAt: at, body } = original;
  const texts = toIssueTexts({ id, author, at, body }, splitPlain);
  const there = await tickets.readIssue(issueId, []);
  const write = {
    textOf: (copyId: string) => there.comments.find((one) => one.id === copyId)?.body,
    update: (copyId: string, text: string) => tickets.updateComment(issueId, copyId, text),
    create: async (text: string, part: number) => {
      const property = { key: `${key}-${part}`, copyOf: `${id}#${part}` };
      return (await tickets.ensureComment(issueId, text, property)).commentId;
    },
  };
  return { hash: hashOf(body), copies: await writeParts(texts, copies, write) };
}

async function copyToCase(parts: ConnectionParts, input: Input): Promise<CommentCopied> {
  const { cases, tickets, internalPrefix } = parts;
  const { caseId, issueId, id, key, copies, act } = input;
  const there = await cases.listComments(caseId);
  const write = {
    textOf: (copyId: string) => there.find((one) => one.id === copyId)?.body,
    update: (copyId: string, text: string) => cases.updateComment(caseId, copyId, text),
    create: async (text: string, part: number) =>
      (await cases.createComment(caseId, text, clientToken(`${key}-${part}`))).commentId,
  };
  if (act === 'mark-deleted') {
    const texts = copies.map((copy) => write.textOf(copy.id) ?? '');
    const at = new Date().toISOString();
    return {
      hash: '',
      copies: await writeParts(
        texts.map((text) => asDeleted(text, 'Jira', at)),
        copies,
        write,
      ),
    };
  }
  const original = (await tickets.readIssue(issueId, [])).comments.find((one) => one.id === id);
  if (!original) return { hash: '', copies, skipped: 'gone' };
  if (original.restricted || original.body.trimStart().startsWith(internalPrefix))
    return { hash: hashOf(original.body), copies, skipped: 'internal' };
  const { authorName: author, createdAt: at, body } = original;
  return {
    hash: hashOf(body),
    copies: await writeParts(toCaseTexts({ id, author, at, body }), copies, write),
  };
}

interface Writer {
  textOf(copyId: string): string | undefined;
  update(copyId: string, text: string): Promise<void>;
  create(text: string, part: number): Promise<string>;
}

async function writeParts(
  texts: readonly string[],
  copies: CommentCopied['copies'],
  write: Writer,
): Promise<CommentCopied['copies']> {
  const made: { id: string; hash: string }[] = [];
  for (const [index, text] of texts.entries()) {
    const copy = copies[index];
    if (!copy) made.push({ id: await write.create(text, index + 1), hash: hashOf(text) });
    else {
      const there = write.textOf(copy.id);
      // a person deleted it: it is not made again
      if (there !== undefined && normalise(there) !== normalise(text)) await write.update(copy.id, text);
      made.push({ id: copy.id, hash: hashOf(text) });
    }
  }
  for (const surplus of copies.slice(texts.length)) {
    if (write.textOf(surplus.id) !== undefined) await write.update(surplus.id, nothingLeft);
    made.push({ id: surplus.id, hash: hashOf(nothingLeft) });
  }
  return made;
}
