import assert from 'node:assert/strict';
import { comment, run, type PairOver } from './pair.ts';
import type { CommentLink } from '../../../workflows/incident-sync/link.ts';
import type { CommentMark } from '../../../workflows/incident-sync/sides.ts';

const copied = (origin: 'case' | 'issue', id: string, copies: readonly string[], over = {}): CommentLink => ({
  origin,
  id,
  hash: `h${id}`,
  copies: copies.map((copy) => ({ id: copy, hash: `h${copy}` })),
  ...over,
});
const copyOf = (id: string, of: string): CommentMark => comment(id, { ours: true, copyOf: of });
const closed = { status: 'Closed' } as const;

/** [what is told, comments of the case, of the issue, links, what is done] */
type Row = readonly [
  string,
  readonly CommentMark[],
  readonly CommentMark[],
  readonly CommentLink[],
  string,
  PairOver?,
];

const rows: readonly Row[] = [
  ['new in the case', [comment('1')], [], [], 'create case comment 1'],
  ['new in Jira', [], [comment('9')], [], 'create issue comment 9'],
  ['copied', [comment('1')], [comment('9', { ours: true })], [copied('case', '1', ['9'])], ''],
  [
    'copied in parts',
    [comment('1')],
    [copyOf('8', '1#1'), copyOf('9', '1#2')],
    [copied('case', '1', ['8', '9'])],
    '',
  ],
  [
    'edited',
    [comment('1', { hash: 'new' })],
    [comment('9', { ours: true })],
    [copied('case', '1', ['9'])],
    'edit case comment 1 at 9',
  ],
  [
    'its copy edited',
    [comment('1')],
    [comment('9', { ours: true, hash: 'new' })],
    [copied('case', '1', ['9'])],
    '',
  ],
  // a copy of ours whose author the side does not tell
  ['its copy, as a person’s', [comment('1')], [comment('9')], [copied('case', '1', ['9'])], ''],
  [
    'deleted in Jira',
    [comment('1', { ours: true })],
    [],
    [copied('issue', '9', ['1'])],
    'mark-deleted issue comment 9 at 1',
  ],
  [
    'deleted in Jira, and marked',
    [comment('1', { ours: true })],
    [],
    [copied('issue', '9', ['1'], { deleted: true })],
    '',
  ],
  ['deleted in Jira, never copied', [], [], [copied('issue', '9', [])], ''],
  [
    'missing in the case, where none can be deleted',
    [],
    [comment('9', { ours: true })],
    [copied('case', '1', ['9'])],
    '',
  ],
  ['its copy deleted', [comment('1')], [], [copied('case', '1', ['9'])], ''],
  ['its copy deleted, then edited', [comment('1', { hash: 'new' })], [], [copied('case', '1', ['9'])], ''],
  [
    'one part deleted, then edited',
    [comment('1', { hash: 'new' })],
    [comment('8', { ours: true })],
    [copied('case', '1', ['8', '9'])],
    '',
  ],
  [
    'its copy known as gone',
    [comment('1', { hash: 'new' })],
    [],
    [copied('case', '1', ['9'], { copyGone: true })],
    '',
  ],
  ['internal', [], [comment('9', { internal: true })], [], ''],
  [
    'internal only now',
    [comment('1', { ours: true })],
    [comment('9', { internal: true, hash: 'new' })],
    [copied('issue', '9', ['1'])],
    '',
  ],
  ['that had to stay', [], [comment('9')], [copied('issue', '9', [])], ''],
  [
    'that had to stay, and was edited',
    [],
    [comment('9', { hash: 'new' })],
    [copied('issue', '9', [])],
    'create issue comment 9',
  ],
  ['ours, and no copy', [comment('1', { ours: true })], [comment('9', { ours: true })], [], ''],
  ['copied, and its map lost', [comment('1')], [copyOf('9', '1#1')], [], 'edit case comment 1 at 9'],
  ['in parts, one taken away, and its map lost', [comment('1')], [copyOf('9', '1#2')], [], ''],
  [
    'one part known as taken away',
    [comment('1', { hash: 'new' })],
    [copyOf('9', '1#2')],
    [copied('case', '1', ['9'], { copyGone: true })],
    '',
  ],
  [
    'in parts, and its map lost',
    [copyOf('2', '9#2'), copyOf('1', '9#1')],
    [comment('9')],
    [],
    'edit issue comment 9 at 1 2',
  ],
  [
    'copied twice, and its map lost',
    [comment('1')],
    [{ ...copyOf('8', '1#1'), createdAt: '2026-11-23T11:00:00Z' }, copyOf('9', '1#1')],
    [],
    'edit case comment 1 at 9',
  ],
  [
    'with a part that was never answered',
    [comment('1', { hash: 'new' })],
    [copyOf('8', '1#1'), copyOf('9', '1#2')],
    [copied('case', '1', ['8'])],
    'edit case comment 1 at 8 9',
  ],
  [
    'of a person who forges a copy',
    [comment('1')],
    [comment('9', { copyOf: '1#1' })],
    [],
    'create case comment 1; create issue comment 9',
  ],
  [
    'with a torn mark',
    [comment('1')],
    [copyOf('7', '1'), copyOf('8', '#1'), copyOf('9', '1#x')],
    [],
    'create case comment 1',
  ],
  ['of a closed case', [comment('1')], [], [], 'create case comment 1', { case: closed }],
  ['for a closed case', [], [comment('9')], [], '', { case: closed }],
  [
    'edited for a closed case',
    [comment('1', { ours: true })],
    [comment('9', { hash: 'new' })],
    [copied('issue', '9', ['1'])],
    '',
    { case: closed },
  ],
  [
    'deleted for a closed case',
    [comment('1', { ours: true })],
    [],
    [copied('issue', '9', ['1'])],
    '',
    { case: closed },
  ],
  [
    'new, to Jira only',
    [comment('1')],
    [comment('9')],
    [],
    'create case comment 1',
    { policy: { comments: 'to-issue' } },
  ],
  [
    'new, to the case only',
    [comment('1')],
    [comment('9')],
    [],
    'create issue comment 9',
    { policy: { comments: 'to-case' } },
  ],
  [
    'deleted, to Jira only',
    [comment('1', { ours: true })],
    [],
    [copied('issue', '9', ['1'])],
    '',
    { policy: { comments: 'to-issue' } },
  ],
  ['new, switched off', [comment('1')], [comment('9')], [], '', { policy: { comments: 'off' } }],
];

describe('a comment', () => {
  for (const [title, one, issue, comments, line, over = {}] of rows)
    it(`${title}: ${line || 'nothing'}`, () => {
      const isClosed = over.case?.status === 'Closed';
      const plan = run({
        ...over,
        case: { ...over.case, comments: one },
        issue: { comments: issue, ...(isClosed && { status: 'Done', done: true }) },
        link: { comments },
        notes: ['closed'],
      });
      assert.equal(plan, line);
    });

  it('travels in the order of its making, across both sides', () => {
    const at = (id: string, createdAt: string) => comment(id, { createdAt });
    assert.equal(
      run({
        case: { comments: [at('2', '2026-11-23T10:00:02Z'), at('1', '2026-11-23T10:00:00Z')] },
        issue: { comments: [at('8', '2026-11-23T10:00:00.500Z'), at('9', '2026-11-23T10:00:03.000Z')] },
      }),
      'create case comment 1; create issue comment 8; create case comment 2; create issue comment 9',
    );
  });
});
