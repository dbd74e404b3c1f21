import assert from 'node:assert/strict';
import { allChecks } from '../../workflows/change-approval/all-checks.ts';
import type { ChangeFacts } from '../../workflows/change-approval/facts.ts';
import type { CheckVerdict } from '../../workflows/change-approval/messages.ts';
import { before, factsWith, goodFacts, noFindings, scanOf, sha } from '../support/change-facts.ts';

type Case = readonly [name: string, facts: ChangeFacts, verdict: CheckVerdict, found: RegExp];

function judgeAs(id: string, cases: readonly Case[]) {
  describe(`check ${id}`, () => {
    for (const [name, facts, verdict, found] of cases)
      it(name, () => {
        const result = allChecks.find((check) => check.id === id)?.judge(facts);
        assert.equal(result?.verdict, verdict);
        assert.match(result.found.join('\n'), found);
        assert.equal(result.fix === '', verdict === 'pass');
      });
  });
}

const { request, code, policy } = goodFacts;

judgeAs('ticket', [
  ['all right', goodFacts, 'pass', /PRODCM-7 names this build/],
  ['a mismatch', factsWith({ ticket: { mismatches: ['branch: main, not dev'] } }), 'fail', /^branch: main/],
  [
    'data missing',
    factsWith({ ticket: { missing: ['rollbackPlan'] } }),
    'pending',
    /not filled in: rollbackPlan/,
  ],
  ['both', factsWith({ ticket: { missing: ['rollbackPlan'], mismatches: ['sha'] } }), 'fail', /sha/],
]);

judgeAs('build', [
  ['succeeded', goodFacts, 'pass', /build of build 4711 succeeded/],
  ['not found', factsWith({ build: { found: false } }), 'fail', /GitLab has no build 4711/],
  [
    'not found, of another CI',
    factsWith({ build: { found: false }, request: { pipelineId: null } }),
    'manual',
    /another CI/,
  ],
  ['another commit', factsWith({ build: { sha: before } }), 'fail', /commit: CI says cdcd/],
  ['no commit', factsWith({ build: { sha: null } }), 'fail', /commit: CI says nothing/],
  ['a commit in capitals', factsWith({ build: { sha: sha.toUpperCase() } }), 'pass', /succeeded/],
  [
    'another branch',
    factsWith({ build: { branch: 'dev' } }),
    'fail',
    /branch: CI says dev, main was asked for/,
  ],
  ['another job', factsWith({ build: { buildJob: 'compile' } }), 'fail', /build job: CI says compile/],
  ['another number', factsWith({ request: { build: '4712' } }), 'fail', /build number: CI says 4711/],
  [
    'a wrong commit counts more than a running job',
    factsWith({ build: { sha: before, buildStatus: 'running' } }),
    'fail',
    /commit/,
  ],
  ['still running', factsWith({ build: { buildStatus: 'running' } }), 'pending', /build is running/],
  ['not begun', factsWith({ build: { buildStatus: 'created' } }), 'pending', /build is created/],
  ['failed', factsWith({ build: { buildStatus: 'failed' } }), 'fail', /build is failed/],
  ['canceled', factsWith({ build: { buildStatus: 'canceled' } }), 'fail', /build is canceled/],
  ['skipped', factsWith({ build: { buildStatus: 'skipped' } }), 'fail', /build is skipped/],
  ['a status of the future', factsWith({ build: { buildStatus: 'dreaming' } }), 'fail', /build is dreaming/],
  ['no such job', factsWith({ build: { buildStatus: null } }), 'fail', /CI has no job build/],
]);

const finding = {
  sha,
  rule: 'squash',
  text: 'abab “x” (!1): squashed',
  href: 'https://gitlab.test/c',
} as const;
judgeAs('review', [
  [
    'all reviewed',
    goodFacts,
    'pass',
    /^3 commits, 2 reviewed by somebody independent, 1 version bumps by content$/,
  ],
  ['no new commits', factsWith({ code: { commits: 0, reviewed: 0, exempt: 0 } }), 'pass', /no new commits/],
  ['a finding', factsWith({ code: { findings: [finding], reviewed: 1 } }), 'manual', /squash: abab/],
  ['findings beyond the list', factsWith({ code: { moreFindings: 4, reviewed: 0 } }), 'manual', /and 4 more/],
  ['sums that do not add up', factsWith({ code: { commits: 9 } }), 'manual', /9 commits, 2 reviewed/],
  ['a rewritten branch', factsWith({ code: { linear: false } }), 'manual', /not in this branch/],
  [
    'nothing to compare with',
    factsWith({ code: { from: null } }),
    'manual',
    /no approved change to compare with/,
  ],
  ['of another commit', factsWith({ code: { to: before } }), 'manual', /the review is of cdcdcdcd/],
  [
    'a machine took part',
    factsWith({ code: { authors: ['dev', 'gitlab:project_52_bot_0a'] } }),
    'pass',
    /machines among those who made it: gitlab:project_52_bot_0a/,
  ],
  [
    'a bot of the policy took part',
    factsWith({ code: { authors: ['release-bot'] } }),
    'pass',
    /machines .*release-bot/,
  ],
  [
    '20 findings stay 20 lines',
    factsWith({ code: { reviewed: 0, exempt: 0, findings: Array(20).fill(finding), moreFindings: 5 } }),
    'manual',
    /and 9 more/,
  ],
]);

const scans = (...list: readonly ReturnType<typeof scanOf>[]) => ({ scans: { scans: list } });
const findings = (counts: Partial<typeof noFindings>) => ({ findings: { ...noFindings, ...counts } });
const requiring = (...required: readonly string[]) => ({ policy: { scans: { ...policy.scans, required } } });
judgeAs('scan', [
  ['passed and fresh', goodFacts, 'pass', /sast: passed 2026-11-22 11:00 UTC, nothing blocking/],
  ['missing', factsWith(scans()), 'fail', /sast: missing/],
  [
    'named missing',
    factsWith(scans(scanOf('sast', { state: 'missing', finishedAt: null }))),
    'fail',
    /sast: missing/,
  ],
  [
    'running',
    factsWith(scans(scanOf('sast', { state: 'running', finishedAt: null }))),
    'pending',
    /sast: still running/,
  ],
  [
    'running, and blocking already',
    factsWith(scans(scanOf('sast', { state: 'running', ...findings({ critical: 1 }) }))),
    'fail',
    /sast: 1 critical/,
  ],
  ['failed', factsWith(scans(scanOf('sast', { state: 'failed' }))), 'fail', /sast: failed/],
  [
    'blocking',
    factsWith(scans(scanOf('sast', findings({ critical: 1, high: 2, low: 9 })))),
    'fail',
    /sast: 1 critical, 2 high$/m,
  ],
  [
    'not blocking',
    factsWith(scans(scanOf('sast', findings({ medium: 7, unknown: 1 })))),
    'pass',
    /nothing blocking/,
  ],
  [
    'blocking by policy',
    factsWith({
      ...scans(scanOf('sast', findings({ unknown: 1 }))),
      policy: { scans: { ...policy.scans, blocking: ['unknown'] } },
    }),
    'fail',
    /1 unknown/,
  ],
  [
    'as old as it may be',
    factsWith(scans(scanOf('sast', { finishedAt: '2026-11-21T12:00:00Z' }))),
    'pass',
    /passed/,
  ],
  [
    'a second too old',
    factsWith(scans(scanOf('sast', { finishedAt: '2026-11-21T11:59:59Z' }))),
    'fail',
    /not within the last 24 h/,
  ],
  [
    'old in another time zone',
    factsWith(scans(scanOf('sast', { finishedAt: '2026-11-21T13:00:00+03:00' }))),
    'fail',
    /not within/,
  ],
  ['no end', factsWith(scans(scanOf('sast', { finishedAt: null }))), 'fail', /at an unknown time/],
  ['an end that is no time', factsWith(scans(scanOf('sast', { finishedAt: 'soon' }))), 'fail', /ended soon/],
  [
    'an end a minute ahead',
    factsWith(scans(scanOf('sast', { finishedAt: '2026-11-22T12:01:00Z' }))),
    'pass',
    /passed/,
  ],
  [
    'an end of tomorrow',
    factsWith(scans(scanOf('sast', { finishedAt: '2026-11-23T12:00:00Z' }))),
    'fail',
    /ended 2026-11-23/,
  ],
  ['of another commit', factsWith({ scans: { sha: before } }), 'fail', /the scans are of cdcdcdcd/],
  [
    'one of two missing',
    factsWith(requiring('sast', 'secret_detection')),
    'fail',
    /^secret_detection: missing for this commit\nsast: passed/,
  ],
  [
    'one of two running',
    factsWith({
      ...requiring('sast', 'dast'),
      ...scans(scanOf('sast'), scanOf('dast', { state: 'running' })),
    }),
    'pending',
    /^dast/,
  ],
  [
    'the worst of two with one name',
    factsWith(scans(scanOf('sast'), scanOf('sast', { state: 'failed' }))),
    'fail',
    /sast: failed/,
  ],
  [
    'another scan finds something',
    factsWith(scans(scanOf('sast'), scanOf('dast', findings({ high: 1 })))),
    'fail',
    /dast: 1 high/,
  ],
  [
    'another scan fails',
    factsWith(scans(scanOf('sast'), scanOf('dast', { state: 'failed' }))),
    'pass',
    /sast: passed/,
  ],
  ['none required', factsWith({ ...requiring(), ...scans() }), 'manual', /the policy requires no scan/],
  [
    'none required, something blocking',
    factsWith({ ...requiring(), ...scans(scanOf('dast', findings({ critical: 1 }))) }),
    'fail',
    /dast/,
  ],
]);

judgeAs('first-deploy', [
  ['not the first', goodFacts, 'pass', /last approved: PRODCM-5/],
  [
    'the first',
    factsWith({ history: { lastApproved: null } }),
    'manual',
    /no change of shop\/web was approved for production/,
  ],
]);

const other = { ticket: 'PRODCM-6', status: 'Waiting for approval', environment: 'production', build: '9' };
judgeAs('related', [
  ['none', goodFacts, 'pass', /no other change/],
  ['one', factsWith({ history: { related: [other] } }), 'manual', /PRODCM-6: build 9 for production/],
]);

const hold = (kind: 'person' | 'incident' | 'calendar' | 'no-answer', until: string | null = null) => ({
  holds: { open: false, holds: [{ kind, source: 'sam', reason: 'Black Friday', until }] },
});
judgeAs('freeze', [
  ['nothing held', goodFacts, 'pass', /nothing is held/],
  ['no freezes', factsWith({ policy: { freezes: false } }), 'pass', /no freezes are configured/],
  ['by a person', factsWith(hold('person')), 'pending', /held by sam until somebody lifts it: Black Friday/],
  ['by the calendar', factsWith(hold('calendar', '2026-11-30T00:00:00Z')), 'pending', /until 2026-11-30/],
  ['no answer', factsWith(hold('no-answer')), 'pending', /gives no answer/],
  ['closed without a reason', factsWith({ holds: { open: false } }), 'pending', /nobody says by what/],
  ['an incident is another check', factsWith(hold('incident')), 'pass', /nothing is held/],
]);

judgeAs('incident', [
  ['none', goodFacts, 'pass', /none is open/],
  [
    'nobody looks',
    factsWith({ history: { incidents: null } }),
    'pass',
    /no search for incidents is configured/,
  ],
  [
    'one',
    factsWith({ history: { incidents: [{ ticket: 'INC-1', summary: 'Shop is down' }] } }),
    'manual',
    /INC-1: Shop is down/,
  ],
  ['a hold of one', factsWith(hold('incident')), 'manual', /Black Friday/],
  ['a person’s hold is another check', factsWith(hold('person')), 'pass', /none is open/],
]);

const asking = (changes: object) =>
  factsWith({ request: { requester: { ...request.requester, ...changes } } });
judgeAs('duties', [
  ['verified', goodFacts, 'pass', /^asked for by dev, verified\nmay not approve: dev, gitlab:frank$/],
  ['nobody', asking({ person: null }), 'manual', /nobody proved who asks/],
  ['unverified', asking({ verified: false }), 'manual', /dev asks for it, but nothing proves that/],
  ['a machine', asking({ person: 'gitlab:project_52_bot_0a' }), 'manual', /a machine asks/],
  [
    'two accounts of who triggered it',
    asking({ triggeredBy: 'dana' }),
    'manual',
    /the token says that dana triggered/,
  ],
  [
    'triggered by somebody else',
    factsWith({
      build: { triggeredBy: null },
      request: { requester: { person: 'dev', verified: true, triggeredBy: 'dana' } },
    }),
    'pass',
    /may not approve: dev, dana/,
  ],
  [
    'nobody proved it, the authors are excluded still',
    asking({ person: null, triggeredBy: null }),
    'manual',
    /may not approve: dev, gitlab:frank/,
  ],
  [
    'too many authors to name',
    factsWith({ code: { ...code, authors: Array.from({ length: 200 }, (_, n) => `email:${n}@x`) } }),
    'manual',
    /200 people or more/,
  ],
]);
