import assert from 'node:assert/strict';
import { createJudge, specsDirOrSkip, type Judge } from '../../support/contract-judge.ts';
import { main, mergedChange, startChangeGitlab, type ChangeGitlab } from './change-fixture.ts';

/** Where GitLab's document errs: it says string of counts, ids, flags and lists. */
const texts = [
  'user_notes_count|upvotes|downvotes|source_project_id|target_project_id|labels|draft|imported|work_in_progress',
  'merge_when_pipeline_succeeds|force_remove_source_branch|squash|squash_on_merge|task_completion_status',
  'has_conflicts|blocking_discussions_resolved|subscribed|first_contribution|can_merge',
].join('|');
const errata = [
  /^response\/(\d+\/)?(id|project_id): must be string/,
  /^response\/permissions\/project_access\/\w+_level: must be string/,
  /^response\/permissions\/group_access: must be object/,
  new RegExp(`^response/(\\d+/)?(user/)?(${texts}): must be string`),
  /^response\/(\d+\/)?(assignees|reviewers): must (be object|be equal to|match a schema in anyOf)/,
  /ci_job_token_scope_enabled: must be string/,
  // `POST …/play` shows the whole job (`lib/api/ci/jobs.rb`), the document a part of it.
  /^response: must NOT have additional properties \((artifacts|runner|artifacts_expire_at|archived|tag_list)\)/,
];

describe("GitLab stand-in, shop/web: judged by GitLab's document", () => {
  let gitlab: ChangeGitlab;
  let judge: Judge;
  let change: Awaited<ReturnType<typeof mergedChange>>;

  before(async function () {
    specsDirOrSkip(this);
    judge = await createJudge({ document: 'gitlab.trimmed.json', overlayKey: 'gitlab' });
    gitlab = await startChangeGitlab();
    change = await mergedChange(gitlab);
  });
  after(() => gitlab?.front.stop());

  const exchanges: [status: number, method: string, path: string, body?: object][] = [
    [200, 'GET', ''],
    [200, 'GET', `/repository/compare?from=${main}&to=main`],
    [200, 'GET', `/repository/compare?from=${main}&to=${main}&straight=true`],
    [404, 'GET', `/repository/compare?from=nowhere&to=main`],
    [200, 'GET', '/repository/commits'],
    [200, 'GET', `/repository/commits?ref_name=${main}..main&first_parent=true&per_page=1`],
    [200, 'GET', '/repository/commits/HEAD_SHA'],
    [404, 'GET', '/repository/commits/0123456789'],
    [200, 'GET', '/repository/commits/HEAD_SHA/diff'],
    [200, 'GET', '/repository/commits/HEAD_SHA/merge_requests'],
    [200, 'GET', '/repository/commits/HEAD_SHA/refs'],
    [201, 'POST', '/statuses/HEAD_SHA', { state: 'running', name: 'change-approval' }],
    [400, 'POST', '/statuses/HEAD_SHA', { state: 'running', name: 'change-approval' }],
    [200, 'GET', '/repository/commits/HEAD_SHA/statuses'],
    [200, 'GET', '/merge_requests?state=merged'],
    [200, 'GET', '/merge_requests/1'],
    [404, 'GET', '/merge_requests/99'],
    [200, 'GET', '/merge_requests/1/approvals'],
    [200, 'GET', '/merge_requests/1/approval_state'],
    [200, 'GET', '/merge_requests/1/commits'],
    [200, 'GET', '/merge_requests/1/pipelines'],
    [201, 'POST', '/merge_requests/1/approve', {}],
    [401, 'POST', '/merge_requests/1/approve', {}],
    [201, 'POST', '/merge_requests/1/unapprove'],
    [404, 'POST', '/merge_requests/1/unapprove'],
    [200, 'GET', '/pipelines?sha=MERGE_SHA'],
    [200, 'GET', '/pipelines/PIPELINE/jobs'],
    [200, 'GET', '/vulnerability_findings?pipeline_id=PIPELINE'],
    [200, 'GET', '/jobs/SCAN/artifacts/gl-sast-report.json'],
    [404, 'GET', '/jobs/SCAN/artifacts/other.json'],
    [400, 'POST', '/jobs/SCAN/play', {}],
    [200, 'POST', '/jobs/DEPLOY/play', {}],
    [200, 'GET', '/deployments?environment=production'],
    [200, 'GET', '/deployments/DEPLOY'],
    [200, 'GET', '/environments'],
    [200, 'GET', '/protected_environments'],
    [200, 'GET', '/protected_environments/production'],
  ];
  for (const [status, method, path, body] of exchanges) {
    it(`${method} /projects/52${path} answers ${status} as documented`, async () => {
      const { jobs, id } = change.pipeline;
      const names = {
        HEAD_SHA: change.head,
        MERGE_SHA: change.sha,
        PIPELINE: id,
        SCAN: jobs['sast'],
        DEPLOY: jobs['deploy-production'],
      };
      const named = Object.entries(names).reduce(
        (text, [name, value]) => text.replace(name, String(value)),
        path,
      );
      const [place = '', query = ''] = named.split('?');
      const answer = await gitlab.shop(method, named, body);
      const found = judge(method, `/api/v4/projects/52${place}`, query, body, answer.status, answer.body);
      assert.deepEqual(
        found.filter((fault) => !errata.some((erratum) => erratum.test(fault))),
        [],
      );
      assert.equal(answer.status, status);
    });
  }
});
