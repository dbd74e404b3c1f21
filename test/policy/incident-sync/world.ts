import type {
  CaseField,
  CaseSide,
  CaseStatus,
  CommentMark,
  IssueSide,
  Side,
} from '../../../workflows/incident-sync/sides.ts';
import { createCase, createIssue, createPolicy, field } from './pair.ts';

/** Texts longer than this need several comments on the other side; shorter than in life, so that few letters do. */
export const partLength = 8;
/** Of a title in Jira: what it cuts off never comes back as a change. */
const titleLength = 10;

export interface Remark {
  readonly id: string;
  text: string;
  readonly at: number;
  readonly ours: boolean;
  readonly copyOf: string | null;
  internal: boolean;
}

export interface Attached {
  readonly id: string;
  readonly content: string;
  readonly ours: boolean;
  status: 'Verified' | 'Pending' | 'Failed';
}

export interface WorldSide {
  status: string;
  readonly fields: Record<string, string>;
  readonly watchers: Set<string>;
  comments: Remark[];
  attachments: Attached[];
  updatedAt: number;
}

/** Two vendors as plain maps with texts; `kept` is what was rescued into a comment, `seen` what a field said on a side at any time. */
export interface World {
  now: number;
  readonly case: WorldSide;
  readonly issue: WorldSide;
  readonly kept: Set<string>;
  readonly seen: Record<Side, Set<string>>;
  /** By name: one each, as the real ones have a key. */
  readonly notes: Set<string>;
  /** Originals of which a person deleted a copy. */
  readonly unwanted: Set<string>;
  /** Whether a person moved it since both statuses last said the same. */
  readonly moved: Record<Side, boolean>;
}

const mapped: readonly CaseField[] = [
  'title',
  'description',
  'impactedServices',
  'engagementType',
  'closureCode',
  'threatActorIpAddresses',
];

export const worldPolicy = createPolicy({
  fields: [
    field('title'),
    field('description', { conflict: 'issue' }),
    field('impactedServices', { conflict: 'newest' }),
    field('engagementType', { conflict: 'ask' }),
    field('closureCode', { direction: 'to-issue' }),
    field('threatActorIpAddresses', { direction: 'to-case' }),
  ],
});

const createSide = (status: string): WorldSide => ({
  status,
  fields: Object.fromEntries(mapped.map((key) => [key, key[0] ?? ''])),
  watchers: new Set(['sam']),
  comments: [],
  attachments: [],
  updatedAt: 0,
});

export function createWorld(): World {
  const world: World = {
    now: 0,
    case: createSide('Submitted'),
    issue: createSide('To Do'),
    kept: new Set(),
    seen: { case: new Set(), issue: new Set() },
    notes: new Set(),
    unwanted: new Set(),
    moved: { case: false, issue: false },
  };
  for (const side of ['case', 'issue'] as const)
    for (const key of mapped) setField(world, side, key, world[side].fields[key] ?? '');
  return world;
}

/** What is stored of a value. */
const stored = (side: Side, key: string, value: string) =>
  side === 'issue' && key === 'title' ? value.slice(0, titleLength) : value;

export const hasSeen = (world: World, side: Side, key: string, value: string): boolean =>
  world.seen[side].has(`${key}=${stored('issue', key, value)}`);

/** Time passes with each write, wherever. */
export function touch(world: World, side: Side): number {
  world.now += 1;
  world[side].updatedAt = world.now;
  return world.now;
}

export function setField(world: World, side: Side, key: string, value: string): void {
  world[side].fields[key] = stored(side, key, value);
  world.seen[side].add(`${key}=${stored('issue', key, value)}`);
  touch(world, side);
}

export function addComment(world: World, side: Side, comment: Omit<Remark, 'id' | 'at'>): string {
  const at = touch(world, side);
  const id = `${side}-${at}`;
  world[side].comments.push({ id, at, ...comment });
  return id;
}

export function attach(world: World, side: Side, file: Omit<Attached, 'id'>): string {
  const id = `${side}-file-${touch(world, side)}`;
  world[side].attachments.push({ id, ...file });
  return id;
}

const toIso = (time: number) => new Date(Date.UTC(2026, 10, 23) + time * 1_000).toISOString();
export const hashOf = (value: string): string => `#${value}`;
const watchersHash = ({ watchers }: WorldSide) => hashOf([...watchers].sort().join());
const toMarks = (comments: readonly Remark[]): CommentMark[] =>
  comments.map(({ text, at, ...rest }) => ({ ...rest, hash: hashOf(text), createdAt: toIso(at) }));

const toSide = (side: WorldSide) => ({
  fields: Object.fromEntries(Object.entries(side.fields).map(([key, value]) => [key, hashOf(value)])),
  watchers: watchersHash(side),
  comments: toMarks(side.comments),
  attachments: side.attachments.map(({ id, content, ours, status }) => ({
    ...{ id, ours, status, hash: hashOf(content), size: content.length },
  })),
  updatedAt: toIso(side.updatedAt),
});

export const readCase = ({ case: one }: World): CaseSide =>
  createCase({ ...toSide(one), status: one.status as CaseStatus });

export const readIssue = ({ issue }: World): IssueSide =>
  createIssue({ ...toSide(issue), status: issue.status, done: issue.status === 'Done' });

export const watchersNow = ({ case: one, issue }: World): { case: string; issue: string } => ({
  case: watchersHash(one),
  issue: watchersHash(issue),
});
