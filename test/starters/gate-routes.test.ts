import assert from 'node:assert/strict';
import type { ChangeInput } from '../../workflows/change-approval/messages.ts';
import { gateToken, memo, sha, shared, toShown, waiting, withGate, workflowId } from './gate-world.ts';

const body = { environment: 'production', buildJob: 'build' };
const path = `/gates/change/${encodeURIComponent(workflowId)}`;
const begin = { attempt: 'attempt-1', buildJob: 'build' };
const report = {
  ...{ digest: 'd'.repeat(64), fileDigest: 'e'.repeat(64), formatVersion: '1.2', terraformVersion: '1.9.0' },
  counts: { create: 0, update: 1, delete: 1, replace: 0, other: 0, unchanged: 3 },
  ...{ risky: true, moreReasons: 0 },
  reasons: [{ address: 'aws_iam_role.app', attribute: null, rule: 'delete', reason: 'it is deleted' }],
};

describe('POST /gates/change', () => {
  it('starts the change approval of a build, with what the token proves', () =>
    withGate(async ({ post, temporal }) => {
      const details = { summary: 'Search', justification: 'it is wanted', components: ['web'] };
      const { status, json } = await post('/gates/change', { ...body, ...details, deployJobId: 5 });
      assert.equal(status, 202);
      assert.partialDeepStrictEqual(json, {
        gated: true,
        workflowId,
        text: 'Asked for shop/web build 4711 for production.',
      });
      assert.match(String(json['runLink']), /workflows\/change%3Aproduction%3Ashop~web%3A4711$/);
      const [{ start } = assert.fail('nothing was started')] = temporal.started;
      const { request, policy } = start.input as ChangeInput;
      assert.deepEqual(request, {
        ...{
          environment: 'production',
          project: 'shop/web',
          buildJob: 'build',
          build: '4711',
          branch: 'main',
        },
        ...{ sha, action: 'deploy', pipelineId: 4711, deployJobId: 5, given: details },
        requester: { person: 'dana', verified: true, triggeredBy: 'dana' },
      });
      assert.deepEqual(
        [policy.name, policy.environment, start.workflowId],
        ['standard', 'production', workflowId],
      );
      assert.deepEqual(start.memo, memo);
      assert.doesNotMatch(JSON.stringify(temporal.started), /eyJ/, 'a token in an argument');
    }));

  it('joins the running one, and passes on what was given', () =>
    withGate(async ({ post, temporal, runs }) => {
      temporal.running.add(workflowId);
      runs.set(workflowId, { status: 'RUNNING', memo });
      assert.equal((await post('/gates/change', body)).status, 202);
      assert.deepEqual(temporal.signalled, []);
      await post('/gates/change', { ...body, rollbackPlan: 'the last tag' });
      assert.deepEqual(temporal.signalled, [
        {
          workflowId,
          signal: { name: 'detailsGiven', payload: { details: { rollbackPlan: 'the last tag' } } },
        },
      ]);
      assert.deepEqual(temporal.started, []);
    }));

  for (const [what, change, reason] of [
    ['build job', { buildJob: 'build-again' }, /buildJob build, not build-again/],
    ['action', { action: 'rollback' }, /action deploy, not rollback/],
  ] as const)
    it(`answers 409 to the same build with another ${what}`, () =>
      withGate(async ({ post, temporal, runs }) => {
        temporal.running.add(workflowId);
        runs.set(workflowId, { status: 'RUNNING', memo });
        const { status, json } = await post('/gates/change', { ...body, ...change });
        assert.deepEqual([status, json['error']], [409, 'mismatch']);
        assert.match(String(json['reason']), reason);
      }));

  for (const [what, change, claims] of [
    ['commit', {}, { sha: 'b'.repeat(40) }],
    ['branch', {}, { ref: 'other' }],
  ] as const)
    it(`answers 409 to the same build of another ${what}`, () =>
      withGate(async ({ post, temporal, runs }) => {
        temporal.running.add(workflowId);
        runs.set(workflowId, { status: 'RUNNING', memo });
        assert.equal((await post('/gates/change', { ...body, ...change }, claims)).json['error'], 'mismatch');
      }));

  it('asks again, and then for a while, when the run ends between two looks', () =>
    withGate(async ({ post, temporal, runs }) => {
      temporal.running.add(workflowId);
      runs.set(workflowId, { status: 'COMPLETED', memo });
      const { status, headers } = await post('/gates/change', body);
      assert.deepEqual([status, headers.get('retry-after')], [503, '5']);
    }));

  it('lets an environment pass that is not controlled, and starts nothing (C-3)', () =>
    withGate(async ({ post, temporal, metrics }) => {
      const { status, json } = await post('/gates/change', { ...body, environment: 'staging' });
      assert.deepEqual([status, json['gated'], temporal.started], [200, false, []]);
      assert.match(String(json['text']), /^staging is no controlled environment: it passes ungated/);
      assert.match(await metrics(), /route="request",result="ungated"\} 1/);
    }));

  it('names the environment that was nearly meant', () =>
    withGate(async ({ post }) => {
      const { json } = await post('/gates/change', { ...body, environment: 'productoin' });
      assert.match(String(json['text']), /Was production meant\?$/);
    }));

  for (const environment of ['Production', ' production', 'PRODUCTION '])
    it(`does not let ${JSON.stringify(environment)} pass`, () =>
      withGate(async ({ post }) => {
        const { status, json } = await post('/gates/change', { ...body, environment });
        assert.equal(status, 400);
        assert.match(String(json['reason']), /"production" is expected$/);
      }));

  it('answers 404 without the process: open would be the worse slip', () =>
    withGate(
      async ({ post }) => {
        const { status, json } = await post('/gates/change', body);
        assert.deepEqual([status, json['error']], [404, 'not-configured']);
      },
      { changes: { 'processes.change': undefined } },
    ));

  describe('flags beside a token may only agree', () => {
    for (const [field, value] of [
      ['project', 'shop/other'],
      ['build', '4712'],
      ['branch', 'other'],
      ['sha', 'b'.repeat(40)],
      ['pipelineId', 4712],
    ] as const)
      it(`${field} differs: 409`, () =>
        withGate(async ({ post, temporal }) => {
          const { status, json } = await post('/gates/change', { ...body, [field]: value });
          assert.deepEqual([status, json['error'], temporal.started], [409, 'claims-differ', []]);
          assert.match(String(json['reason']), new RegExp(`^${field}: the ID token says .*, not ${value}`));
        }));

    it('all agree: taken', () =>
      withGate(async ({ post }) => {
        const same = { project: 'shop/web', build: '4711', branch: 'main', sha, pipelineId: 4711 };
        assert.equal((await post('/gates/change', { ...body, ...same })).status, 202);
      }));
  });

  it('names everything that is missing without a token', () =>
    withGate(async ({ call }) => {
      const { status, json } = await call('POST', '/gates/change', { body, headers: shared });
      assert.equal(status, 400);
      for (const field of ['project', 'build', 'branch', 'sha'])
        assert.match(String(json['reason']), new RegExp(`${field}: .* is expected`));
    }));

  for (const [what, change, reason] of [
    ['no JSON', '{', /^the body: a JSON object/],
    ['a list', '[]', /^the body: a JSON object/],
    ['no environment', { buildJob: 'build' }, /^environment: the name of the environment is expected/],
    ['no build job', { environment: 'production' }, /^buildJob: the name of the build job is expected/],
    ['an unknown field', { ...body, requester: 'sue' }, /^requester: unknown; leave it out$/],
    [
      'a SHA in capitals',
      { ...body, sha: 'A'.repeat(40) },
      /^sha: the commit \(40 hex digits\) is expected$/,
    ],
    ['a project that climbs', { ...body, project: '../x y' }, /^project: /],
    ['a branch with blanks', { ...body, branch: 'a b' }, /^branch: /],
    ['a build with a colon', { ...body, build: '1:2' }, /^build: /],
    ['an action with blanks', { ...body, action: 'a b' }, /^action: /],
    ['a summary of two lines', { ...body, summary: 'a\nb' }, /^summary: one line/],
    ['an empty justification', { ...body, justification: ' ' }, /^justification: why/],
    ['a long rollback plan', { ...body, rollbackPlan: 'x'.repeat(4_001) }, /^rollbackPlan: how/],
    ['components that are none', { ...body, components: ['web', ''] }, /^components\[1\]: a list/],
    ['a job id of 0', { ...body, deployJobId: 0 }, /^deployJobId: /],
    ['two faults', { buildJob: 7, summary: 7, environment: 'x' }, /^buildJob: .*; summary: /],
  ] as const)
    it(`answers 400 to ${what}, naming field and fix`, () =>
      withGate(async ({ call, token, temporal }) => {
        const headers = { authorization: `Bearer ${await token()}` };
        const { status, json } = await call('POST', '/gates/change', { body: change, headers });
        assert.deepEqual([status, json['error'], temporal.started], [400, 'malformed', []]);
        assert.match(String(json['reason']), reason);
      }));

  it('answers 413 to more than 64 KB', () =>
    withGate(async ({ post, metrics }) => {
      const { status } = await post('/gates/change', { ...body, justification: 'x'.repeat(70_000) });
      assert.equal(status, 413);
      assert.match(await metrics(), /route="request",result="too-large"\} 1/);
    }));

  it('answers 503 while Temporal is down, and tells its address to nobody', () =>
    withGate(async ({ post, temporal, logged }) => {
      temporal.outage = new Error('14 UNAVAILABLE: 10.0.0.7');
      const { status, json } = await post('/gates/change', body);
      assert.equal(status, 503);
      assert.doesNotMatch(JSON.stringify(json), /10\.0\.0\.7/);
      assert.match(logged.join(), /10\.0\.0\.7/);
      assert.doesNotMatch(logged.join(), new RegExp(`eyJ|${gateToken}`));
    }));
});

describe('POST /gates/change/:workflowId/…', () => {
  const running = { status: 'RUNNING', memo };
  const plan = { report };
  for (const [what, said, name, payload] of [
    ['begin', begin, 'beginDeploy', { ...begin, build: '4711', branch: 'main', sha }],
    ['plan', plan, 'planReported', plan],
    [
      'result',
      { result: 'failure', url: 'https://ci/1' },
      'deployEnded',
      { result: 'failure', url: 'https://ci/1' },
    ],
    ['details', { summary: 'Search' }, 'detailsGiven', { details: { summary: 'Search' } }],
  ] as const) {
    it(`${what} is told to the workflow`, () =>
      withGate(async ({ post, temporal, runs }) => {
        runs.set(workflowId, running);
        temporal.running.add(workflowId);
        assert.equal((await post(`${path}/${what}`, said)).status, 202);
        assert.deepEqual(temporal.signalled, [{ workflowId, signal: { name, payload } }]);
      }));

    for (const [whose, claims, status, error] of [
      ['another project', { project_path: 'shop/other' }, 403, 'other-project'],
      ['another pipeline', { pipeline_id: '4712' }, 403, 'other-build'],
    ] as const)
      it(`${what} is refused to a token of ${whose}`, () =>
        withGate(async ({ post, temporal, runs }) => {
          runs.set(workflowId, running);
          const answer = await post(`${path}/${what}`, said, claims);
          assert.deepEqual([answer.status, answer.json['error']], [status, error]);
          assert.deepEqual(temporal.signalled, []);
        }));

    it(`${what} is refused to the shared token where a GitLab job has asked`, () =>
      withGate(async ({ call, temporal, runs }) => {
        runs.set(workflowId, running);
        const whole = what === 'begin' ? { ...said, build: '4711', branch: 'main', sha } : said;
        const { json } = await call('POST', `${path}/${what}`, { body: whole, headers: shared });
        assert.deepEqual([json['error'], temporal.signalled], ['other-caller', []]);
      }));

    it(`${what} is taken with the shared token where it has asked itself`, () =>
      withGate(async ({ call, temporal, runs }) => {
        runs.set(workflowId, { status: 'RUNNING', memo: { ...memo, verified: false } });
        temporal.running.add(workflowId);
        const whole = what === 'begin' ? { ...said, build: '4711', branch: 'main', sha } : said;
        assert.equal((await call('POST', `${path}/${what}`, { body: whole, headers: shared })).status, 202);
      }));

    it(`${what} is answered 404 when it has ended`, () =>
      withGate(async ({ post, runs }) => {
        runs.set(workflowId, { ...running, status: 'COMPLETED' });
        assert.deepEqual((await post(`${path}/${what}`, said)).json['error'], 'not-running');
      }));
  }

  for (const what of ['plan', 'result'] as const)
    it(`${what} is refused to another commit of the pipeline`, () =>
      withGate(async ({ post, runs }) => {
        runs.set(workflowId, running);
        const said = what === 'plan' ? plan : { result: 'success' };
        const { json } = await post(`${path}/${what}`, said, { sha: 'b'.repeat(40) });
        assert.equal(json['error'], 'other-commit');
      }));

  it('lets the workflow judge the beginning of another commit, so that the ticket says why (C-12)', () =>
    withGate(async ({ post, temporal, runs }) => {
      runs.set(workflowId, running);
      temporal.running.add(workflowId);
      await post(`${path}/begin`, begin, { sha: 'b'.repeat(40) });
      assert.equal((temporal.signalled[0]?.signal.payload as { sha: string }).sha, 'b'.repeat(40));
    }));

  for (const [what, said, reason] of [
    ['begin', { buildJob: 'build' }, /^attempt: a fresh id/],
    ['begin', { ...begin, attempt: 'x'.repeat(65) }, /^attempt: /],
    ['result', { result: 'ok' }, /^result: success or failure is expected$/],
    ['result', { result: 'success', url: 'javascript:alert(1)' }, /^url: /],
    ['details', {}, /^the body: at least one of summary/],
    ['plan', {}, /^report: the report that/],
    ['plan', { report: { ...report, values: {} } }, /^report\.values: unknown; leave it out$/],
    ['plan', { report: { ...report, digest: 'x' } }, /^report\.digest: /],
    ['plan', { report: { ...report, reasons: [{ address: 1 }] } }, /^report\.reasons\[0\]\.address: /],
    [
      'plan',
      { report: { ...report, counts: { ...report.counts, create: -1 } } },
      /^report\.counts\.create: /,
    ],
  ] as const)
    it(`${what} answers 400 to ${JSON.stringify(said).slice(0, 60)}`, () =>
      withGate(async ({ post }) => {
        const { status, json } = await post(`${path}/${what}`, said);
        assert.equal(status, 400);
        assert.match(String(json['reason']), reason);
      }));

  it('passes in an environment that is not controlled', () =>
    withGate(async ({ post }) => {
      const { status, json } = await post('/gates/change/change%3Astaging%3Ashop~web%3A4711/result', {});
      assert.deepEqual([status, json['gated']], [200, false]);
    }));

  for (const id of ['freeze', 'agent-promotion:main:1', 'change:production:shop:a:b', `x${'y'.repeat(400)}`])
    it(`answers 400 to the id ${id.slice(0, 40)}`, () =>
      withGate(async ({ post }) =>
        assert.equal((await post(`/gates/change/${encodeURIComponent(id)}/begin`, begin)).status, 400),
      ));
});

describe('GET /gates/plan-rules', () => {
  it('tells CI the rules of the installation, and only who may ask', () =>
    withGate(async ({ call }) => {
      const { json } = await call('GET', '/gates/plan-rules', { headers: shared });
      assert.deepEqual(
        (json['rules'] as { id: string }[]).map(({ id }) => id),
        ['dns-zone', 'queue'],
      );
      assert.equal((await call('GET', '/gates/plan-rules')).status, 401);
    }));
});

describe('GET /gates/change/:workflowId', () => {
  const look = (world: Parameters<Parameters<typeof withGate>[0]>[0], query = '', change = {}) =>
    world
      .token(change)
      .then((token) =>
        world.call('GET', `${path}${query}`, { headers: { authorization: `Bearer ${token}` } }),
      );

  it('says where it stands, without the signed decisions', () =>
    withGate(async (world) => {
      world.runs.set(workflowId, { status: 'RUNNING', memo });
      const { status, json } = await look(world);
      assert.equal(status, 200, JSON.stringify(json));
      assert.deepEqual(json, { gated: true, workflowId, ...toShown(waiting) });
    }));

  for (const [outcome, state] of [
    [{ outcome: 'deployed', ticket: 'P-1', automatic: false, approvers: ['sue'], seconds: 9 }, 'deployed'],
    [{ outcome: 'rejected', ticket: 'P-1', by: 'sue', reason: 'no' }, 'rejected'],
    [{ outcome: 'cancelled', ticket: 'P-1', reason: 'no' }, 'cancelled'],
    [{ outcome: 'expired', ticket: 'P-1' }, 'expired'],
    [{ outcome: 'nothing-to-do', reason: 'closed' }, 'cancelled'],
  ] as const)
    it(`shows ${outcome.outcome} after its end as ${state}, without asking a worker`, () =>
      withGate(async (world) => {
        world.runs.set(workflowId, { status: 'COMPLETED', memo, outcome, silent: true });
        assert.equal((await look(world)).json['state'], state);
      }));

  for (const status of ['TERMINATED', 'FAILED', 'TIMED_OUT', 'CANCELLED'])
    it(`shows a run that ended as ${status} as cancelled`, () =>
      withGate(async (world) => {
        world.runs.set(workflowId, { status, memo });
        const { json } = await look(world);
        assert.deepEqual([json['state'], json['attempts']], ['cancelled', []]);
      }));

  it('answers 503 while no worker answers', () =>
    withGate(async (world) => {
      world.runs.set(workflowId, { status: 'RUNNING', memo, silent: true });
      const { status, json, headers } = await look(world);
      assert.deepEqual([status, json['error'], headers.get('retry-after')], [503, 'no-worker', '5']);
    }));

  for (const [what, run] of [
    ['nobody asked for', undefined],
    ['is another kind of workflow', { status: 'RUNNING', type: 'agentPromotion' }],
  ] as const)
    it(`answers 404 to what ${what}`, () =>
      withGate(async (world) => {
        if (run) world.runs.set(workflowId, run);
        assert.deepEqual((await look(world)).json['error'], 'not-found');
      }));

  it('is refused to another project, and to flags that differ from the token', () =>
    withGate(async (world) => {
      world.runs.set(workflowId, { status: 'RUNNING', memo });
      assert.equal((await look(world, '', { project_path: 'shop/other' })).status, 403);
      assert.equal((await look(world, `?sha=${'b'.repeat(40)}`)).json['error'], 'claims-differ');
    }));

  it('gives out no go that is not covered, whatever the workflow says', () =>
    withGate(async (world) => {
      const attempts = [{ attempt: 'attempt-1', answer: 'go', text: 'approved and valid' }] as const;
      const view = { state: 'go', automatic: true, attempts } as const;
      world.runs.set('change:infrastructure:shop~web:4711', { status: 'RUNNING', memo, view });
      const token = await world.token();
      const { json } = await world.call('GET', path.replace('production', 'infrastructure'), {
        headers: { authorization: `Bearer ${token}` },
      });
      const [answer] = json['attempts'] as { answer: string; text: string }[];
      assert.deepEqual([answer?.answer, json['state']], ['not-approved', 'checking']);
      assert.match(answer?.text ?? '', /not covered: the approval of the change is missing/);
    }));

  it('gives out a go without people where this gate’s own policy allows it', () =>
    withGate(async (world) => {
      const attempts = [{ attempt: 'attempt-1', answer: 'go', text: 'approved and valid' }] as const;
      world.runs.set(workflowId, {
        status: 'RUNNING',
        memo,
        view: { state: 'go', automatic: true, attempts },
      });
      assert.deepEqual((await look(world)).json['attempts'], attempts);
    }));
});
