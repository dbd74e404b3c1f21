import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { slackPerson, type SlackMessageView } from '../../sandbox/drive/slack-person.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { agentPromotionId, promotionRollbackId } from '../../workflows/shared/names.ts';
import { startE2e, type E2e } from '../support/e2e-stack.ts';

/** What a promotion does beyond the straight way: dry run, retry, rollback, drift, supersede; by the CLI as people use it. */
describe('e2e: promotion in full', function () {
  this.timeout(180_000);
  let e2e: E2e;
  let minor = 0;

  before(async function () {
    this.timeout(300_000);
    e2e = await startE2e();
  });
  after(() => e2e?.stop());

  const dana = () => slackPerson(e2e.endpoints, 'dana');
  const nextVersion = () => `4.${(minor += 1)}.0`;

  /** The CLI as a person runs it: with that person's own Jira credentials. */
  async function cli(
    as: string,
    ...args: string[]
  ): Promise<{ code: number | null; out: string; err: string }> {
    const person = e2e.endpoints.people[as];
    assert.ok(person);
    // an operator has no keys
    const own = Object.entries(e2e.stack.env).filter(([name]) => !name.includes('_KEYS'));
    const env = {
      ...Object.fromEntries(own),
      LOCKKEEPER_JIRA_EMAIL: person.email,
      LOCKKEEPER_JIRA_API_TOKEN: person.jira.apiToken,
    };
    const child = spawn(process.execPath, ['starters/cli/main.ts', ...args], { env, timeout: 60_000 });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, out, err };
  }

  const words = (issue: { comments: readonly { text: string }[] }) =>
    issue.comments.map(({ text }) => text).join('\n');
  const ended = (key: string) =>
    waitUntil(`${key} to end`, 90_000, async () => {
      const now = await e2e.sam.read(key);
      return ['Done', 'Failed', 'Info Needed'].includes(now.status) ? now : undefined;
    });
  const message = (has: RegExp): Promise<SlackMessageView> =>
    waitUntil(`${has.source} in Slack`, 60_000, async () =>
      (await dana().messages()).findLast(({ text, blocks = [] }) =>
        has.test(`${text} ${JSON.stringify(blocks)}`),
      ),
    );
  async function promoteGated(version: string) {
    await e2e.aws.uploadInstaller(version);
    return e2e.sam.fileRequest(version, undefined, { project: 'GATED' });
  }
  async function approve(key: string) {
    const asked = await message(new RegExp(`Publish agent.*\\(${key}\\)`));
    await dana().press(asked, 'lk_approve');
  }

  it('lists every write of a dry run, and makes none', async () => {
    const version = nextVersion();
    await e2e.aws.uploadInstaller(version);
    await e2e.control.jira.addFault({
      match: { method: 'PUT', path: 'assignee' },
      mode: 'delay',
      ms: 4_000,
      times: 1,
    });
    const ticket = await e2e.sam.fileRequest(version, undefined, { project: 'GATED' });
    const { code, out, err } = await cli('sam', 'start', 'promotion', ticket.key, '--dry-run');
    assert.equal(code, 0, err);
    assert.match(out, /nothing was written/);
    assert.match(out, /gitlab +ensurePipeline/);
    assert.match(out, /people +ask .*1 of devops, in #approvals, under production@1/);
    assert.equal((out.match(/aws-promotion +publishManifest/g) ?? []).length, 3);
    await approve(ticket.key);
    assert.equal((await ended(ticket.key)).status, 'Done');
  });

  it('retries only what was left out, with the bytes that were tested', async () => {
    const version = nextVersion();
    await e2e.control.aws.addFault({
      match: { method: 'PUT', path: 'prod-c-agent-installers/agent/v' },
      mode: 'status',
      status: 403,
      body: '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
    });
    const ticket = await promoteGated(version);
    await approve(ticket.key);
    assert.equal((await ended(ticket.key)).status, 'Failed');
    await e2e.control.aws.clearFaults();
    const launched = (await e2e.aws.instances()).ended.length;
    const { code, err } = await cli('dana', 'retry', ticket.key, '--failed-only');
    assert.equal(code, 0, err);
    const asked = await message(new RegExp(`Publish agent ${version} to prod-c \\(${ticket.key}\\)`));
    await dana().press(asked, 'lk_approve');
    await waitUntil(
      'the retry',
      90_000,
      async () => (await e2e.sam.read(ticket.key)).status === 'Done' || undefined,
    );
    assert.equal((await e2e.aws.readManifest('prod-c'))?.version, version);
    assert.equal((await e2e.aws.instances()).ended.length, launched, 'nothing was tested again');
  });

  it('rolls back in reverse order once somebody else has approved it, by the CLI', async () => {
    const before = (await e2e.aws.readManifest('prod-a'))?.version;
    const version = nextVersion();
    const ticket = await promoteGated(version);
    await approve(ticket.key);
    assert.equal((await ended(ticket.key)).status, 'Done');
    const asked = await cli('dana', 'rollback', ticket.key, '--reason', 'loses logs');
    assert.equal(asked.code, 0, asked.err);
    const id = promotionRollbackId('gated', ticket.id);
    const self = await waitUntil('the request', 30_000, async () => {
      const answer = await cli('dana', 'approve', id, '--yes', '--reason', 'mine');
      return /asked for it/.test(answer.out + answer.err) ? answer : undefined;
    });
    assert.equal(self.code, 10, 'his own request is refused');
    const other = await cli('lee', 'approve', id, '--yes', '--reason', 'agreed');
    assert.equal(other.code, 0, other.err);
    const outcome = (await e2e.temporal.workflow.getHandle(id).result()) as { outcome: string };
    assert.equal(outcome.outcome, 'rolled-back');
    for (const account of ['prod-a', 'prod-b', 'prod-c'] as const)
      assert.equal((await e2e.aws.readManifest(account))?.version, before);
    assert.match(words(await e2e.sam.read(ticket.key)), /Rolled back from .* Reason: loses logs/);
  });

  it('reports an account that is not as it was left, once', async () => {
    const version = nextVersion();
    const ticket = await promoteGated(version);
    await approve(ticket.key);
    assert.equal((await ended(ticket.key)).status, 'Done');
    const sweep = (id: string) =>
      e2e.temporal.workflow.execute('driftSweep', {
        workflowId: id,
        taskQueue: 'lockkeeper',
        args: [{ sites: ['main', 'gated'], accounts: ['prod-a', 'prod-b', 'prod-c'], issueType: 'Task' }],
      }) as Promise<{ drifted: readonly unknown[]; tickets: readonly string[] }>;
    assert.deepEqual((await sweep('drift-1')).tickets, []);
    await e2e.aws.overwriteInstaller('prod-b', version, Buffer.from('not ours'));
    const [first, second] = [await sweep('drift-2'), await sweep('drift-3')];
    assert.equal(first.tickets.length, 1);
    assert.deepEqual(second.tickets, first.tickets);
  });

  it('ends an older request that still waits when a newer one comes', async () => {
    const [older, newer] = [nextVersion(), nextVersion()];
    const first = await promoteGated(older);
    await message(new RegExp(`Publish agent ${older} .*\\(${first.key}\\)`));
    const second = await promoteGated(newer);
    const issue = await ended(first.key);
    assert.equal(issue.status, 'Failed');
    assert.match(words(issue), new RegExp(`superseded by ${second.key}`));
    await approve(second.key);
    assert.equal((await ended(second.key)).status, 'Done');
    const { status } = await e2e.temporal.workflow.getHandle(agentPromotionId('gated', first.id)).describe();
    assert.equal(status.name, 'COMPLETED');
  });

  it('sends an older version back to whoever asked, with one comment', async () => {
    await e2e.aws.uploadInstaller('0.0.1');
    const ticket = await e2e.sam.fileRequest('0.0.1', undefined, { project: 'GATED' });
    const issue = await ended(ticket.key);
    assert.equal(issue.status, 'Info Needed');
    assert.match(words(issue), /older than what production has/);
    assert.equal(issue.assignee, 'Sam Okafor');
  });
});
