import assert from 'node:assert/strict';
import { startIncidentVendors, type IncidentVendors } from './incident-vendors.ts';

/** The joining activities by the real adapters, against both stand-ins; each activity is run twice, as after a lost answer. */
describe('incidents, by the real adapters', function () {
  this.timeout(30_000);
  let vendors: IncidentVendors;
  before(async () => (vendors = await startIncidentVendors()));
  after(() => vendors.stop());

  async function linked(title = 'Leaked key') {
    const { aws, sofia } = vendors;
    const { caseId } = await aws.create({
      title,
      description: 'Seen in a repository.',
      resolverType: 'Self',
    });
    const run = await vendors.linkOf(caseId);
    await run.settled();
    return {
      caseId,
      run,
      key: run.link.issueKey,
      issue: () => sofia.read(run.link.issueKey),
      stored: () => aws.read(caseId),
    };
  }

  it('makes one issue of a case, with its facts, and is quiet then', async () => {
    const { caseId, run, issue } = await linked();
    const again = await vendors.linkOf(caseId);
    assert.equal(again.link.issueId, run.link.issueId);
    const { summary, description, status, comments } = await issue();
    assert.deepEqual([summary, description, status], ['Leaked key', 'Seen in a repository.', 'To Do']);
    assert.equal(comments.filter(({ text }) => text.includes('ARN: arn:aws:security-ir')).length, 1);
    assert.deepEqual(await run.sync(), []);
    await again.settled();
    assert.equal((await issue()).comments.length, comments.length);
  });

  it('carries edits both ways, and keeps what a conflict replaces (B11)', async () => {
    const { aws, sofia } = vendors;
    const { caseId, run, key, issue, stored } = await linked();
    await aws.update(caseId, { description: 'Seen in two repositories.' });
    await sofia.edit(key, { summary: 'Leaked key of the shop' });
    await run.settled();
    assert.equal((await issue()).description, 'Seen in two repositories.');
    assert.equal((await stored()).title, 'Leaked key of the shop');
    await aws.update(caseId, { title: 'What AWS says' });
    await sofia.edit(key, { summary: 'What Jira says' });
    await run.settled();
    const { summary, comments } = await issue();
    assert.deepEqual([summary, (await stored()).title], ['What AWS says', 'What AWS says']);
    assert.equal(comments.filter(({ text }) => text.includes('What Jira says')).length, 1);
  });

  it('copies comments once each way, edits follow, deletions are marked (B8, B9)', async () => {
    const { aws, sofia } = vendors;
    const { caseId, run, key, issue, stored } = await linked();
    const { commentId } = await aws.comment(caseId, 'From AWS.');
    const { id } = await sofia.comment(key, 'From Jira: AKIAIOSFODNN7EXAMPLE');
    await sofia.comment(key, '[internal] Stays here.');
    await run.settled();
    const copies = async () => ({
      inIssue: (await issue()).comments.filter(({ text }) =>
        text.includes('in AWS Security Incident Response,'),
      ),
      inCase: (await stored()).comments.filter(({ body }) => body.includes('in Jira,')),
    });
    const first = await copies();
    assert.deepEqual([first.inIssue.length, first.inCase.length], [1, 1]);
    const said = first.inCase[0]?.body ?? '';
    assert.match(
      said,
      /^Sofia.* in Jira, [\d-]{10} [\d:]{5} UTC \(comment \d+, part 1 of 1\):\nFrom Jira: \[redacted\]/,
    );
    await aws.editComment(caseId, commentId, 'Better.');
    await sofia.editComment(key, id, 'Better, from Jira.');
    await run.settled();
    const second = await copies();
    assert.match(second.inIssue[0]?.text ?? '', /Better\.$/);
    assert.match(second.inCase[0]?.body ?? '', /Better, from Jira\.$/);
    await sofia.deleteComment(key, id);
    await run.settled();
    const third = await copies();
    assert.deepEqual([third.inIssue.length, third.inCase.length], [1, 1]);
    assert.match(third.inCase[0]?.body ?? '', /^\[deleted in Jira/);
    assert.ok((await stored()).comments.every(({ body }) => !body.includes('Stays here')));
  });

  it('splits what is too long for AWS', async () => {
    const { sofia } = vendors;
    const { run, key, stored } = await linked();
    await sofia.comment(key, Array.from({ length: 300 }, (_, n) => `line ${n} ${'x'.repeat(60)}`).join('\n'));
    await run.settled();
    const { comments } = await stored();
    assert.deepEqual(
      comments.map(({ body }) => /part (\d) of 2/.exec(body)?.[1]),
      ['1', '2'],
    );
    assert.ok(comments.every(({ body }) => body.length <= 12_000));
  });

  it('copies files both ways, once, and names what is too large (B10)', async () => {
    const { aws, sofia } = vendors;
    const { caseId, run, key, issue, stored } = await linked();
    await aws.attach(caseId, 'flows.csv', 'a,b\n');
    await aws.attach(caseId, 'bad.bin', 'x', 'Failed');
    await sofia.attach(key, 'böses memo.txt', 'rotated\n');
    await sofia.attach(key, 'large.bin', 'x'.repeat(2_000));
    await run.settled();
    const { attachments, comments } = await issue();
    assert.deepEqual(attachments.map(({ name }) => name).sort(), [
      'böses memo.txt',
      'flows.csv',
      'large.bin',
    ]);
    const copied = attachments.find(({ name }) => name === 'flows.csv');
    assert.equal(await sofia.download(copied?.id ?? ''), 'a,b\n');
    const there = await stored();
    const names = there.attachments.map(({ fileName }) => fileName);
    assert.equal(names.length, 3);
    assert.ok(
      names.some((name) => /^bo_ses_memo-[0-9a-f]{8}\.txt$/.test(name)),
      names.join(),
    );
    const named = there.comments.filter(({ body }) => body.includes('large.bin'));
    assert.equal(named.length, 1);
    assert.ok(named[0]?.body.includes(`/browse/${key})`), named[0]?.body);
    assert.equal(comments.filter(({ text }) => text.includes('bad.bin')).length, 0);
  });

  it('moves both ways, never back, and closes the issue with its case (B1, B4, B5)', async () => {
    const { aws, sofia } = vendors;
    const { caseId, run, key, issue, stored } = await linked();
    await aws.status(caseId, 'Containment, Eradication and Recovery');
    await run.settled();
    assert.deepEqual(
      [(await issue()).status, (await stored()).caseStatus],
      ['In Progress', 'Containment, Eradication and Recovery'],
    );
    await sofia.move(key, 'In Review');
    await run.settled();
    assert.deepEqual(
      [(await issue()).status, (await stored()).caseStatus],
      ['In Review', 'Post-incident Activities'],
    );
    await aws.comment(caseId, 'Last words.');
    await aws.close(caseId, 'Investigation Completed');
    await run.settled();
    const { status, comments } = await issue();
    assert.equal(status, 'Done');
    for (const words of ['Last words.', 'Investigation Completed'])
      assert.equal(comments.filter(({ text }) => text.includes(words)).length, 1, words);
  });

  it('makes one case of an issue, with nothing made up (B2, B12, B20)', async () => {
    const { aws, sofia, port } = vendors;
    const { id, key } = await sofia.file('Lost laptop', '');
    const input = { connection: 'aws-main', issueId: id, key: `incident-intake:aws-main:${id}/run/case` };
    const { caseId } = await port.createCase(input);
    assert.deepEqual(await port.createCase(input), { caseId });
    const stored = await aws.read(caseId);
    assert.deepEqual(
      [stored.title, stored.threatActorIpAddresses, stored.tags],
      ['Lost laptop', [], { 'lockkeeper:issue': `aws-main/${id}` }],
    );
    assert.match(stored.description, new RegExp(key));
    const run = await vendors.linkOf(caseId, id);
    await run.settled();
    const tie = await port.readIssueTie({ connection: 'aws-main', issueId: id });
    assert.deepEqual([tie.caseId, tie.issueKey], [caseId, key]);
    assert.deepEqual(await sofia.caseOf(key), caseId);
  });

  it('lists all cases, and of those closed long ago none', async () => {
    const { aws, port } = vendors;
    await aws.seed({ cases: 30, seed: 5 });
    const { open, cases } = await aws.summary();
    const first = await port.sweepCases({ connection: 'aws-main', since: null });
    assert.deepEqual(
      [first.open, first.listed, first.changed.length, first.calls],
      [open, cases, open, Math.ceil(cases / 25)],
    );
    const later = await port.sweepCases({
      connection: 'aws-main',
      since: new Date(Date.now() + 60_000).toISOString(),
    });
    assert.deepEqual(later.changed, []);
  });
});
