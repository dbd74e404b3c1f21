import assert from 'node:assert/strict';
import { CliError } from '../../starters/cli/cli-error.ts';
import type { Terminal } from '../../starters/cli/decisions/confirm.ts';
import { createGateClient } from '../../starters/cli/gate/gate-client.ts';
import { openGate, type GateSession } from '../../starters/cli/gate/open-gate.ts';
import { requestGate, type RequestOptions } from '../../starters/cli/gate/request.ts';
import { reportDeployed, reportPlan } from '../../starters/cli/gate/tell.ts';
import { createOutput } from '../../starters/cli/output.ts';
import { NotAPlan } from '../../starters/cli/plan-risk/not-a-plan.ts';
import type { PlanReport } from '../../workflows/change-approval/plan-report.ts';
import { withLoopback, type Expected, type Reply, type SeenRequest } from '../support/loopback.ts';
import { sha, toShown, waiting, workflowId } from './gate-world.ts';

const ci = {
  ...{ CI_PROJECT_PATH: 'shop/web', CI_PIPELINE_ID: '4711', CI_COMMIT_BRANCH: 'main', CI_COMMIT_SHA: sha },
  ...{ CI_JOB_NAME: 'gate', LOCKKEEPER_BUILD_JOB: 'build', CI_JOB_URL: 'https://ci/99' },
};
const accepted: Reply = {
  status: 202,
  body: { gated: true, workflowId, runLink: 'https://ui/run', text: 'Asked for it.' },
};
const ungated: Reply = { body: { gated: false, text: 'staging passes ungated' } };
const change = `/gates/change/${encodeURIComponent(workflowId)}`;
const post = (path: string, respond: Expected['respond']): Expected => ({ method: 'POST', path, respond });
const get = (path: string, respond: Expected['respond']): Expected => ({ method: 'GET', path, respond });
const nobody: Terminal = { interactive: false, ask: () => assert.fail('a script was asked') };

interface Ended {
  readonly code: number | CliError;
  readonly seen: readonly SeenRequest[];
  readonly text: string;
}

async function run(
  expected: readonly Expected[],
  act: (session: GateSession, url: string) => Promise<number>,
  env: Record<string, string> = ci,
): Promise<Ended> {
  const printed: string[] = [];
  let ended: Ended | undefined;
  await withLoopback(expected, async (url, seen) => {
    let nowMs = 0;
    const session: GateSession = {
      gate: createGateClient({ url, headers: { authorization: 'Bearer canary-token' }, timeoutMs: 500 }),
      output: createOutput(false, (text) => printed.push(text)),
      clock: { now: () => nowMs, sleep: async (ms) => void (nowMs += ms) },
      env,
    };
    const code = await act(session, url).catch((error: unknown) => {
      if (error instanceof CliError) return error;
      throw error;
    });
    ended = { code, seen, text: printed.join('') };
  });
  assert.doesNotMatch(printed.join(), /canary-token/);
  return ended ?? assert.fail();
}

const request =
  (options: RequestOptions, terminal: Terminal = nobody) =>
  (session: GateSession) =>
    requestGate(session, { environment: 'production', ...options }, terminal);

function failsWith({ code }: Ended, exitCode: number, message: RegExp, fix = /./) {
  assert.ok(code instanceof CliError, `ended with ${String(code)}`);
  assert.equal(code.exitCode, exitCode);
  assert.match(code.message, message);
  if (code.fix !== undefined) assert.match(code.fix, fix);
  assert.doesNotMatch(`${code.message} ${code.fix}`, /canary-token/);
}

describe('lockkeeper gate request', () => {
  it('takes the build from the variables of the GitLab job', async () => {
    const { code, seen, text } = await run([post('/gates/change', accepted)], request({}));
    assert.equal(code, 0);
    assert.equal(text, 'Asked for it.\nRun: https://ui/run\n');
    assert.deepEqual(seen[0]?.body, {
      ...{ environment: 'production', project: 'shop/web', buildJob: 'build', build: '4711', branch: 'main' },
      ...{ sha, action: 'deploy', pipelineId: 4711 },
    });
    assert.equal(seen[0]?.headers.authorization, 'Bearer canary-token');
  });

  it('prefers flags, and sends the details', async () => {
    const options = { build: '5', branch: 'hotfix', summary: 's', justification: 'j', rollbackPlan: 'r' };
    const { seen } = await run(
      [post('/gates/change', accepted)],
      request({ ...options, component: ['a', 'b'], pipeline: '6' }),
    );
    assert.partialDeepStrictEqual(seen[0]?.body, { ...options, components: ['a', 'b'], pipelineId: 6 });
  });

  it('names every flag that is missing, with the variables that would do', async () => {
    const ended = await run([], request({}), {});
    failsWith(
      ended,
      2,
      /--project, --build-job, --build, --branch, --sha$/,
      /CI_PROJECT_PATH[^]*CI_COMMIT_SHA/,
    );
  });

  it('prints that an environment passes ungated, and ends with 0', async () => {
    const { code, text } = await run([post('/gates/change', ungated)], request({ environment: 'staging' }));
    assert.deepEqual([code, text], [0, 'staging passes ungated\n']);
  });

  it('asks for a lost answer again', async () => {
    const { code, seen } = await run(
      [
        post('/gates/change', 'lost'),
        post('/gates/change', { status: 503, body: '' }),
        post('/gates/change', accepted),
      ],
      request({}),
    );
    assert.deepEqual([code, seen.length], [0, 3]);
  });

  for (const [status, error, code] of [
    [400, 'malformed', 2],
    [401, 'forged', 1],
    [403, 'other-project', 1],
    [404, 'not-configured', 1],
    [404, 'not-found', 3],
    [409, 'claims-differ', 13],
    [409, 'mismatch', 13],
    [413, 'too-large', 2],
  ] as const)
    it(`ends with ${code} on ${status} ${error}`, async () => {
      const respond = { status, body: { error, reason: 'why' } };
      failsWith(
        await run([post('/gates/change', respond)], request({})),
        code,
        new RegExp(`\\(${error}\\): why`),
      );
    });

  describe('--detach', () => {
    it('gives the id of the job along', async () => {
      const { seen, text } = await run(
        [post('/gates/change', accepted)],
        request({ detach: true, deployJob: '77' }),
      );
      assert.equal((seen[0]?.body as { deployJobId: number }).deployJobId, 77);
      assert.match(text, /job 77 is played: nobody waits here\.\n$/);
    });

    it('finds the job by its name in the pipeline', async () => {
      const jobs = [
        { id: 76, name: 'other' },
        { id: 77, name: 'deploy:production' },
      ];
      const path = '/api/v4/projects/52/pipelines/4711/jobs';
      const { seen } = await run(
        [get(path, { body: jobs as unknown as object }), post('/gates/change', accepted)],
        (session, url) => {
          const env = {
            ...ci,
            CI_API_V4_URL: `${url}/api/v4`,
            CI_PROJECT_ID: '52',
            LOCKKEEPER_READ_TOKEN: 'r',
          };
          return request({ detach: true, deployJob: 'deploy:production' })({ ...session, env });
        },
      );
      assert.equal(seen[0]?.headers['private-token'], 'r');
      assert.equal((seen[1]?.body as { deployJobId: number }).deployJobId, 77);
    });

    for (const [what, options, message] of [
      ['without a job', { detach: true }, /belong together/],
      ['that is only a job', { deployJob: '77' }, /belong together/],
      ['with a name outside GitLab', { detach: true, deployJob: 'deploy' }, /LOCKKEEPER_READ_TOKEN/],
    ] as const)
      it(`is refused ${what}`, async () => failsWith(await run([], request(options)), 2, message));
  });

  describe('--ask', () => {
    const rest = toShown(waiting);
    const stands = (part: object): Reply => ({ body: { gated: true, workflowId, ...rest, ...part } });

    it('asks for what is missing once the ticket is prepared, and passes it on', async () => {
      const asked: string[] = [];
      const answers = ['', ' the last tag ', 'web, api'];
      const terminal = {
        interactive: true,
        ask: async (q: string) => (asked.push(q), answers.shift() ?? ''),
      };
      const { code, seen } = await run(
        [
          post('/gates/change', accepted),
          get(change, stands({ state: 'preparing', missing: ['summary'] })),
          get(change, stands({ state: 'needs-info', missing: ['rollbackPlan', 'components'] })),
          post(`${change}/details`, accepted),
        ],
        request({ ask: true }, terminal),
      );
      assert.equal(code, 0);
      assert.equal(asked.length, 3, 'an empty answer is asked for again');
      assert.deepEqual(seen.at(-1)?.body, { rollbackPlan: 'the last tag', components: ['web', 'api'] });
    });

    it('asks for nothing when nothing is missing', async () => {
      const terminal = { ...nobody, interactive: true };
      const { code } = await run(
        [post('/gates/change', accepted), get(change, stands({}))],
        request({ ask: true }, terminal),
      );
      assert.equal(code, 0);
    });

    it('needs a terminal, before anything is asked for', async () =>
      failsWith(await run([], request({ ask: true })), 2, /needs a terminal/, /--rollback-plan/));
  });
});

describe('lockkeeper gate plan', () => {
  const report: PlanReport = {
    ...{ digest: 'd'.repeat(64), fileDigest: 'e'.repeat(64), formatVersion: '1.2', terraformVersion: null },
    counts: { create: 0, update: 0, delete: 1, replace: 0, other: 0, unchanged: 0 },
    ...{ risky: true, moreReasons: 0 },
    reasons: [{ address: 'aws_vpc.a', attribute: null, rule: 'delete', reason: 'it is deleted' }],
  };
  const rules = [{ id: 'queue', types: ['aws_sqs_*'], reason: 'messages get lost' }];
  const plan = (found: PlanReport | Error) => (session: GateSession) =>
    reportPlan(session, 'plan.json', { environment: 'production' }, async (file, options) => {
      assert.deepEqual([file, options.rules], ['plan.json', rules]);
      if (found instanceof Error) throw found;
      return found;
    });
  const told = [get('/gates/plan-rules', { body: { rules } }), post(`${change}/plan`, accepted)];

  it('judges by the gate’s own rules, reports, and ends with 20 on a risky one', async () => {
    const { code, seen, text } = await run(told, plan(report));
    assert.equal(code, 20);
    assert.deepEqual(seen[1]?.body, { report });
    assert.match(text, /^Risky: .*1 to delete\.\n {2}aws_vpc\.a: it is deleted \[delete\]\n/);
  });

  it('ends with 0 on one that is not', async () => {
    assert.equal((await run(told, plan({ ...report, risky: false, reasons: [] }))).code, 0);
  });

  it('passes where nothing is gated, risky or not', async () => {
    const [first] = told;
    assert.equal(
      (await run([first ?? assert.fail(), post(`${change}/plan`, ungated)], plan(report))).code,
      0,
    );
  });

  it('reports of very long reasons the first ones, and counts the others', async () => {
    const long = Array.from({ length: 100 }, () => ({
      address: 'a'.repeat(300),
      attribute: 'b'.repeat(300),
      rule: 'r',
      reason: 'c'.repeat(200),
    }));
    const { seen } = await run(told, plan({ ...report, reasons: long }));
    const sent = (seen[1]?.body as { report: PlanReport }).report;
    assert.ok(Buffer.byteLength(JSON.stringify(seen[1]?.body)) < 64 * 1024);
    assert.equal(sent.reasons.length + sent.moreReasons, 100);
  });

  for (const [what, error] of [
    ['what is no plan', new NotAPlan('it is a state file')],
    ['a file that is not there', Object.assign(new Error('ENOENT'), { code: 'ENOENT' })],
  ] as const)
    it(`ends with 2 on ${what}, and reports nothing`, async () => {
      const [first] = told;
      failsWith(await run([first ?? assert.fail()], plan(error)), 2, /^plan\.json: /, /terraform show -json/);
    });
});

describe('lockkeeper gate deployed', () => {
  const deployed = (options: { result: string; url?: string }) => (session: GateSession) =>
    reportDeployed(session, { environment: 'production', ...options });

  it('says the result, with the job’s own address', async () => {
    const { code, seen } = await run([post(`${change}/result`, accepted)], deployed({ result: 'failure' }));
    assert.equal(code, 0);
    assert.deepEqual(seen[0]?.body, { result: 'failure', url: 'https://ci/99' });
  });

  it('passes where nothing is gated', async () =>
    assert.equal((await run([post(`${change}/result`, ungated)], deployed({ result: 'success' }))).code, 0));

  it('takes success or failure only', async () =>
    failsWith(await run([], deployed({ result: 'ok' })), 2, /neither/));
});

describe('the way to the gate', () => {
  const open = (env: Record<string, string>) => () => openGate({ config: '/nonexistent.yaml' }, env);
  const token = { LOCKKEEPER_ID_TOKEN: 'a.b.c' };

  for (const url of ['https://lockkeeper.example.com/', 'http://127.0.0.1:8080', 'http://localhost:1'])
    it(`${url} is taken`, () => assert.doesNotThrow(open({ ...token, LOCKKEEPER_GATE_URL: url })));

  for (const url of [
    'http://lockkeeper.example.com',
    'https://u:p@example.com',
    'ftp://x',
    'lockkeeper',
    'https://x/?a=1',
  ])
    it(`${url} is refused: the credential goes there`, () =>
      assert.throws(open({ ...token, LOCKKEEPER_GATE_URL: url }), {
        name: 'CliError',
        exitCode: 2,
        message: /https:/,
      }));

  it('is asked for, where neither variable nor configuration names it', () =>
    assert.throws(open(token), { exitCode: 2, fix: /LOCKKEEPER_GATE_URL/ }));

  it('needs a credential', () =>
    assert.throws(open({ LOCKKEEPER_GATE_URL: 'https://x' }), { exitCode: 2, fix: /id_tokens/ }));
});
