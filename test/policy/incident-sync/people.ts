import type { CaseStatus, Side } from '../../../workflows/incident-sync/sides.ts';
import { casePath } from '../../../workflows/incident-sync/status.ts';
import { analysis, containment, review } from './pair.ts';
import { addComment, attach, setField, touch, type Remark, type World } from './world.ts';

/** What a person does; the numbers choose where, and what of what is there. */
export type Deed = readonly [kind: keyof typeof deeds, one: number, other: number];

const at = <T>(all: readonly T[], index: number): T | undefined =>
  all.length > 0 ? all[index % all.length] : undefined;
const sideOf = (number: number): Side => (number % 2 === 0 ? 'case' : 'issue');
/** AWS refuses people, too. */
const isOpen = (world: World, side: Side) => side === 'issue' || world.case.status !== 'Closed';

const originals = (world: World, side: Side) => world[side].comments.filter(({ ours }) => !ours);
const copies = (world: World) => world.issue.comments.filter(({ ours }) => ours);
const originalOf = ({ copyOf }: Remark) => copyOf?.slice(0, copyOf.lastIndexOf('#')) ?? '';

function editField(world: World, one: number, other: number): void {
  const side = sideOf(one);
  const key = at(Object.keys(world[side].fields), one >> 1);
  if (!key || !isOpen(world, side)) return;
  // sometimes what another may write, too; sometimes too long for Jira
  const words = ['same', `v${world.now}`, `a long value ${world.now}`, `v${world.now}`];
  setField(world, side, key, words[other % words.length] ?? '');
}

function comment(world: World, one: number, other: number): void {
  const side = sideOf(one);
  // equal, tagged, quoting one of ours, long (S-59)
  const quoted = at(world[side].comments, one)?.text ?? '';
  const words = ['equal', '[jira Update] tagged', `> ${quoted}`, 'long '.repeat(one), ''];
  addComment(world, side, {
    text: words[other % words.length] ?? '',
    ours: false,
    copyOf: null,
    internal: other === 7,
  });
}

function editComment(world: World, one: number, other: number): void {
  const side = sideOf(one);
  const remark = at(originals(world, side), other);
  if (!remark) return;
  remark.text = `edited at ${touch(world, side)}`.slice(0, 4 + 2 * one);
}

function removeComment(world: World, one: number, other: number): void {
  const isCopy = one % 2 === 0;
  const remark = at(isCopy ? copies(world) : originals(world, 'issue'), other);
  if (!remark) return;
  if (isCopy) world.unwanted.add(originalOf(remark));
  world.issue.comments = world.issue.comments.filter((every) => every !== remark);
  touch(world, 'issue');
}

/** A person writes into our copy. */
function tamper(world: World, one: number, _other: number): void {
  const remark = at(copies(world), one);
  if (!remark) return;
  world.unwanted.add(originalOf(remark));
  remark.text = `tampered at ${touch(world, 'issue')}`;
}

function hide(world: World, one: number, other: number): void {
  const remark = at(originals(world, sideOf(one)), other);
  if (remark) remark.internal = !remark.internal;
}

function addFile(world: World, one: number, other: number): void {
  const side = sideOf(one);
  if (!isOpen(world, side)) return;
  const status = side === 'case' && other === 0 ? 'Pending' : 'Verified';
  attach(world, side, { content: `file ${other % 4}`, ours: false, status });
}

function checkFiles(world: World, one: number, _other: number): void {
  for (const file of world.case.attachments)
    if (file.status === 'Pending') file.status = one === 0 ? 'Failed' : 'Verified';
}

function watch(world: World, one: number, other: number): void {
  if (isOpen(world, sideOf(one))) world[sideOf(one)].watchers.add(`${one % 3 === 0 ? 'x' : 'p'}${other}`);
}

function moveIssue(world: World, _one: number, other: number): void {
  const board = ['To Do', 'In Progress', 'In Review', 'In Progress', 'In Review', 'Waiting', 'Done'];
  world.issue.status = board[other % board.length] ?? 'To Do';
  world.moved.issue = true;
  touch(world, 'issue');
}

function moveCase(world: World, one: number, other: number): void {
  const to = at<CaseStatus>([analysis, containment, review, analysis, containment, review, 'Closed'], other);
  // one in two means to close it
  if (!to || (to === 'Closed' && one % 2 === 0)) return;
  if (casePath(world.case.status as CaseStatus, to, 'Self')?.length !== 1) return;
  world.case.status = to;
  world.moved.case = true;
  touch(world, 'case');
}

const deeds = {
  editField,
  comment,
  editComment,
  removeComment,
  tamper,
  hide,
  addFile,
  checkFiles,
  watch,
  moveIssue,
  moveCase,
};
export const deedKinds = Object.keys(deeds) as readonly Deed[0][];

export const doDeed = (world: World, [kind, one, other]: Deed): void => deeds[kind](world, one, other);
