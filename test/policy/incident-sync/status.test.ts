import assert from 'node:assert/strict';
import { planSync } from '../../../workflows/incident-sync/plan.ts';
import { caseStatuses, type CaseStatus } from '../../../workflows/incident-sync/sides.ts';
import { casePath, isStatusAgreed, planStatus } from '../../../workflows/incident-sync/status.ts';
import {
  analysis,
  containment,
  createCase,
  createIssue,
  createPair,
  createPolicy,
  review,
  run,
  type PairOver,
} from './pair.ts';

const [toDo, inProgress, inReview, done] = ['To Do', 'In Progress', 'In Review', 'Done'];

describe('the way of a case', () => {
  const ways: readonly (readonly [CaseStatus, CaseStatus, readonly CaseStatus[] | null])[] = [
    ['Submitted', 'Submitted', []],
    ['Submitted', analysis, [analysis]],
    ['Submitted', containment, [analysis, containment]],
    ['Submitted', review, [analysis, review]],
    [analysis, containment, [containment]],
    [analysis, review, [review]],
    [containment, analysis, [analysis]],
    [containment, review, [review]],
    [review, containment, [containment]],
    [review, analysis, [analysis]],
    [analysis, 'Submitted', null],
    ['Acknowledged', analysis, null],
    ['Ready to Close', review, null],
    [analysis, 'Acknowledged', null],
    [review, 'Ready to Close', null],
  ];
  for (const [from, to, path] of ways)
    it(`from ${from} to ${to} is ${path?.join(' > ') ?? 'none'}`, () =>
      assert.deepEqual(casePath(from, to, 'Self'), path));

  it('to Closed is one hop from everywhere, and out of it there is none', () => {
    for (const status of caseStatuses.filter((one) => one !== 'Closed'))
      for (const resolver of ['Self', 'AWS'] as const) {
        assert.deepEqual(casePath(status, 'Closed', resolver), ['Closed']);
        assert.equal(casePath('Closed', status, resolver), null);
      }
  });

  it('of a case that AWS works on is AWS’s own, but for closing', () => {
    assert.equal(casePath('Submitted', analysis, 'AWS'), null);
    assert.equal(casePath(analysis, review, 'AWS'), null);
    assert.deepEqual(casePath(analysis, analysis, 'AWS'), []);
  });
});

/** [base of the case, of the issue, case now, issue now, what is done] */
type Row = readonly [CaseStatus, string, CaseStatus, string, string, PairOver?];
const aws: PairOver = { case: { resolverType: 'AWS' } };
const issueWins: PairOver = { policy: { statusConflict: 'issue' } };

const rows: readonly Row[] = [
  // both rest
  [analysis, inProgress, analysis, inProgress, ''],
  [containment, inProgress, containment, inProgress, ''],
  [analysis, inProgress, analysis, 'in progress', ''],
  // the case moves
  ['Submitted', toDo, analysis, inProgress, ''],
  ['Submitted', toDo, analysis, toDo, 'issue moves to In Progress'],
  ['Submitted', toDo, 'Acknowledged', toDo, 'issue moves to In Progress'],
  [analysis, inProgress, review, inProgress, 'issue moves to In Review'],
  [review, inReview, analysis, inReview, 'issue moves to In Progress'],
  [analysis, inProgress, containment, inProgress, 'note status-shared'],
  ['Acknowledged', inProgress, analysis, inProgress, 'note status-shared', aws],
  // the issue moves
  ['Submitted', toDo, 'Submitted', inProgress, `case moves to ${analysis}`],
  ['Submitted', toDo, 'Submitted', inReview, `case moves to ${analysis} > ${review}`],
  [containment, inProgress, containment, inReview, `case moves to ${review}`],
  [review, inReview, review, inProgress, `case moves to ${analysis}`],
  [analysis, inProgress, analysis, toDo, 'note status-held; held case Submitted no-way'],
  [analysis, inProgress, analysis, inReview, `note status-held; held case ${review} aws-managed`, aws],
  [analysis, inProgress, analysis, 'Waiting', 'note status-held; held issue Waiting unmapped'],
  // both move
  [analysis, inProgress, review, inReview, ''],
  ['Submitted', toDo, analysis, inReview, 'issue moves to In Progress'],
  ['Submitted', toDo, analysis, inReview, `case moves to ${review}`, issueWins],
  // what Jira cannot see is no move of the case
  [analysis, inProgress, containment, inReview, `case moves to ${review}`],
  // closing
  [analysis, inProgress, 'Closed', inProgress, 'issue closes to Done; note closed'],
  ['Submitted', toDo, 'Closed', toDo, 'issue closes to Done; note closed'],
  [analysis, inProgress, 'Closed', inReview, 'issue closes to Done; note closed', issueWins],
  [analysis, inProgress, 'Closed', done, 'note closed'],
  [analysis, inProgress, analysis, done, 'case moves to Closed'],
  [analysis, inProgress, analysis, done, 'case moves to Closed', aws],
  ['Closed', done, 'Closed', done, '', { notes: ['closed'] }],
  // reopened
  ['Closed', done, 'Closed', toDo, 'note reopened-after-close; reopened', { notes: ['closed'] }],
  ['Closed', done, 'Closed', 'Waiting', 'note reopened-after-close; reopened', { notes: ['closed'] }],
  [
    'Closed',
    done,
    'Closed',
    inProgress,
    'note reopened-after-close; reopened',
    { ...issueWins, notes: ['closed'] },
  ],
  // it was never closed there: the way was not free, and is tried again when a person moves it
  ['Closed', inReview, 'Closed', inReview, 'note status-held; held issue Done no-way', { notes: ['closed'] }],
  ['Closed', inReview, 'Closed', inProgress, 'issue closes to Done', { notes: ['closed'] }],
  // the last move did not arrive: shown, not tried for ever
  [review, inProgress, review, inProgress, 'note status-held; held issue In Review no-way'],
  [analysis, inReview, analysis, inReview, `note status-held; held case ${review} no-way`, issueWins],
];

function moved([caseBase, issueBase, one, issue, , over = {}]: Row): PairOver {
  return {
    ...over,
    link: { status: { case: caseBase, issue: issueBase } },
    case: { status: one, ...over.case },
    issue: { status: issue, done: issue === done, ...over.issue },
  };
}

describe('a status', () => {
  for (const row of rows) {
    const [caseBase, issueBase, one, issue, line, over] = row;
    const given = over ? ` ${JSON.stringify(over)}` : '';
    it(`${caseBase}/${issueBase}, now ${one}/${issue}${given}: ${line || 'nothing'}`, () =>
      assert.equal(run(moved(row)), line));
  }

  it('that is not mapped holds, whichever side it is of', () => {
    const policy = { toIssue: { Submitted: toDo } };
    assert.equal(run({ policy, case: { status: review } }), `note status-held; held case ${review} unmapped`);
    assert.equal(
      run({ policy: { toIssue: {}, toCase: {} }, case: { status: 'Closed' } }),
      'note status-held; note closed; held case Closed unmapped',
    );
  });

  it('is told as held once, and stays held', () => {
    const waiting: PairOver = { issue: { status: 'Waiting' } };
    const [note] = planSync(createPair(waiting)).steps;
    assert.ok(note?.kind === 'note');
    assert.equal(note.name, 'status-held-issue-waiting-unmapped');
    assert.equal(run({ ...waiting, notes: [note.name] }), 'held issue Waiting unmapped');
  });

  it('of the winner holds though the loser’s could travel', () => {
    assert.equal(
      run({ policy: { statusConflict: 'issue' }, case: { status: review }, issue: { status: 'Waiting' } }),
      'note status-held; held issue Waiting unmapped',
    );
  });

  it('without a base is the winner’s, and Closed in any case', () => {
    const link = { status: null };
    const issue = { status: toDo };
    assert.equal(run({ link, issue }), 'issue moves to In Progress');
    assert.equal(run({ link, issue: { status: inReview }, ...issueWins }), `case moves to ${review}`);
    assert.equal(
      run({ link, issue, case: { status: 'Closed' }, ...issueWins, notes: ['closed'] }),
      'issue closes to Done',
    );
  });

  it('of a closed case may be any of Jira’s that is done', () => {
    const issue = { status: 'Cancelled', done: true };
    assert.equal(run({ case: { status: 'Closed' }, issue, notes: ['closed'] }), '');
    assert.equal(run({ issue }), 'note status-held; held issue Cancelled unmapped');
    const reopened = { link: { status: { case: 'Closed', issue: 'Cancelled' } }, notes: ['closed'] };
    assert.match(run({ ...reopened, case: { status: 'Closed' } }), /reopened$/);
  });
});

describe('many statuses of one', () => {
  it('agree, from either side', () => {
    const policy = createPolicy({ toIssue: { Submitted: 'To Do' }, toCase: { backlog: 'Submitted' } });
    const agreed = (one: CaseStatus, status: string) =>
      isStatusAgreed(policy, createCase({ status: one }), createIssue({ status }));
    assert.ok(agreed('Submitted', 'TO DO'));
    assert.ok(agreed('Submitted', 'Backlog'));
    assert.ok(!agreed(analysis, 'Backlog'));
  });

  it('of Jira are one to the case: a move between them is none', () => {
    const toCase = { 'in progress': analysis, waiting: analysis } as const;
    assert.equal(
      run({
        policy: { toCase, statusConflict: 'issue' },
        case: { status: review },
        issue: { status: 'Waiting' },
      }),
      'issue moves to In Review',
    );
  });

  it('tell of each move that Jira does not show', () => {
    const names = [containment, 'Acknowledged', containment].map((status, index) => {
      const [step] = planSync(
        createPair({ case: { status: status as CaseStatus, updatedAt: `2026-11-23T10:0${index}:00Z` } }),
      ).steps;
      return step?.kind === 'note' ? step.name : '';
    });
    assert.equal(new Set(names).size, 3);
    assert.equal(names[0], 'status-shared-containment-eradication-and-recovery-2026-11-23t10:00:00z');
  });
});

describe('a move of ours that was never answered', () => {
  const walking = (one: CaseStatus, issue: string, asked: 'case' | 'issue', values: readonly string[]) =>
    run({
      policy: { statusConflict: asked },
      link: { status: { case: 'Submitted', issue: toDo } },
      case: { status: one },
      issue: { status: issue },
      expected: values.map((value) => ({ side: asked, what: 'status', value })),
    });

  it('is no move of that side', () => {
    assert.equal(walking(review, inProgress, 'issue', [inProgress]), 'issue moves to In Review');
    assert.equal(walking('Submitted', inProgress, 'issue', [inProgress]), 'issue moves to To Do');
  });

  it('is finished when it stopped half-way', () => {
    assert.equal(walking(analysis, inReview, 'case', [analysis, review]), `case moves to ${review}`);
    assert.equal(walking('Closed', inProgress, 'issue', [done]), 'issue closes to Done; note closed');
    assert.equal(walking(review, inProgress, 'issue', [inReview]), 'issue moves to In Review');
  });

  it('does not close the issue again for which it closed the case', () => {
    assert.match(walking('Closed', toDo, 'case', ['Closed']), /reopened$/);
  });
});

describe('a case that is gone', () => {
  const gone: PairOver = {
    case: { found: false, fields: {}, comments: [], watchers: '' },
    issue: { watchers: 'x' },
  };

  it('is told once, and nothing else is done', () => {
    assert.equal(run(gone), 'note case-gone');
    assert.equal(run({ ...gone, notes: ['case-gone'] }), '');
  });

  it('has its issue moved once, where configured', () => {
    const policy = { goneStatus: 'Cancelled' };
    assert.equal(run({ ...gone, policy }), 'issue moves to Cancelled; note case-gone');
    assert.equal(run({ ...gone, policy, issue: { status: 'cancelled' } }), 'note case-gone');
    assert.equal(run({ ...gone, policy, notes: ['case-gone'] }), '');
  });
});

it('of an issue that is gone nothing is planned', () => {
  const pair = createPair({ case: { status: review }, issue: { found: false, gone: 'deleted' } });
  assert.deepEqual(planSync(pair), { steps: [], conflicts: [], hold: null, reopened: false });
  assert.ok(planStatus(createPair({ case: { status: review } })).step);
});
