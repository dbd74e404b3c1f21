import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { line } from '../../workflows/promotion-queue/messages.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { badVersions } from '../support/bad-versions.ts';
import { startE2e, type E2e } from '../support/e2e-stack.ts';
import { historyWords } from '../support/history-words.ts';
import { checkWebUi } from '../support/web-ui.ts';

const production = ['prod-a', 'prod-b', 'prod-c'] as const;

describe('e2e: agent promotion', function () {
  this.timeout(120_000);
  let e2e: E2e;
  let minor = 0;

  before(async function () {
    this.timeout(300_000);
    e2e = await startE2e({ policy: { instanceDeadlineMinutes: 0.2 } });
  });
  after(() => e2e.stop());

  const nextVersion = () => `2.${(minor += 1)}.0`;
  const words = (issue: { comments: readonly { text: string }[] }) =>
    issue.comments.map(({ text }) => text).join('\n');

  async function promote(version: string, installer?: Parameters<E2e['aws']['uploadInstaller']>[1]) {
    const bytes = await e2e.aws.uploadInstaller(version, installer);
    const ticket = await e2e.sam.fileRequest(version);
    return { bytes, ticket };
  }

  it('promotes the tested bytes to every account, file before manifest, and shows it in the Web UI', async () => {
    const version = nextVersion();
    const { bytes, ticket } = await promote(version);
    const issue = await e2e.untilEnded(ticket);
    assert.equal(issue.status, 'Done', words(issue));
    assert.equal(issue.assignee, 'Jira Bot');
    for (const account of production) {
      const manifest = await e2e.aws.readManifest(account);
      assert.equal(manifest?.version, version);
      assert.match(manifest.uploaded_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.match(manifest.pipeline_url, /\/devops\/agent-promotion\/-\/pipelines\/\d+$/);
      assert.ok((await e2e.aws.readInstaller(account, version))?.equals(bytes));
    }
    const writes = (await e2e.control.aws.requests()).filter(
      (call) => call.method === 'PUT' && call.path.includes('prod-a'),
    );
    assert.deepEqual(
      writes.map((call) => call.path.split('/').at(-1)),
      ['agent-installer.sh', 'manifest.json'],
    );
    assert.deepEqual((await e2e.aws.instances()).live, []);
    assert.deepEqual(await e2e.slackMessages(), []);
    await checkWebUi(e2e.stack, `agent-promotion:main:${ticket.id}`);
  });

  it('answers each bad version with the same words and touches nothing else', async () => {
    const [awsBefore, gitlabBefore] = await Promise.all([
      e2e.control.aws.requests(),
      e2e.control.gitlab.requests(),
    ]);
    const typed = badVersions.slice(1, 27);
    const tickets = await Promise.all(typed.map((version) => e2e.sam.fileRequest(version, 'Bad request')));
    assert.ok(tickets.length >= 25);
    for (const ticket of tickets) {
      const issue = await e2e.untilEnded(ticket);
      assert.equal(issue.status, 'Info Needed');
      assert.equal(issue.assignee, 'Sam Okafor');
      assert.deepEqual(
        issue.comments.map(({ text }) => text.trim()),
        ['Please provide a valid Agent-Version (format: x.x.x).'],
      );
    }
    const [aws, gitlab] = await Promise.all([e2e.control.aws.requests(), e2e.control.gitlab.requests()]);
    assert.deepEqual([aws.length, gitlab.length], [awsBefore.length, gitlabBefore.length]);
  });

  it('runs two tickets of the same instant one after the other', async () => {
    const versions = [nextVersion(), nextVersion()];
    const filed = await Promise.all(versions.map((version) => promote(version)));
    const issues = await Promise.all(filed.map(({ ticket }) => e2e.untilEnded(ticket)));
    assert.deepEqual(
      issues.map((issue) => issue.status),
      ['Done', 'Done'],
    );
    assert.equal(issues.filter((issue) => /waits for its turn/.test(words(issue))).length, 1);
    const creates = (await e2e.control.gitlab.requests()).filter((call) => call.method === 'POST').slice(-2);
    const done = await e2e.aws.readManifest('prod-a');
    assert.equal(creates.length, 2);
    assert.ok(versions.includes(done?.version ?? ''));
  });

  it('repairs one refused account when the ticket goes back to ToDo', async () => {
    const version = nextVersion();
    await e2e.control.aws.addFault({
      match: { method: 'PUT', path: 'prod-b-agent-installers/agent/v' },
      mode: 'status',
      status: 403,
      body: '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
    });
    const { ticket } = await promote(version);
    const failed = await e2e.untilEnded(ticket);
    assert.equal(failed.status, 'Failed');
    assert.equal(failed.assignee, 'Devi Rao');
    assert.match(words(failed), /prod-a \| published[\s\S]*prod-b \| failed[\s\S]*prod-c \| published/);
    assert.equal(
      (await e2e.aws.readManifest('prod-b'))?.history.some((entry) => entry.version === version),
      false,
    );
    await e2e.person('dana').move(ticket.key, 'ToDo');
    const done = await e2e.until(ticket.key, (issue) => issue.status === 'Done');
    assert.match(words(done), /prod-a \| was published already[\s\S]*prod-b \| published/);
    for (const account of production) {
      const entries = (await e2e.aws.readManifest(account))?.history.filter(
        (entry) => entry.version === version,
      );
      assert.equal(entries?.length, 1, account);
    }
  });

  it('leaves a version alone that is published already', async () => {
    const version = nextVersion();
    const first = await promote(version);
    await e2e.untilEnded(first.ticket);
    const second = await e2e.sam.fileRequest(version);
    const issue = await e2e.untilEnded(second);
    assert.equal(issue.status, 'Done');
    assert.match(words(issue), /prod-a \| was published already/);
  });

  it('refuses other bytes under a published version, and writes nothing', async () => {
    const version = nextVersion();
    const first = await promote(version);
    await e2e.untilEnded(first.ticket);
    const corrected = Buffer.concat([first.bytes, Buffer.from('# corrected\n')]);
    const second = await promote(version, corrected);
    const issue = await e2e.untilEnded(second.ticket);
    assert.equal(issue.status, 'Failed');
    assert.match(words(issue), /expected [0-9a-f]{64}.*found [0-9a-f]{64}/);
    for (const account of production)
      assert.ok((await e2e.aws.readInstaller(account, version))?.equals(first.bytes));
  });

  it('promotes what it pinned when SOC replaces the object in mid-run', async () => {
    const version = nextVersion();
    await e2e.control.gitlab.addFault({ match: { method: 'POST', path: '/pipeline$' }, mode: 'hold' });
    const { bytes, ticket } = await promote(version);
    await waitUntil(
      'the held pipeline',
      30_000,
      async () => (await e2e.control.gitlab.faults()).some((f) => f.waiting > 0) || undefined,
    );
    await e2e.aws.uploadInstaller(version, Buffer.from('#!/bin/bash\nexit 1\n'));
    await e2e.control.gitlab.clearFaults();
    assert.equal((await e2e.untilEnded(ticket)).status, 'Done');
    assert.ok((await e2e.aws.readInstaller('prod-c', version))?.equals(bytes));
  });

  const failures = [
    { name: 'a wrong reported version', variant: 'wrong-version', says: /version/ },
    { name: 'a service that dies', variant: 'service-dies', says: /service/ },
    { name: 'an installer with a syntax error', variant: 'syntax-error', says: /pipeline|syntax/ },
    { name: 'an empty installer', variant: Buffer.alloc(0), says: /empty|0 bytes/ },
  ] as const;
  for (const { name, variant, says } of failures)
    it(`fails on ${name}: no production write, no instance left, both channels told`, async () => {
      const version = nextVersion();
      const before = (await e2e.slackMessages()).length;
      const { ticket } = await promote(version, variant);
      const issue = await e2e.untilEnded(ticket);
      assert.equal(issue.status, 'Failed');
      assert.match(words(issue), says);
      for (const account of production)
        assert.equal(await e2e.aws.readInstaller(account, version), undefined);
      assert.deepEqual((await e2e.aws.instances()).live, []);
      await waitUntil(
        'two notices',
        20_000,
        async () => (await e2e.slackMessages()).length === before + 2 || undefined,
      );
    });

  it('fails on a missing installer, naming the object', async () => {
    const ticket = await e2e.sam.fileRequest('9.9.9');
    const issue = await e2e.untilEnded(ticket);
    assert.equal(issue.status, 'Failed');
    assert.match(words(issue), /soc-agent-installers.*agent\/v9\.9\.9\/agent-installer\.sh/);
  });

  it('fails within its deadline when the instance never comes up, and terminates it', async () => {
    e2e.stack.vendors.setNeverBoot(true);
    try {
      const { ticket } = await promote(nextVersion());
      const issue = await e2e.untilEnded(ticket);
      assert.equal(issue.status, 'Failed');
      assert.match(words(issue), /boot/);
      assert.deepEqual((await e2e.aws.instances()).live, []);
    } finally {
      e2e.stack.vendors.setNeverBoot(false);
    }
  });

  it('outlives 429 with Retry-After, 5xx, a lost answer and a hang of Jira, with one comment each', async () => {
    const issue = '/rest/api/3/issue/';
    await e2e.control.jira.addFault({
      match: { actor: 'jira-bot', method: 'POST', path: `${issue}\\d+/comment` },
      mode: 'lost',
    });
    await e2e.control.jira.addFault({
      match: { actor: 'jira-bot', method: 'GET', path: issue },
      mode: 'status',
      status: 429,
      headers: { 'retry-after': '1' },
    });
    await e2e.control.jira.addFault({
      match: { actor: 'jira-bot', method: 'PUT', path: '/assignee' },
      mode: 'status',
      status: 503,
    });
    await e2e.control.jira.addFault({
      match: { actor: 'jira-bot', method: 'POST', path: '/transitions' },
      mode: 'lost',
    });
    await e2e.control.jira.addFault({
      match: { actor: 'jira-bot', method: 'PUT', path: '/properties/' },
      mode: 'hang',
    });
    const { ticket } = await promote(nextVersion());
    // the hanging call is given up after its 30 s
    const done = await e2e.untilEnded(ticket, 100_000);
    assert.equal(done.status, 'Done');
    const texts = done.comments.map(({ text }) => text);
    assert.equal(new Set(texts).size, texts.length, 'no comment twice');
    assert.ok((await e2e.control.jira.faults()).every((fault) => fault.used === 1));
    await e2e.control.jira.clearFaults();
  });

  it('makes one pipeline when GitLab’s answer is lost', async () => {
    const creates = async () =>
      (await e2e.control.gitlab.requests()).filter(
        (c) => c.method === 'POST' && c.path.endsWith('/pipeline'),
      );
    const before = (await creates()).length;
    await e2e.control.gitlab.addFault({ match: { method: 'POST', path: '/pipeline$' }, mode: 'lost' });
    const { ticket } = await promote(nextVersion());
    assert.equal((await e2e.untilEnded(ticket)).status, 'Done');
    assert.equal((await creates()).length, before + 1);
    await e2e.control.gitlab.clearFaults();
  });

  it('promotes while Slack is down, and delivers the notices when it is back', async () => {
    const before = (await e2e.slackMessages()).length;
    await e2e.control.slack.addFault({ match: { path: '/api/' }, mode: 'status', status: 503, times: 1000 });
    const bad = await promote(nextVersion(), 'wrong-version');
    assert.equal((await e2e.untilEnded(bad.ticket)).status, 'Failed');
    const good = await promote(nextVersion());
    assert.equal((await e2e.untilEnded(good.ticket)).status, 'Done');
    assert.equal((await e2e.slackMessages()).length, before);
    await e2e.control.slack.clearFaults();
    await waitUntil(
      'the notices',
      60_000,
      async () => (await e2e.slackMessages()).length === before + 2 || undefined,
    );
  });

  it('stops before production when a person takes the ticket away, and leaves the status alone', async () => {
    const version = nextVersion();
    await e2e.control.aws.addFault({
      match: { path: 'Action=RunInstances|^/$', body: 'RunInstances' },
      mode: 'hold',
    });
    const { ticket } = await promote(version);
    await waitUntil(
      'the held launch',
      30_000,
      async () => (await e2e.control.aws.faults()).some((f) => f.waiting > 0) || undefined,
    );
    await e2e.control.jira.post('force', { as: 'ann', issue: ticket.key, status: 'Canceled' });
    await e2e.control.aws.clearFaults();
    await e2e.untilClosed(ticket.id);
    const issue = await e2e.sam.read(ticket.key);
    assert.equal(issue.status, 'Canceled');
    assert.match(words(issue), /stopped[\s\S]*Canceled[\s\S]*prod-a \| not touched/);
    assert.equal(await e2e.aws.readInstaller('prod-a', version), undefined);
    assert.deepEqual((await e2e.aws.instances()).live, []);
  });

  it('gives the turn on when the holder is terminated, and the sweep fails its ticket', async () => {
    await e2e.control.gitlab.post('hold-jobs', { on: true });
    const { ticket: held } = await promote(nextVersion());
    await e2e.until(held.key, (issue) => /GitLab pipeline/.test(words(issue)));
    const before = (await e2e.queue().query(line)).lastToken;
    await e2e.workflow(held.id).terminate('e2e: a lost run');
    await e2e.control.gitlab.post('hold-jobs', { on: false });
    // a join makes the queue look at the holder at once; otherwise it looks every 30 s
    const { ticket: next } = await promote(nextVersion());
    assert.equal((await e2e.untilEnded(next)).status, 'Done');
    assert.ok((await e2e.queue().query(line)).lastToken > before);
    await e2e.temporal.workflow.execute('promotionSweep', {
      workflowId: 'promotion-sweep-e2e',
      taskQueue: 'lockkeeper',
      args: [{ sites: ['main'] }],
    });
    const orphan = await e2e.sam.read(held.key);
    assert.equal(orphan.status, 'Failed');
    assert.match(words(orphan), /its run has ended without a result/);
  });

  it('refuses forged and stale webhooks and takes a repeated one once', async () => {
    const url = `${e2e.endpoints.starters}/webhooks/jira`;
    const body = JSON.stringify({
      webhookEvent: 'jira:issue_created',
      timestamp: Date.now(),
      issue: { id: '1' },
    });
    const headers = { 'content-type': 'application/json', 'x-hub-signature': `sha256=${'0'.repeat(64)}` };
    assert.equal((await fetch(url, { method: 'POST', body })).status, 401);
    assert.equal((await fetch(url, { method: 'POST', body, headers })).status, 401);
    const { ticket } = await promote(nextVersion());
    await e2e.untilEnded(ticket);
    const deliveries =
      await e2e.control.jira.post<{ identifier: string; event: string; status: number }[]>('deliveries');
    const created = deliveries.findLast((delivery) => delivery.event === 'jira:issue_created');
    const comments = (await e2e.sam.read(ticket.key)).comments.length;
    await e2e.control.jira.post('redeliver', { identifier: created?.identifier });
    await sleep(500);
    await e2e.untilClosed(ticket.id);
    assert.equal((await e2e.sam.read(ticket.key)).comments.length, comments);
  });

  it('starts a ticket whose webhook was lost, by the sweep', async () => {
    await e2e.stack.starters.stop();
    const { ticket } = await promote(nextVersion());
    await e2e.temporal.workflow.execute('promotionSweep', {
      workflowId: 'promotion-sweep-lost',
      taskQueue: 'lockkeeper',
      args: [{ sites: ['main'] }],
    });
    assert.equal((await e2e.untilEnded(ticket)).status, 'Done');
    await e2e.stack.starters.start();
  });

  it('lets no secret into a history, a log, a ticket or a message', async () => {
    const { env, vendors } = e2e.stack;
    const names = /TOKEN|SECRET|PASSWORD|ACCESS_KEY/;
    const secrets = Object.entries(env).filter(([name]) => names.test(name) && name !== 'AWS_ACCESS_KEY_ID');
    const { ciRunner, sam } = vendors.aws.provisioned.credentials;
    const canaries = [
      ...secrets.map(([, value]) => value),
      ciRunner.secretAccessKey,
      sam.secretAccessKey,
      'X-Amz-Signature=',
    ];
    assert.ok(canaries.length >= 10 && canaries.every((canary) => canary.length >= 12));
    const places = await readEverything();
    assert.ok(
      places.histories.length > 100_000 && places.logs.length > 10_000 && places.messages.length > 500,
    );
    for (const [place, words] of Object.entries(places))
      for (const canary of canaries)
        assert.ok(!words.includes(canary), `${place} holds ${canary.slice(0, 6)}…`);
  });

  /** Payloads are decoded: what stands in a history as base64 is read as people would. */
  async function readEverything() {
    const histories: string[] = [];
    for await (const { workflowId, runId } of e2e.temporal.workflow.list()) {
      const history = await e2e.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
      histories.push(historyWords(history));
    }
    const tickets: string[] = [];
    for (let number = 1; number <= 30; number += 1)
      tickets.push(
        await e2e.sam.read(`DEVOPS-${number}`).then(
          (issue) => JSON.stringify(issue),
          () => '',
        ),
      );
    const messages = JSON.stringify(await e2e.slackMessages());
    return { histories: histories.join('\n'), tickets: tickets.join('\n'), messages, logs: await e2e.logs() };
  }
});
