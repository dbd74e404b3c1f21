import assert from 'node:assert/strict';
import { casePerson, type CasePerson } from '../../sandbox/drive/case-person.ts';
import { issuePerson, type IncidentIssueView, type IssuePerson } from '../../sandbox/drive/issue-person.ts';
import { jiraAutomation } from '../../sandbox/drive/jira-automation.ts';
import { loadConfig } from '../../config/load-config.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { schedulesOf } from '../../starters/schedules.ts';
import { incident, type IncidentView } from '../../workflows/incident-sync/messages.ts';
import { incidentSweepId, incidentSyncId } from '../../workflows/shared/names.ts';
import { runCli } from '../support/command-line.ts';
import { startE2e, type E2e } from '../support/e2e-stack.ts';
import { historyWords } from '../support/history-words.ts';
import { quietRuntime } from '../support/quiet-runtime.ts';
import { TrackedRuns } from '../support/tracked-runs.ts';

const patience = 40_000;
/** In texts of both sides; never in a history or a log. */
const said = 'zq7-said-in-an-incident';

/** Cases of AWS and issues of Jira mirror each other: what only the whole of it shows. */
describe('e2e: incidents', function () {
  this.timeout(90_000);
  let e2e: E2e;
  let aws: CasePerson;
  let sofia: IssuePerson;
  let number = 0;
  let looks = 0;

  before(async function () {
    this.timeout(300_000);
    quietRuntime();
    e2e = await startE2e({ halo: 'off', incidents: {} });
    aws = casePerson(e2e.endpoints);
    sofia = issuePerson(e2e.endpoints, 'sofia');
  });
  after(() => e2e?.stop());

  const handleOf = (caseId: string) => e2e.temporal.workflow.getHandle(incidentSyncId('aws-main', caseId));
  const viewOf = (caseId: string): Promise<IncidentView> => handleOf(caseId).query(incident);

  /** A case with its issue. */
  async function linked(
    own: Parameters<CasePerson['create']>[0] = {},
  ): Promise<{ caseId: string; key: string }> {
    const title = `Case ${(number += 1)} ${said}`;
    const { caseId } = await aws.create({
      title,
      description: `What is known: ${said}.`,
      resolverType: 'Self',
      ...own,
    });
    return { caseId, key: await issueOf(caseId) };
  }

  async function issueOf(caseId: string): Promise<string> {
    return waitUntil(`the issue of ${caseId}`, patience, async () => {
      const view = await viewOf(caseId).catch(() => undefined);
      return view?.issueKey ?? undefined;
    });
  }

  const issueWhen = (key: string, what: string, is: (issue: IncidentIssueView) => boolean) =>
    waitUntil(`${key}: ${what}`, patience, async () => {
      const issue = await sofia.read(key);
      return is(issue) ? issue : undefined;
    });
  type Stored = Awaited<ReturnType<CasePerson['read']>>;
  const caseWhen = (caseId: string, what: string, is: (stored: Stored) => boolean) =>
    waitUntil(`${caseId}: ${what}`, patience, async () => {
      const stored = await aws.read(caseId);
      return is(stored) ? stored : undefined;
    });

  /** No write on either side while the run looks again so many times. */
  async function assertQuiet(caseId: string, times: number) {
    const writes = async () => {
      const [jira, sir] = [await e2e.control.jira.requests(), await aws.requests()];
      const isWrite = ({ method, path }: { method: string; path: string }) =>
        (method !== 'GET' && !/search|bulkfetch/.test(path) && path.includes('/rest/')) ||
        /create-|update-|close-case/.test(path);
      return [...jira, ...sir].filter(isWrite).length;
    };
    const lookAgain = async () => {
      const { syncs } = await viewOf(caseId);
      const deliveryId = `again-${caseId}-${(looks += 1)}`;
      await handleOf(caseId).signal('incidentChanged', { deliveryId, event: 'sweep', side: 'both' });
      await waitUntil('another look', patience, async () =>
        (await viewOf(caseId)).syncs > syncs ? true : undefined,
      );
    };
    // what was on its way may still have had a word to say
    await lookAgain();
    const before = await writes();
    for (let time = 0; time < times; time += 1) await lookAgain();
    assert.equal(await writes(), before);
  }

  it('a case travels to Jira and back, and closing it closes the issue (B1)', async () => {
    const { caseId, key } = await linked();
    await aws.comment(caseId, `From AWS. ${said}`);
    await sofia.comment(key, `From Jira. ${said}`);
    await aws.attach(caseId, 'flows.csv', 'a,b\n1,2\n');
    await sofia.attach(key, 'memo.txt', 'rotated\n');
    const issue = await issueWhen(
      key,
      'has the comment and the file of the case',
      ({ comments, attachments }) =>
        comments.some(({ text }) => text.includes('From AWS.')) && attachments.length === 2,
    );
    const copied = issue.attachments.find(({ name }) => name === 'flows.csv');
    assert.equal(await sofia.download(copied?.id ?? ''), 'a,b\n1,2\n');
    await caseWhen(
      caseId,
      'has those of the issue',
      ({ comments, attachments }) =>
        comments.some(({ body }) => body.includes('From Jira.')) && attachments.length === 2,
    );
    await assertQuiet(caseId, 3);
    await aws.close(caseId, 'Investigation Completed');
    await issueWhen(
      key,
      'is done, and says why',
      ({ status, comments }) =>
        status === 'Done' && comments.some(({ text }) => text.includes('Investigation Completed')),
    );
  });

  it('an issue that a person files becomes one case, and no second issue (B2, B3)', async () => {
    const title = `Filed ${(number += 1)}`;
    const { key } = await sofia.file(title, 'A lost laptop.');
    const caseId = await waitUntil('its case', patience, () => sofia.caseOf(key));
    const stored = await aws.read(caseId);
    assert.deepEqual([stored.title, stored.threatActorIpAddresses], [title, []]);
    await waitUntil('the run of the case', patience, async () =>
      (await viewOf(caseId).catch(() => undefined))?.issueKey === key ? true : undefined,
    );
    await sofia.edit(key, { summary: `${title}, found again` });
    await caseWhen(caseId, 'has the new title', ({ title: now }) => now.endsWith('found again'));
    await assertQuiet(caseId, 3);
    assert.deepEqual(await sofia.find(`project = INC AND summary ~ "\\"${title}\\""`), [key]);
    assert.equal((await aws.summary()).cases, await countCases());
  });

  /** Every case has one issue, and every linked issue another case. */
  async function countCases(): Promise<number> {
    const keys = await sofia.find('project = INC');
    const cases = await Promise.all(keys.map((key) => sofia.caseOf(key)));
    const ids = cases.filter((id) => id !== undefined);
    assert.equal(new Set(ids).size, ids.length, 'two issues of one case');
    return ids.length;
  }

  it('a status that several share is not pushed back, and a person’s move is (B4, B5)', async () => {
    const { caseId, key } = await linked();
    await aws.status(caseId, 'Detection and Analysis');
    await issueWhen(key, 'is in progress', ({ status }) => status === 'In Progress');
    await aws.status(caseId, 'Containment, Eradication and Recovery');
    await waitUntil('the move was seen', patience, async () =>
      (await viewOf(caseId)).link?.status?.case === 'Containment, Eradication and Recovery'
        ? true
        : undefined,
    );
    await assertQuiet(caseId, 2);
    assert.equal((await aws.read(caseId)).caseStatus, 'Containment, Eradication and Recovery');
    await sofia.move(key, 'In Review');
    await caseWhen(caseId, 'follows', ({ caseStatus }) => caseStatus === 'Post-incident Activities');
    await assertQuiet(caseId, 2);
    assert.equal((await sofia.read(key)).status, 'In Review');
  });

  it('edits of a comment follow, deletions are marked, and neither comes back (B9)', async () => {
    const { caseId, key } = await linked();
    const { commentId } = await aws.comment(caseId, 'First words.');
    const { id } = await sofia.comment(key, 'Words of Jira.');
    await issueWhen(key, 'has the copy', ({ comments }) =>
      comments.some(({ text }) => text.includes('First words.')),
    );
    await caseWhen(caseId, 'has the copy', ({ comments }) => comments.length === 2);
    await aws.editComment(caseId, commentId, 'Better words.');
    await sofia.editComment(key, id, 'Better words of Jira.');
    await issueWhen(key, 'has the edit', ({ comments }) =>
      comments.some(({ text }) => text.includes('Better words.')),
    );
    await caseWhen(caseId, 'has the edit', ({ comments }) =>
      comments.some(({ body }) => body.includes('Better words of Jira.')),
    );
    await sofia.deleteComment(key, id);
    const stored = await caseWhen(caseId, 'says that it is deleted', ({ comments }) =>
      comments.some(({ body }) => /deleted/i.test(body)),
    );
    assert.equal(stored.comments.length, 2);
    await assertQuiet(caseId, 2);
    assert.ok((await sofia.read(key)).comments.every(({ text }) => !text.includes('First words.')));
  });

  it('both sides edited at once: one value stands on both, the other is kept in a comment (B11)', async () => {
    const { caseId, key } = await linked();
    await Promise.all([
      aws.update(caseId, { title: 'What AWS calls it' }),
      sofia.edit(key, { summary: 'What Jira calls it' }),
    ]);
    const same = await waitUntil('one title', patience, async () => {
      const [issue, stored] = [await sofia.read(key), await aws.read(caseId)];
      return issue.summary === stored.title && !stored.title.includes(said) ? issue : undefined;
    });
    const lost = same.summary === 'What AWS calls it' ? 'What Jira calls it' : 'What AWS calls it';
    await issueWhen(key, 'keeps the other', ({ comments }) =>
      comments.some(({ text }) => text.includes(lost)),
    );
    await assertQuiet(caseId, 2);
  });

  /** As `lockkeeper setup` makes it, but that it fires now and never again. */
  async function sweep() {
    const { configFile, env } = e2e.stack;
    const loaded = loadConfig(configFile, env);
    assert.ok('config' in loaded);
    const options = schedulesOf(loaded.config).find((one) => one.scheduleId === incidentSweepId('aws-main'));
    assert.ok(options);
    const schedule = await e2e.temporal.schedule.create(options);
    await schedule.trigger();
    await waitUntil('the sweep', patience, async () =>
      (await schedule.describe()).info.numActionsTaken > 0 ? true : undefined,
    );
    await schedule.delete();
  }

  it('events that are lost are found by the sweep, doubled ones do nothing (B15, B16)', async () => {
    await aws.events({ mode: 'drop' });
    const { caseId } = await aws.create({ title: 'Unheard of', description: 'x', resolverType: 'Self' });
    await aws.events({ mode: 'duplicate' });
    await sweep();
    const key = await issueOf(caseId);
    await aws.comment(caseId, 'Said twice by the event bus.');
    await issueWhen(key, 'has it', ({ comments }) =>
      comments.some(({ text }) => text.includes('Said twice')),
    );
    await aws.settled();
    await aws.events({ mode: 'deliver' });
    await assertQuiet(caseId, 1);
    const { comments } = await sofia.read(key);
    assert.equal(comments.filter(({ text }) => text.includes('Said twice')).length, 1);
  });

  it('Jira is down while a case is opened: the issue comes when it is back (B14)', async () => {
    const { jira } = e2e.control;
    const { id } = await jira.addFault({
      match: { path: '/rest/api/3/(issue|search)' },
      mode: 'status',
      status: 503,
    });
    const { caseId } = await aws.create({ title: 'In an outage', description: 'x', resolverType: 'Self' });
    await waitUntil('a refused call', patience, async () =>
      (await jira.requests()).some(({ status }) => status === 503) ? true : undefined,
    );
    await jira.clearFaults();
    assert.ok(id);
    const key = await issueOf(caseId);
    assert.equal((await sofia.read(key)).summary, 'In an outage');
  });

  it('the worker is killed around each write: one copy of everything', async function () {
    this.timeout(200_000);
    const { caseId, key } = await linked();
    const points = [
      { path: '/issue/[^/]+/comment$', method: 'POST', vendor: 'jira' },
      { path: '/create-comment$', method: 'POST', vendor: 'sir' },
      { path: '/attachments$', method: 'POST', vendor: 'jira' },
    ] as const;
    for (const { path, method, vendor } of points) {
      const control = vendor === 'jira' ? e2e.control.jira : aws;
      await control.addFault({ match: { path, method }, mode: 'hold', when: 'after', times: 1 });
      if (path.includes('create-comment')) await sofia.comment(key, `Killed at ${path}`);
      else if (path.includes('attachments')) await aws.attach(caseId, 'held.txt', 'held\n');
      else await aws.comment(caseId, `Killed at ${path}`);
      await waitUntil(`a call of ${path}`, patience, async () =>
        (await control.requests()).some((one) => new RegExp(path).test(one.path) && one.method === method)
          ? true
          : undefined,
      );
      await e2e.stack.worker.kill();
      await control.clearFaults();
      await e2e.stack.worker.start();
    }
    await caseWhen(caseId, 'has the comment', ({ comments }) =>
      comments.some(({ body }) => body.includes('create-comment')),
    );
    const issue = await issueWhen(
      key,
      'has the rest',
      ({ comments, attachments }) =>
        comments.some(({ text }) => text.includes('/comment$')) && attachments.length > 0,
    );
    await assertQuiet(caseId, 1);
    const stored = await aws.read(caseId);
    assert.deepEqual(
      [
        issue.comments.filter(({ text }) => text.includes('Killed at /issue')).length,
        stored.comments.filter(({ body }) => body.includes('create-comment')).length,
        (await sofia.read(key)).attachments.length,
      ],
      [1, 1, 1],
    );
  });

  it('one case that Jira refuses parks alone and is reprocessed by an operator (B13, B17)', async () => {
    const { caseId, key } = await linked();
    const { jira } = e2e.control;
    await jira.addFault({
      match: { method: 'POST', path: '/issue/[^/]+/comment$' },
      mode: 'status',
      status: 400,
      body: { errorMessages: ['no'] },
    });
    await aws.comment(caseId, 'Refused at first.');
    await waitUntil('a parked step', patience, async () =>
      (await viewOf(caseId)).parked.length > 0 ? true : undefined,
    );
    await aws.update(caseId, { title: 'Goes on all the same' });
    await issueWhen(key, 'has the new title', ({ summary }) => summary === 'Goes on all the same');
    await jira.clearFaults();
    const { configFile, env } = e2e.stack;
    const { code, stderr } = await runCli(['--config', configFile, 'sync', 'reprocess', caseId], env);
    assert.equal(code, 0, stderr);
    await issueWhen(key, 'has the comment', ({ comments }) =>
      comments.some(({ text }) => text.includes('Refused at first.')),
    );
    assert.deepEqual((await viewOf(caseId)).parked, []);
  });

  it('takes Jira Automation by SNS, signed, from its own topic', async () => {
    const { caseId, key } = await linked();
    await e2e.control.jira.post('webhooks', { on: false });
    await sofia.comment(key, 'Only the rule tells of this.');
    await jiraAutomation(e2e.endpoints).publish(key);
    await caseWhen(caseId, 'has it', ({ comments }) =>
      comments.some(({ body }) => body.includes('Only the rule')),
    );
    await e2e.control.jira.post('webhooks', { on: true });
  });

  it('keeps texts and secrets out of histories and logs; every run replays', async () => {
    const runs = new TrackedRuns();
    const histories: string[] = [];
    for await (const { workflowId, runId } of e2e.temporal.workflow.list()) {
      const run = runs.track(e2e.temporal.workflow.getHandle(workflowId, runId));
      histories.push(historyWords(await run.fetchHistory()));
    }
    const places = { histories: histories.join('\n'), logs: await e2e.logs() };
    const token = e2e.stack.env['LOCKKEEPER_JIRA_API_TOKEN'] ?? '';
    assert.ok(places.histories.length > 50_000 && token.length > 10);
    for (const [place, words] of Object.entries(places))
      for (const canary of [said, token])
        assert.ok(!words.includes(canary), `${place}: ${canary.slice(0, 6)}…`);
    const replay = await runs.fetchHistories();
    await replay();
  });
});
