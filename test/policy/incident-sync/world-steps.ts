import assert from 'node:assert/strict';
import {
  afterAttachment,
  afterComment,
  afterFields,
  afterStatus,
  afterWatchers,
} from '../../../workflows/incident-sync/link-state.ts';
import type { CommentLink, Link } from '../../../workflows/incident-sync/link.ts';
import type { CaseStatus, Side } from '../../../workflows/incident-sync/sides.ts';
import { casePath } from '../../../workflows/incident-sync/status.ts';
import type { CommentCopied, Step } from '../../../workflows/incident-sync/steps.ts';
import {
  addComment,
  attach,
  hashOf,
  hasSeen,
  partLength,
  setField,
  touch,
  watchersNow,
  type Remark,
  type World,
} from './world.ts';

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;
/** `before`: the call never arrives; `after`: its answer never comes; `half`: it breaks off after the first of its writes. */
export type Outcome = 'ok' | 'before' | 'half' | 'after';

/** What a vendor answers to what it does not take. */
class Refused extends Error {}

const other = (side: Side): Side => (side === 'case' ? 'issue' : 'case');

function openFor(world: World, side: Side): void {
  if (side === 'case' && world.case.status === 'Closed') throw new Refused('ConflictException');
}

/** As `writeFields` of the port: what it overwrites without having known of it, or as a loser, is kept. */
function writeFields(
  world: World,
  step: StepOf<'fields'>,
  link: Link,
  known: Readonly<Record<string, string>>,
): Link {
  const { to, keys, losers } = step;
  const fields: Record<string, { case: string; issue: string }> = {};
  for (const key of keys) {
    openFor(world, to);
    const value = world[other(to)].fields[key] ?? '';
    const before = world[to].fields[key] ?? '';
    if (losers.includes(key) || known[key] !== hashOf(before)) world.kept.add(before);
    else assert.ok(hasSeen(world, other(to), key, before), `${before} of ${key} was lost`);
    setField(world, to, key, value);
    fields[key] = {
      case: hashOf(world.case.fields[key] ?? ''),
      issue: hashOf(world.issue.fields[key] ?? ''),
    };
  }
  return afterFields(link, step, { fields, kept: [] });
}

const board = ['To Do', 'In Progress', 'In Review', 'Done'];

function moveIssue(world: World, step: StepOf<'issue-status'>, isHalf: boolean): void {
  const at = board.indexOf(world.issue.status);
  const to = board.indexOf(step.status);
  const next = isHalf && at >= 0 && Math.abs(to - at) > 1 ? at + Math.sign(to - at) : to;
  world.issue.status = board[next] ?? step.status;
  touch(world, 'issue');
}

function moveCase(world: World, step: StepOf<'case-status'>, isHalf: boolean): void {
  for (const status of isHalf ? step.path.slice(0, 1) : step.path) {
    const way = casePath(world.case.status as CaseStatus, status, 'Self');
    if (way?.length !== 1) throw new Refused(`${world.case.status} to ${status}`);
    world.case.status = status;
    touch(world, 'case');
  }
}

export function partsOf({ id, text }: Remark): string[] {
  const count = Math.max(1, Math.ceil(text.length / partLength));
  return Array.from(
    { length: count },
    (_, index) => `${id}: ${text.slice(index * partLength, (index + 1) * partLength)}`,
  );
}

/** No look-up by key: what a lost answer has left must be found by the plan. */
function writeParts(
  world: World,
  step: StepOf<'comment'>,
  original: Remark,
  isHalf: boolean,
): CommentLink['copies'] {
  const to = other(step.origin);
  const parts = partsOf(original);
  const written = isHalf ? parts.slice(0, 1) : parts;
  return [...written, ...step.copies.slice(written.length).map(() => '')].map((text, index) => {
    openFor(world, to);
    const known = step.copies[index];
    const copy = world[to].comments.find(({ id }) => id === known?.id);
    if (copy) copy.text = text;
    const id =
      copy?.id ??
      addComment(world, to, { text, ours: true, copyOf: `${original.id}#${index + 1}`, internal: false });
    return { id, hash: hashOf(text) };
  });
}

function copyComment(world: World, step: StepOf<'comment'>, isHalf: boolean): CommentCopied {
  const to = other(step.origin);
  const copies = step.copies.map(({ id }) => world[to].comments.find((one) => one.id === id));
  if (copies.includes(undefined)) return { hash: '', copies: step.copies, skipped: 'gone' };
  const original = world[step.origin].comments.find(({ id }) => id === step.id);
  if (step.act === 'mark-deleted') {
    openFor(world, to);
    for (const copy of copies) if (copy) copy.text = 'deleted';
    return { hash: '', copies: step.copies };
  }
  if (!original) return { hash: '', copies: step.copies, skipped: 'gone' };
  assert.ok(!original.ours, 'a copy of a copy');
  if (original.internal) return { hash: hashOf(original.text), copies: step.copies, skipped: 'internal' };
  return { hash: hashOf(original.text), copies: writeParts(world, step, original, isHalf) };
}

function copyAttachment(world: World, { origin, id }: StepOf<'attachment'>): string {
  const to = other(origin);
  const file = world[origin].attachments.find((one) => one.id === id);
  assert.ok(file && !file.ours && file.status === 'Verified', 'a file that must not travel');
  const there = world[to].attachments.find(({ content }) => content === file.content);
  if (there) return there.id;
  openFor(world, to);
  return attach(world, to, { content: file.content, ours: true, status: 'Verified' });
}

function act(
  world: World,
  step: Step,
  link: Link,
  known: Readonly<Record<string, string>>,
  isHalf: boolean,
): Link {
  switch (step.kind) {
    case 'fields':
      return writeFields(world, isHalf ? { ...step, keys: step.keys.slice(0, 1) } : step, link, known);
    case 'issue-status':
      moveIssue(world, step, isHalf);
      return afterStatus(link, { case: step.from, issue: world.issue.status });
    case 'case-status':
      moveCase(world, step, isHalf);
      return afterStatus(link, { case: world.case.status, issue: step.from });
    case 'comment':
      return afterComment(link, step, copyComment(world, step, isHalf));
    case 'attachment': {
      const copyId = copyAttachment(world, step);
      return afterAttachment(link, step, { state: 'copied', sha256: null, copyId });
    }
    case 'watchers':
      openFor(world, step.to);
      // people whom the other side does not know begin with x
      for (const one of world[other(step.to)].watchers)
        if (!one.startsWith('x')) world[step.to].watchers.add(one);
      return afterWatchers(link, step, watchersNow(world));
    case 'note':
      world.notes.add(step.name);
      return link;
  }
}

/** One step as its activity would take it. @returns null: there was no answer, whatever happened */
export function runStep(
  world: World,
  step: Step,
  link: Link,
  known: Readonly<Record<string, string>>,
  outcome: Outcome,
): Link | null {
  if (outcome === 'before') return null;
  try {
    const next = act(world, step, link, known, outcome === 'half');
    return outcome === 'ok' ? next : null;
  } catch (fault) {
    if (fault instanceof Refused) return null;
    throw fault;
  }
}
