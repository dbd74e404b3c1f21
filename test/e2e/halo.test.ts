import assert from 'node:assert/strict';
import { slackPerson, type SlackMessageView } from '../../sandbox/drive/slack-person.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { loadConfig } from '../../config/load-config.ts';
import { schedulesOf } from '../../starters/schedules.ts';
import { resume, status } from '../../workflows/agent-promotion/messages.ts';
import { haloScheduleId } from '../../workflows/shared/names.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import { startE2e, type E2e } from '../support/e2e-stack.ts';
import { historyWords } from '../support/history-words.ts';
import { haloSync, some, type HaloSync } from '../support/halo-e2e.ts';
import { quietRuntime } from '../support/quiet-runtime.ts';
import { TrackedRuns } from '../support/tracked-runs.ts';

const floodLimit = 80;
/** A killed worker is back, and its page repeated, before search knows of what it made. */
const lateMs = 4_000;
/** What a finding says of itself: tickets have it, histories, logs and messages do not. */
const said = 'zq9-said-by-a-finding';
const bulk = { method: 'POST', path: '/issue/bulk$' };

/** Findings of Halo become tickets: what only the whole of it shows. One source, one long-lived run. */
describe('e2e: findings of Halo', function () {
  this.timeout(60_000);
  let e2e: E2e;
  let sync: HaloSync;

  before(async function () {
    this.timeout(300_000);
    quietRuntime();
    e2e = await startE2e({
      halo: {
        flood: { limit: floodLimit, approval: 'flood', groupBy: '{issue_type}' },
        ...{ indexLagSeconds: 1 + lateMs / 1000, overlapMinutes: 0 },
      },
    });
    sync = haloSync(e2e);
  });
  beforeEach(() => sync.lateIndex(lateMs));
  after(() => e2e?.stop());

  it('makes tickets of them, and is quiet when nothing changed, whoever asks', async () => {
    await sync.scan(30, { issues: [{ issue: { name: said }, finding: { rule: { description: said } } }] });
    const { code, stdout } = await sync.cli('pass', '--follow');
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^Asked for a pass of halo: cli:[^]*\/halo-sync%3Ahalo\n[^]* done: pass, .*31 created\n$/,
    );
    const before = await sync.writes();
    const quiet = await passOfTheSchedule();
    const whole = await sync.pass('reconcile');
    assert.deepEqual(some(whole), { listed: 31, unchanged: 31 });
    assert.deepEqual([quiet.state, await sync.writes()], ['done', before]);
  });

  it('does one thing to all tickets of a query, as who asks, and shows what each route took', async () => {
    await sync.lateIndex(0);
    assert.match((await sync.cli('routes')).stdout, /^SOURCE[^]*halo +default +31 +20\S+Z\n$/);
    const many = ['bulk', '--query', '"Halo Issue ID" is not EMPTY', '--action', 'assign', '--to', 'dana'];
    assert.match((await sync.cli(...many, '--dry-run')).stdout, /assign: 31 would be done\n$/);
    assert.equal((await sync.cli(...many, '--limit', '30')).code, 2);
    const before = await sync.writes();
    const { code, stdout, stderr } = await sync.cli(...many);
    assert.deepEqual([code, stderr.trim().split('\n').length], [0, 31], stderr);
    assert.match(stdout, /assign: 31 done\n$/);
    assert.equal(await sync.writes(), before + 31);
    assert.equal((await sync.tickets('assignee is not EMPTY')).length, 31);
  });

  /** As `lockkeeper setup` makes it, but that it fires now and never again. */
  async function passOfTheSchedule() {
    const { configFile, env } = e2e.stack;
    const loaded = loadConfig(configFile, env);
    assert.ok('config' in loaded);
    const scheduleId = haloScheduleId('halo', 'pass');
    const options = schedulesOf(loaded.config).find((one) => one.scheduleId === scheduleId);
    assert.ok(options);
    const schedule = await e2e.temporal.schedule.create(options);
    await schedule.trigger();
    const report = await sync.ended(({ requestId }) => requestId.startsWith('schedule:'));
    await schedule.delete();
    return report;
  }

  it('makes each once, though the worker dies between two create calls, one of them applied', async () => {
    const ids = await sync.scan(75);
    // the page makes two calls at once: Jira does what the first says, and never hears of the second
    for (const when of ['after', 'before'] as const)
      await sync.jira.addFault({ match: bulk, mode: 'hold', when });
    const asked = await sync.ask('pass');
    await sync.killHeld(2);
    const made = await findKnown(ids);
    assert.ok(made > 0 && made < 75, `${made} of 75`);
    await sync.lateIndex(lateMs);
    await e2e.stack.worker.start();
    const { state, counts } = await sync.ended(asked);
    assert.deepEqual([state, counts.parked], ['done', 0]);
    await sync.assertOnce(ids);
  });

  it('closes each with one comment, though the worker dies after one was closed', async () => {
    const { ids } = await sync.halo.resolve({ first: 6 });
    await sync.jira.addFault({
      match: { method: 'POST', path: '/transitions$' },
      mode: 'hold',
      when: 'after',
    });
    const asked = await sync.ask('pass');
    await sync.killHeld(1);
    await e2e.stack.worker.start();
    assert.equal((await sync.ended(asked)).state, 'done');
    const closed = await sync.assertOnce(ids);
    assert.deepEqual(
      closed.map((ticket) => [ticket.status, ticket.comments.length]),
      ids.map(() => ['Done', 1]),
    );
  });

  it('makes no second one for three that ask at once', async () => {
    const ids = await sync.scan(40);
    const asked = await Promise.all([
      sync.ask('pass'),
      sync.ask('reconcile'),
      sync.ask('backfill', '--since', '2020-01-01'),
    ]);
    const reports = await Promise.all(asked.map((requestId) => sync.ended(requestId)));
    assert.deepEqual(
      reports.map(({ state }) => state),
      ['done', 'done', 'done'],
    );
    await sync.assertOnce(ids);
    assert.equal((await sync.view()).waiting, 0);
  });

  it('parks what Jira refuses, shows it, and writes it when it is told to', async () => {
    const [bad = '', ...good] = await sync.scan(5);
    const body = { errorMessages: ['A rule of this project refuses it'], errors: {} };
    await sync.jira.addFault({
      match: { ...bulk, body: bad },
      mode: 'status',
      status: 400,
      body,
      times: 100,
    });
    assert.partialDeepStrictEqual(some(await sync.pass('pass')), { created: 4, parked: 1 });
    await sync.assertOnce(good);
    const { stdout } = await sync.cli('list', '--parked');
    assert.match(stdout, new RegExp(`halo +${bad} .*A rule of this project refuses it`));
    await sync.jira.clearFaults();
    assert.equal((await sync.cli('retry', bad)).code, 0);
    await waitUntil('it to be written', 20_000, async () => {
      const { parked, running } = await sync.view();
      return (parked.length === 0 && running === null) || undefined;
    });
    await sync.assertOnce([bad]);
    assert.match((await sync.cli('list', '--parked')).stdout, /^Nothing is parked/);
  });

  it('goes on after Halo was down, and waits for people while it refuses the key', async () => {
    const ids = await sync.scan(7);
    await sync.halo.addFault({ match: { path: '/v3/issues' }, mode: 'status', status: 503, times: 100 });
    const asked = await sync.ask('pass');
    await waitUntil('the page to be tried again', 20_000, async () => {
      const [pending] = (await sync.handle.describe()).raw.pendingActivities ?? [];
      return (pending?.attempt ?? 0) > 2 || undefined;
    });
    await sync.halo.clearFaults();
    assert.equal((await sync.ended(asked)).counts.created, 7);

    await sync.halo.expireTokens();
    await sync.halo.addFault({ match: { path: '/oauth/' }, mode: 'status', status: 401, times: 100 });
    const refused = await sync.ask('pass');
    await untilListed('LkWaitingOn = "halo:CredentialRejected"');
    await sync.halo.clearFaults();
    await sync.handle.signal(resume, undefined);
    assert.equal((await sync.ended(refused)).state, 'done');
    await sync.assertOnce(ids);
  });

  /** As an operator finds it in a list. */
  const untilListed = (query: string) =>
    waitUntil(`a run of ${query}`, 20_000, async () => {
      for await (const run of e2e.temporal.workflow.list({ query })) return run;
      return undefined;
    });

  it('asks people about a flood: a group has one ticket with a table', async () => {
    const ids = await sync.scan(90, { types: { fim: 1 } });
    const asked = await sync.ask('pass');
    const question = await openQuestion();
    const actions = [...JSON.stringify(question.blocks).matchAll(/"action_id":"([^"]+)"/g)].map(
      ([, id]) => id,
    );
    assert.deepEqual(actions, [
      ...['lk_approve:all', 'lk_approve:group', 'lk_approve:drop', 'lk_reject', 'lk_info'],
    ]);
    assert.match(JSON.stringify(question.blocks), /more than 80 tickets[^]*at least 90/);
    await seeItWait();
    await decide(question, 'group');
    assert.partialDeepStrictEqual(some(await sync.ended(asked)), { created: 1, grouped: 90 });
    const [group, ...others] = await sync.tickets('summary ~ "90 findings"');
    assert.deepEqual([others.length, await findKnown(ids)], [0, 0]);
    assert.match(group?.findingId ?? '', /^group:[0-9a-f]{16}$/);
    const rows = group?.description.match(/"type":"tableRow"/g)?.length ?? 0;
    const left = Number(/Not in the table: (\d+) findings/.exec(group?.description ?? '')?.[1]);
    // all would be more than fits into the field
    assert.deepEqual([rows > 50, rows - 1 + left], [true, 90]);
  });

  it('drops a flood when people say so, and takes it up again in a backfill', async () => {
    // so that the next pass lists the flood in one page of Halo's, without the one before
    await sync.scan(1);
    await sync.pass('pass');
    const ids = await sync.scan(95, { types: { csm: 1 } });
    const asked = await sync.ask('pass');
    await decide(await openQuestion(), 'drop');
    assert.partialDeepStrictEqual(some(await sync.ended(asked)), { dropped: 95 });
    await sync.halo.touch({ ids: [...ids] });
    const again = await sync.pass('pass');
    assert.deepEqual([again.state, again.counts.created, await findKnown(ids)], ['done', 0, 0]);
    const backfill = await sync.ask('backfill', '--since', '2020-01-01');
    await decide(await openQuestion(), 'all');
    assert.equal((await sync.ended(backfill)).counts.created, 95);
    await sync.assertOnce(ids);
  });

  const openQuestion = (): Promise<SlackMessageView> =>
    waitUntil('the question in Slack', 20_000, async () =>
      (await slackPerson(e2e.endpoints, 'sue').messages()).find(({ blocks }) =>
        JSON.stringify(blocks ?? []).includes('lk_approve:drop'),
      ),
    );

  /** The buttons go with the answer. */
  async function decide({ channel, ts }: SlackMessageView, choice: string): Promise<void> {
    const sue = slackPerson(e2e.endpoints, 'sue');
    assert.equal((await sue.press({ channel, ts }, `lk_approve:${choice}`)).status, 200);
    await waitUntil('the answer in Slack', 20_000, async () => {
      const shown = (await sue.messages()).find((one) => one.channel === channel && one.ts === ts);
      return !JSON.stringify(shown).includes('lk_approve') || undefined;
    });
  }

  async function findKnown(ids: readonly string[]): Promise<number> {
    return (await sync.tickets()).filter(({ findingId }) => ids.includes(findingId)).length;
  }

  /** On every page where an operator looks. */
  async function seeItWait() {
    const run = await untilListed('LkProcess = "halo-sync" AND LkWaitingOn = "person:security"');
    assert.equal(run.workflowId, sync.handle.workflowId);
    const { typedSearchAttributes } = await sync.handle.describe();
    assert.deepEqual(
      [typedSearchAttributes.get(attributes.phase), typedSearchAttributes.get(attributes.target)],
      ['flood', 'halo'],
    );
    const { process, phase, waitingOn } = await sync.handle.query(status);
    assert.deepEqual([process, phase, waitingOn], ['halo-sync', 'flood', 'person:security']);
    const { currentDetails } = await sync.handle.query<{ currentDetails: string }>(
      '__temporal_workflow_metadata',
    );
    assert.match(currentDetails, /Ask people about many new findings.*90 wait/);
    assert.match((await sync.cli('status')).stdout, /asks people about many new findings/);
  }

  it('keeps secrets and what findings say out of histories, logs and messages; every run replays', async () => {
    const { env } = e2e.stack;
    const named = Object.entries(env).filter(
      ([name]) => /TOKEN|SECRET|PASSWORD|ACCESS_KEY/.test(name) && name !== 'AWS_ACCESS_KEY_ID',
    );
    const basic = Buffer.from(`${env['HALO_API_KEY']}:${env['HALO_API_SECRET_KEY']}`).toString('base64');
    const canaries = [...named.map(([, value]) => value), basic, said];
    assert.ok(canaries.length >= 8 && canaries.every((canary) => canary.length >= 12));
    assert.match(JSON.stringify(await sync.tickets()), new RegExp(said));
    const runs = new TrackedRuns();
    const histories: string[] = [];
    for await (const { workflowId, runId, historyLength } of e2e.temporal.workflow.list()) {
      assert.ok(historyLength < 10_000, `${workflowId} has ${historyLength} events`);
      const run = runs.track(e2e.temporal.workflow.getHandle(workflowId, runId));
      histories.push(historyWords(await run.fetchHistory()));
    }
    const places = {
      histories: histories.join('\n'),
      messages: JSON.stringify(await e2e.slackMessages()),
      logs: await e2e.logs(),
    };
    assert.ok(places.histories.length > 50_000 && places.logs.length > 5_000 && histories.length >= 2);
    for (const [place, words] of Object.entries(places))
      for (const canary of canaries) assert.ok(!words.includes(canary), `${place}: ${canary.slice(0, 6)}…`);
    const replay = await runs.fetchHistories();
    await replay();
  });
});
