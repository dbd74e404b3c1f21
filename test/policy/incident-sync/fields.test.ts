import assert from 'node:assert/strict';
import type { Expected } from '../../../workflows/incident-sync/link.ts';
import type { FieldMap } from '../../../workflows/incident-sync/sides.ts';
import { createPair, field, run, type PairOver } from './pair.ts';
import { planFields } from '../../../workflows/incident-sync/merge.ts';

/** [title of the case, of the issue, over the field, what is done]; both were `t`. */
type Row = readonly [string, string, Partial<FieldMap>, string];

const newerIssue = { issue: { updatedAt: '2026-11-23T10:00:01.000Z' } };
const newerCase = { case: { updatedAt: '2026-11-23T10:00:01Z' } };

function titles(one: string, issue: string, map: Partial<FieldMap>, over: PairOver = {}): string {
  return run({
    ...over,
    policy: { fields: [field(map.caseField ?? 'title', { ...map }), field('description')], ...over.policy },
    link: {
      fields: {
        [map.caseField ?? 'title']: { case: 't', issue: 't' },
        description: { case: 'd', issue: 'd' },
      },
      ...over.link,
    },
    case: { fields: { [map.caseField ?? 'title']: one, description: 'd' }, ...over.case },
    issue: { fields: { [map.caseField ?? 'title']: issue, description: 'd' }, ...over.issue },
  });
}

const rows: readonly Row[] = [
  ['t', 't', {}, ''],
  ['c', 't', {}, 'title to issue'],
  ['t', 'i', {}, 'title to case'],
  ['n', 'n', {}, ''],
  ['c', 'i', {}, 'title to issue losing title'],
  ['c', 'i', { conflict: 'issue' }, 'title to case losing title'],
  ['c', 'i', { conflict: 'ask' }, 'ask title'],
  ['c', 't', { conflict: 'ask' }, 'title to issue'],
  ['c', 't', { direction: 'to-issue' }, 'title to issue'],
  ['t', 'i', { direction: 'to-issue' }, ''],
  ['c', 'i', { direction: 'to-issue', conflict: 'issue' }, 'title to issue losing title'],
  ['t', 'i', { direction: 'to-case' }, 'title to case'],
  ['c', 't', { direction: 'to-case' }, ''],
  ['c', 'i', { direction: 'to-case' }, 'title to case losing title'],
  // AWS sets it: nothing of Jira's can reach it
  ['t', 'i', { caseField: 'closureCode' }, ''],
  ['c', 't', { caseField: 'closureCode' }, 'closureCode to issue'],
  ['c', 'i', { caseField: 'closureCode', conflict: 'issue' }, 'closureCode to issue losing closureCode'],
  ['c', 'i', { caseField: 'closureCode', direction: 'to-case' }, ''],
];

describe('a mapped field', () => {
  for (const [one, issue, map, line] of rows)
    it(`case ${one}, issue ${issue}${Object.keys(map).length > 0 ? `, ${JSON.stringify(map)}` : ''}: ${line || 'nothing'}`, () =>
      assert.equal(titles(one, issue, map), line));

  it('goes to the newest, and to the case’s value if both are as old', () => {
    const newest = { conflict: 'newest' } as const;
    assert.equal(titles('c', 'i', newest, newerIssue), 'title to case losing title');
    assert.equal(titles('c', 'i', newest, newerCase), 'title to issue losing title');
    assert.equal(titles('c', 'i', newest), 'title to issue losing title');
  });

  it('goes as people answered, and as by default where nobody can be asked', () => {
    const ask = { conflict: 'ask' } as const;
    assert.equal(titles('c', 'i', ask, { answers: { title: 'issue' } }), 'title to case losing title');
    assert.equal(titles('c', 'i', ask, { answers: { title: 'case' } }), 'title to issue losing title');
    assert.equal(
      titles('c', 'i', ask, { policy: { fields: [field('title', ask)], conflictApproval: null } }),
      'title to issue losing title',
    );
  });

  it('shows both values with the question', () => {
    const input = createPair({
      policy: { fields: [field('title', { conflict: 'ask' })] },
      case: { fields: { title: 'c' } },
      issue: { fields: { title: 'i' } },
    });
    assert.deepEqual(planFields(input), {
      steps: [],
      conflicts: [{ key: 'title', case: 'c', issue: 'i' }],
    });
  });

  it('is in conflict without a base, and both values are kept', () => {
    assert.equal(titles('c', 'i', {}, { link: { fields: {} } }), 'title to issue losing title');
    assert.equal(titles('n', 'n', {}, { link: { fields: {} } }), '');
  });

  it('that one side does not show is left alone', () => {
    assert.equal(run({ case: { fields: { title: 'c' } }, issue: { fields: { description: 'i' } } }), '');
  });

  it('goes in one call a side', () => {
    assert.equal(run({ case: { fields: { title: 'c', description: 'c' } } }), 'title description to issue');
    assert.equal(
      run({
        case: { fields: { title: 'c', description: 'd' } },
        issue: { fields: { title: 't', description: 'i' } },
      }),
      'title to issue; description to case',
    );
  });
});

describe('a mapped field of a closed case', () => {
  const closed = (one: string, issue: string, map: Partial<FieldMap>) =>
    titles(one, issue, map, {
      case: { status: 'Closed', fields: { title: one, description: 'd' } },
      issue: { status: 'Done', fields: { title: issue, description: 'd' } },
      link: { fields: { title: { case: 't', issue: 't' } }, status: { case: 'Closed', issue: 'Done' } },
      notes: ['closed'],
    });

  it('still travels to Jira', () => {
    assert.equal(closed('c', 't', {}), 'title to issue');
    assert.equal(closed('c', 'i', {}), 'title to issue losing title');
  });

  it('is never written to the case, and nobody is asked for nothing', () => {
    assert.equal(closed('t', 'i', {}), '');
    assert.equal(closed('c', 'i', { conflict: 'issue' }), '');
    assert.equal(closed('c', 'i', { conflict: 'ask' }), '');
  });
});

describe('the echo of a write that was never answered', () => {
  const asked = (side: Expected['side'], hash: string): PairOver => ({
    expected: [{ side, what: 'field', key: 'title', hash }],
  });

  it('is no change of that side', () => {
    assert.equal(titles('b', 'b', {}, asked('issue', 'b')), '');
    // the case went on meanwhile: no conflict, nothing lost
    assert.equal(titles('c', 'b', { conflict: 'issue' }, asked('issue', 'b')), 'title to issue');
    assert.equal(titles('b', 'i', {}, asked('case', 'b')), 'title to case');
  });

  it('lets the other side go back to what it was', () => {
    assert.equal(titles('t', 'b', { conflict: 'issue' }, asked('issue', 'b')), 'title to issue');
  });

  it('is none of another field, side or value', () => {
    const conflict = 'title to issue losing title';
    assert.equal(titles('c', 'i', {}, asked('issue', 'b')), conflict);
    assert.equal(titles('c', 'i', {}, asked('case', 'i')), conflict);
    const other: Expected = { side: 'issue', what: 'field', key: 'description', hash: 'i' };
    assert.equal(titles('c', 'i', {}, { expected: [other] }), conflict);
  });
});
