import assert from 'node:assert/strict';
import { createLink } from '../../../workflows/incident-sync/link-state.ts';
import type { Link } from '../../../workflows/incident-sync/link.ts';
import { planSync } from '../../../workflows/incident-sync/plan.ts';
import type { CaseSide, IssueSide, Side } from '../../../workflows/incident-sync/sides.ts';
import {
  analysis,
  comment,
  createBase,
  createCase,
  createIssue,
  createPair,
  createPolicy,
  field,
  lineOf,
  review,
} from './pair.ts';

const ref = { issueId: '10001', issueKey: 'INC-1' };

function start(
  fresh: Side | null,
  one: Partial<CaseSide> = {},
  issue: Partial<IssueSide> = {},
  policy = createPolicy(),
): { link: Link; line: string } {
  const sides = { case: createCase(one), issue: createIssue(issue) };
  const link = createLink(policy, ref, sides.case, sides.issue, fresh);
  const input = { policy, link, ...sides, answers: {}, expected: [], notes: [] };
  return { link, line: lineOf(planSync(input)) };
}

describe('a new link', () => {
  const differing = [
    { fields: { title: 'long', description: 'd' } },
    { fields: { title: 'lon', description: 'd' } },
  ] as const;

  it('of two sides that agree has them as its base', () => {
    assert.deepEqual(start(null), { link: { ...createBase(), version: 1 }, line: '' });
  });

  it('whose counterpart was just made agrees by construction', () => {
    assert.equal(start('case', ...differing).line, '');
    assert.equal(start('issue', ...differing).line, '');
  });

  it('without a base leaves what differs to the policy, and both are kept', () => {
    const { link, line } = start(null, ...differing);
    assert.deepEqual(Object.keys(link.fields), ['description']);
    assert.equal(line, 'title to issue losing title');
  });

  it('shows the issue of a new case what AWS has set itself', () => {
    const policy = createPolicy({
      fields: [field('caseArn', { direction: 'to-issue' }), field('closureCode'), field('title')],
    });
    const values = { caseArn: 'arn', closureCode: 'none', title: 'long' };
    const { line } = start(
      'issue',
      { fields: values },
      { fields: { caseArn: '', closureCode: '', title: 'l' } },
      policy,
    );
    assert.equal(line, 'caseArn closureCode to issue losing caseArn closureCode');
  });

  it('does not empty a case from its new issue, but keeps what it said once the issue speaks', () => {
    const policy = createPolicy({ fields: [field('title', { direction: 'to-case' })] });
    const sides = [{ fields: { title: 't' } }, { fields: { title: '' } }] as const;
    const { link, line } = start('case', ...sides, policy);
    assert.equal(line, '');
    const spoken = createPair({
      policy: { fields: policy.fields },
      link,
      case: sides[0],
      issue: { fields: { title: 'i' } },
    });
    assert.equal(lineOf(planSync(spoken)), 'title to case losing title');
  });

  it('lets the status of the one that was there first travel, whoever wins conflicts', () => {
    const issueFirst = start('issue', { status: 'Submitted' }, { status: 'In Review' });
    assert.equal(issueFirst.line, `case moves to ${analysis} > ${review}`);
    const policy = createPolicy({ statusConflict: 'issue' });
    const caseFirst = start('case', { status: review }, { status: 'To Do' }, policy);
    assert.equal(caseFirst.line, 'issue moves to In Review');
    assert.equal(start(null, { status: review }, { status: 'To Do' }).link.status, null);
  });

  it('knows its copies again by their marks, and has each looked over once', () => {
    const ours = (id: string, copyOf: string) => comment(id, { ours: true, copyOf });
    const { link, line } = start(
      null,
      { comments: [comment('1'), comment('2'), ours('3', '9#1')] },
      { comments: [ours('7', '1#2'), ours('8', '1#1'), ours('6', '2#2'), comment('9')] },
    );
    assert.deepEqual(
      link.comments.map(({ origin, id, copies, copyGone }) => [
        origin,
        id,
        copies.map((one) => one.id),
        copyGone,
      ]),
      [
        ['case', '1', ['8', '7'], undefined],
        // its first part was taken away
        ['case', '2', ['6'], true],
        ['issue', '9', ['3'], undefined],
      ],
    );
    assert.equal(line, 'edit case comment 1 at 8 7; edit issue comment 9 at 3');
  });
});
