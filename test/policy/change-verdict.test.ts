import assert from 'node:assert/strict';
import { toAdf } from '../../activities/jira/adf.ts';
import { allChecks } from '../../workflows/change-approval/all-checks.ts';
import type { Check } from '../../workflows/change-approval/checks/check.ts';
import type { ChangeFacts } from '../../workflows/change-approval/facts.ts';
import { judgeChange } from '../../workflows/change-approval/judge-change.ts';
import type { CheckVerdict, Verdict } from '../../workflows/change-approval/messages.ts';
import type { PlanReport } from '../../workflows/change-approval/plan-report.ts';
import { notCovered, toVerdictComment } from '../../workflows/change-approval/verdict-comment.ts';
import { toVerdictEvidence } from '../../workflows/change-approval/verdict-evidence.ts';
import { workDetails } from '../../workflows/change-approval/work-details.ts';
import { factsWith, goodFacts, scanOf } from '../support/change-facts.ts';

const checkOf = (verdict: CheckVerdict, found: readonly string[] = ['x']): Check => ({
  id: verdict,
  title: verdict,
  judge: () => ({ verdict, found, links: [], fix: 'Do something.' }),
});
const pageOf = (facts: ChangeFacts) => ({
  ticket: facts.ticket.key,
  facts,
  runLink: 'https://temporal.test/run',
});
const commentOn = (facts: ChangeFacts) => toVerdictComment(judgeChange(facts), pageOf(facts));

describe('judgeChange', () => {
  const cases: readonly [string, readonly CheckVerdict[], Verdict['recommends']][] = [
    ['all pass', ['pass', 'pass'], 'approve'],
    ['one is pending', ['pass', 'pending'], 'wait'],
    ['one is manual', ['manual', 'pass'], 'manual'],
    ['one fails', ['pass', 'fail'], 'manual'],
    ['people are not kept waiting for what is pending', ['pending', 'manual'], 'manual'],
    ['pending and failed', ['pending', 'fail'], 'manual'],
    ['no checks', [], 'manual'],
  ];
  for (const [name, verdicts, expected] of cases)
    it(name, () =>
      assert.equal(
        judgeChange(
          goodFacts,
          verdicts.map((each) => checkOf(each)),
        ).recommends,
        expected,
      ),
    );

  it('recommends approval where everything is right', () => {
    const { recommends, checks } = judgeChange(goodFacts);
    assert.equal(recommends, 'approve');
    assert.deepEqual(
      checks.map(({ id }) => id),
      ['ticket', 'build', 'review', 'scan', 'first-deploy', 'related', 'freeze', 'incident', 'duties'],
    );
  });
  it('names each check once', () =>
    assert.equal(new Set(allChecks.map(({ id }) => id)).size, allChecks.length));
  it('keeps 20 lines and says how many more', () => {
    const [check] = judgeChange(goodFacts, [checkOf('fail', Array(50).fill('x'))]).checks;
    assert.deepEqual([check?.found.length, check?.found.at(-1)], [20, 'and 31 more']);
  });
  it('keeps external text on one line, bounded', () => {
    const [check] = judgeChange(goodFacts, [checkOf('fail', [`a\n| b |${'x'.repeat(900)}`])]).checks;
    assert.match(check?.found[0] ?? '', /^a \| b \|x+…$/);
    assert.equal(check?.found[0]?.length, 300);
  });
  it('says nothing of a fix where nothing is wrong', () =>
    assert.equal(judgeChange(goodFacts, [checkOf('pass')]).checks[0]?.fix, ''));
  it('a repeat is the same', () => assert.deepEqual(judgeChange(goodFacts), judgeChange(goodFacts)));
  const stops: readonly [string, ChangeFacts, Verdict['recommends']][] = [
    ['first deploy', factsWith({ history: { lastApproved: null } }), 'manual'],
    [
      'scan running',
      factsWith({ scans: { scans: [scanOf('sast', { state: 'running', finishedAt: null })] } }),
      'wait',
    ],
    ['ticket incomplete', factsWith({ ticket: { missing: ['justification'] } }), 'wait'],
    ['squashed', factsWith({ code: { reviewed: 1 } }), 'manual'],
  ];
  for (const [name, facts, expected] of stops)
    it(name, () => assert.equal(judgeChange(facts).recommends, expected));
});

const plan: PlanReport = {
  digest: 'e'.repeat(64),
  fileDigest: 'f'.repeat(64),
  formatVersion: '1.2',
  terraformVersion: null,
  risky: true,
  counts: { create: 1, update: 2, delete: 3, replace: 4, other: 0, unchanged: 9 },
  reasons: [{ address: 'aws_iam_role.app', attribute: null, rule: 'delete', reason: 'is deleted' }],
  moreReasons: 2,
};

const nasty = '"\\<script>|*_{code}[~admin] \u202e😀'.repeat(30);
/** Every list full, every text long and full of what must be escaped. */
const worst = factsWith({
  ticket: { mismatches: Array(50).fill(nasty) },
  build: { branch: nasty, buildJob: nasty, href: `https://gitlab.test/${'a'.repeat(900)}` },
  code: {
    linear: false,
    reviewed: 0,
    findings: Array.from({ length: 20 }, () => ({
      sha: 'a',
      rule: 'squash',
      text: nasty,
      href: `https://gitlab.test/${'b'.repeat(900)}`,
    })),
    moreFindings: 900,
    mergeRequests: Array.from({ length: 30 }, (_, iid) => ({
      iid,
      title: nasty,
      href: `https://gitlab.test/${'c'.repeat(900)}`,
    })),
    authors: Array.from({ length: 200 }, (_, n) => `email:${n}${nasty}`),
  },
  scans: {
    scans: Array.from({ length: 30 }, (_, n) =>
      scanOf(`${n}${nasty}`, { findings: { critical: 9, high: 9, medium: 9, low: 9, info: 9, unknown: 9 } }),
    ),
  },
  history: {
    lastApproved: null,
    related: Array.from({ length: 20 }, () => ({
      ticket: nasty,
      status: nasty,
      environment: nasty,
      build: nasty,
    })),
    incidents: Array.from({ length: 20 }, () => ({ ticket: nasty, summary: nasty })),
  },
  holds: {
    open: false,
    holds: Array.from({ length: 40 }, () => ({
      kind: 'person' as const,
      source: nasty,
      reason: nasty,
      until: null,
    })),
  },
});

describe('the comment on the ticket', () => {
  const tableOf = (facts: ChangeFacts) => commentOn(facts).find((block) => block.type === 'table');
  it('is one table: check, verdict, evidence, what would make it pass', () => {
    const table = tableOf(factsWith({ build: { buildStatus: 'failed' } }));
    assert.deepEqual(table?.header, ['Check', 'Verdict', 'Evidence', 'What would make it pass']);
    assert.deepEqual(table?.rows.length, allChecks.length);
    assert.deepEqual(table?.rows[1], [
      'Build',
      'not passed',
      'build is failed',
      'Run build again, successfully.',
    ]);
  });
  it('says what it does not cover (C-32)', () =>
    assert.ok(commentOn(goodFacts).some((block) => block.type === 'paragraph' && block.text === notCovered)));
  it('names build, commit and policy', () =>
    assert.match(
      JSON.stringify(commentOn(goodFacts)),
      /build 4711 of shop\/web, branch main, commit abababab, to production\. Policy standard@3/,
    ));
  const openings: readonly [ChangeFacts, RegExp][] = [
    [goodFacts, /approval is recommended/],
    [factsWith({ history: { lastApproved: null } }), /people must decide/],
    [factsWith({ build: { buildStatus: 'running' } }), /analysed again/],
  ];
  for (const [facts, text] of openings)
    it(`begins with the recommendation: ${text.source}`, () =>
      assert.match(JSON.stringify(commentOn(facts)[0]), text));
  it('says what happens next', () => {
    const page = { ...pageOf(goodFacts), decision: 'Put to security and release.' };
    assert.match(
      JSON.stringify(toVerdictComment(judgeChange(goodFacts), page)[0]),
      /recommended\. Put to security/,
    );
  });
  it('links evidence, merge requests and the run', () => {
    const links = commentOn(goodFacts).flatMap((block) =>
      block.type === 'link' ? [`${block.before ?? ''}${block.label}`] : [],
    );
    assert.deepEqual(links, [
      'Build: Build 4711',
      'Code review: Commits since the last approved change',
      'Security scans: sast',
      'Merge request: !12 Fix the login',
      'Run: workflow history',
    ]);
  });
  it('tells of the plan', () => {
    const text = JSON.stringify(toVerdictComment(judgeChange(goodFacts), { ...pageOf(goodFacts), plan }));
    assert.match(
      text,
      /Terraform plan eeeeeeeeeeee: risky; 1 to create, 2 to change, 4 to replace, 3 to delete/,
    );
    assert.match(text, /delete: aws_iam_role.app: is deleted","and 2 more/);
  });
  it('does not change as time goes by', () =>
    assert.deepEqual(commentOn(goodFacts), commentOn({ ...goodFacts, now: '2026-11-22T12:30:00Z' })));
  it('fits into Jira whole, whatever is in it', () => {
    const document = JSON.stringify(toAdf(toVerdictComment(judgeChange(worst), { ...pageOf(worst), plan })));
    assert.ok(document.length <= 32_767, `${document.length}`);
    assert.doesNotMatch(document, /The rest was cut/);
    assert.match(document, /workflow history/);
  });
  it('shows all 20 lines of a check where there is room', () => {
    const facts = factsWith({ ticket: { mismatches: Array.from({ length: 20 }, (_, n) => `line ${n}`) } });
    assert.match(tableOf(facts)?.rows[0]?.[2] ?? '', /line 19$/);
  });
});

describe('the evidence for approvers', () => {
  const rowsOf = (facts: ChangeFacts) => toVerdictEvidence(judgeChange(facts), pageOf(facts));
  const labels = (facts: ChangeFacts) => rowsOf(facts).map(({ label }) => label);
  it('names what is deployed, then what is not passed, then the rest', () => {
    const found = labels(factsWith({ history: { lastApproved: null }, build: { buildStatus: 'failed' } }));
    assert.deepEqual(found.slice(0, 11), [
      'Environment',
      'Project',
      'Build',
      'Branch',
      'Commit',
      'Policy',
      'Merge requests',
      'Recommendation',
      'Build',
      'First deploy',
      'Ticket',
    ]);
    assert.equal(found.at(-1), 'Not covered');
  });
  it('says what it brings and what the analysis recommends', () => {
    const valueOf = (label: string) => rowsOf(goodFacts).find((row) => row.label === label)?.value;
    assert.equal(valueOf('Merge requests'), '!12 Fix the login');
    assert.equal(valueOf('Recommendation'), 'Every check passes: approval is recommended.');
  });
  it('has the whole commit', () =>
    assert.equal(rowsOf(goodFacts).find(({ label }) => label === 'Commit')?.value, goodFacts.request.sha));
  it('names the plan by its digest', () =>
    assert.ok(
      toVerdictEvidence(judgeChange(goodFacts), { ...pageOf(goodFacts), plan }).some(
        ({ value }) => value === `risky, ${plan.digest}`,
      ),
    ));
  it('does not change as time goes by', () =>
    assert.deepEqual(rowsOf(goodFacts), rowsOf({ ...goodFacts, now: '2026-11-22T12:30:00Z' })));
  it('stays under 8 KB', () => assert.ok(Buffer.byteLength(JSON.stringify(rowsOf(worst))) <= 8 * 1024));
  it('keeps every check then, too', () => assert.equal(rowsOf(worst).length, rowsOf(goodFacts).length));
  it('is one line each', () => assert.ok(rowsOf(worst).every(({ value }) => !/[\n\u202e]/.test(value))));
});

describe('workDetails', () => {
  const given = (details: object) => workDetails(factsWith({ request: { given: details } }));
  it('fills in what is known', () =>
    assert.deepEqual(workDetails(goodFacts), {
      summary: 'deploy shop/web 4711 to production',
      justification:
        'Merge requests since the last approved change:\n- !12 Fix the login: https://gitlab.test/-/merge_requests/12\nIssues: SHOP-12',
      rollbackPlan: `deploy commit ${'cd'.repeat(20)} of shop/web to production again: approved with PRODCM-5 on 2026-11-01 08:00 UTC.`,
    }));
  it('lets the caller go first', () =>
    assert.deepEqual(
      given({ summary: 'S', justification: 'J', rollbackPlan: 'R', components: ['web', ' web ', ''] }),
      {
        summary: 'S',
        justification: 'J',
        rollbackPlan: 'R',
        components: ['web'],
      },
    ));
  it('takes blanks for nothing', () =>
    assert.deepEqual(
      given({ summary: ' ', justification: '\n', rollbackPlan: '', components: [' '] }),
      workDetails(goodFacts),
    ));
  it('knows no way back from a first deploy', () =>
    assert.equal('rollbackPlan' in workDetails(factsWith({ history: { lastApproved: null } })), false));
  it('does not go back to where it is', () => {
    const lastApproved = { ticket: 'PRODCM-5', sha: goodFacts.request.sha, at: '2026-11-01T08:00:00Z' };
    assert.equal('rollbackPlan' in workDetails(factsWith({ history: { lastApproved } })), false);
  });
  const bare = { mergeRequests: [], issues: [] };
  it('justifies nothing by commits alone', () =>
    assert.equal('justification' in workDetails(factsWith({ code: bare })), false));
  it('justifies a version bump', () => {
    const facts = factsWith({ code: { ...bare, commits: 1, reviewed: 0, exempt: 1 } });
    assert.match(workDetails(facts).justification ?? '', /version bumps only/);
  });
  it('counts merge requests beyond the first 15', () => {
    const mergeRequests = Array.from({ length: 30 }, (_, iid) => ({ iid, title: 'x', href: 'y' }));
    assert.match(workDetails(factsWith({ code: { mergeRequests } })).justification ?? '', /- and 15 more/);
  });
  it('keeps a summary that Jira takes', () => {
    const { summary } = given({ summary: `${'x'.repeat(300)}\nbcc: all` });
    assert.ok(summary.length <= 255 && !summary.includes('\n'));
  });
});
