import assert from 'node:assert/strict';
import { Webhook } from 'standardwebhooks';
import { passingRunner, project, startGitlab, type RunningGitlab } from './gitlab-fixture.ts';
import type { HookInput } from '../../../sandbox/gitlab/project-hook.ts';
import { startReceiver } from './webhook-receiver.ts';

const signingToken = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const minute = 60_000;

describe('GitLab stand-in: webhooks', () => {
  let gitlab: RunningGitlab;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let clock: Date;

  async function start({ script = [], ...hook }: Partial<HookInput> & { script?: number[] } = {}) {
    clock = new Date();
    receiver = await startReceiver(script);
    gitlab = await startGitlab({
      ...{ jobRunner: passingRunner, projectTokenRole: 'maintainer', now: () => clock },
      hooks: [{ url: receiver.url, pipeline_events: true, token: 'in-clear', ...hook }],
      webhookDelivery: { retryDelayMs: 1, autoDisable: true },
    });
  }
  afterEach(async () => {
    await gitlab.front.stop();
    await receiver.stop();
  });

  const create = () =>
    gitlab.api.Pipelines.create(project, 'main', {
      variables: [{ key: 'LOCKKEEPER_RUN', value: 'SEC-1/1' }],
    });
  const statuses = () =>
    receiver.received.map(({ body }) => body.object_attributes?.status ?? body.build_status);
  const three = () => receiver.until(() => receiver.received.length === 3);
  const last = () =>
    receiver.received.find((_hook, index) => statuses()[index] === 'success') ?? assert.fail();

  it('tells of each status, with the variables and the token in clear', async () => {
    await start();
    const { id } = await create();
    await three();
    assert.deepEqual(statuses().sort(), ['pending', 'running', 'success']);
    const { headers, body } = last();
    assert.equal(headers['x-gitlab-event'], 'Pipeline Hook');
    assert.equal(headers['x-gitlab-token'], 'in-clear');
    assert.equal(headers['x-gitlab-instance'], gitlab.front.url);
    assert.equal(headers['webhook-signature'], undefined);
    const { object_attributes: attributes } = body as unknown as {
      object_attributes: Record<string, unknown>;
    };
    assert.equal(attributes['id'], id);
    assert.deepEqual(attributes['variables'], [{ key: 'LOCKKEEPER_RUN', value: 'SEC-1/1' }]);
    assert.match(String(attributes['finished_at']), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
  });

  it('signs the raw body as Standard Webhooks when the hook has a signing token', async () => {
    await start({ signing_token: signingToken });
    await create();
    await three();
    const { headers, raw } = receiver.received[0] ?? assert.fail();
    assert.equal(headers['webhook-id'], headers['idempotency-key']);
    assert.doesNotThrow(() => new Webhook(signingToken).verify(raw, headers));
    assert.throws(() => new Webhook(signingToken).verify(`${raw} `, headers));
  });

  it('sends job events, which say build and carry the pipeline id as the commit id', async () => {
    await start({ pipeline_events: false, job_events: true });
    const { id } = await create();
    await three();
    assert.deepEqual(statuses().sort(), ['pending', 'running', 'success']);
    const { headers, body } = last();
    assert.equal(headers['x-gitlab-event'], 'Job Hook');
    assert.equal(body.object_kind, 'build');
    assert.equal((body['commit'] as { id: number }).id, id);
    assert.match(String(body['build_finished_at_iso']), /^[\d-]+T[\d:]+Z$/);
  });

  it('repeats what was not taken under the same key, three times at most', async () => {
    await start({ script: [500, 503, 500] });
    await gitlab.control('hold-jobs', { on: true });
    await create();
    await three();
    const keys = receiver.received.map(({ headers }) => headers['idempotency-key']);
    assert.equal(new Set(keys).size, 1);
  });

  it('lists its deliveries and delivers one again with the same body and key', async () => {
    await start();
    await create();
    await three();
    const [first] = (await gitlab.control('deliveries')) as { id: number; statuses: number[] }[];
    assert.deepEqual(first?.statuses, [200]);
    await gitlab.control('redeliver', { id: first.id });
    const [original, again] = [receiver.received[0], receiver.received.at(-1)];
    assert.equal(again?.raw, original?.raw);
    assert.equal(again?.headers['idempotency-key'], original?.headers['idempotency-key']);
  });

  it('switches a hook off after four failures, for a minute', async () => {
    await start({ script: Array<number>(6).fill(401) });
    await gitlab.control('hold-jobs', { on: true });
    await create();
    await three();
    for (let again = 0; again < 3; again += 1) await gitlab.control('redeliver', { id: 1 });
    const off = await hookShown();
    assert.equal(off.alert_status, 'temporarily_disabled');
    assert.equal(Date.parse(off.disabled_until ?? '') - clock.getTime(), minute);
    clock = new Date(clock.getTime() + minute);
    assert.equal((await hookShown()).alert_status, 'executable');
  });

  it('tests a hook with the newest pipeline', async () => {
    await start({ script: [200, 200, 200, 200, 500, 500, 500] });
    assert.match(await testHook(), /^422 .*Ensure the project has CI pipelines/);
    await create();
    await three();
    assert.match(await testHook(), /^201 /);
    assert.equal(receiver.received.length, 4);
    assert.match(await testHook(), /^422 .*HTTP 500/);
  });

  async function hookShown() {
    const hook = await gitlab.api.ProjectHooks.show(project, 1);
    return hook as unknown as { alert_status: string; disabled_until: string | null };
  }

  async function testHook(): Promise<string> {
    const response = await gitlab.call('POST', '/hooks/1/test/pipeline_events');
    return `${response.status} ${await response.text()}`;
  }
});
