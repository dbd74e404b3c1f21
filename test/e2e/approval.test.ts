import assert from 'node:assert/strict';
import { slackPerson, type SlackMessageView } from '../../sandbox/drive/slack-person.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { decisions, requests } from '../../workflows/approval/messages.ts';
import { agentPromotionId } from '../../workflows/shared/names.ts';
import { startE2e, type E2e } from '../support/e2e-stack.ts';

/** Promotions of the project GATED: two waves, one approval by `devops`, a freeze that may hold them. */
describe('e2e: people decide', function () {
  this.timeout(180_000);
  let e2e: E2e;
  let minor = 0;

  before(async function () {
    this.timeout(300_000);
    e2e = await startE2e({ freeze: true });
  });
  after(() => e2e?.stop());

  const person = (name: string) => slackPerson(e2e.endpoints, name);
  const run = (issueId: string) => e2e.temporal.workflow.getHandle(agentPromotionId('gated', issueId));

  async function file(version = `3.${(minor += 1)}.0`, options: { labels?: readonly string[] } = {}) {
    await e2e.aws.uploadInstaller(version);
    const ticket = await e2e.sam.fileRequest(version, undefined, { project: 'GATED', ...options });
    return { version, ...ticket };
  }

  const message = (key: string, has = /Publish agent/) =>
    waitUntil(`the request of ${key} in Slack`, 60_000, async () => {
      const all = await person('dana').messages();
      return all.findLast(({ text, blocks = [] }) => {
        const words = `${text} ${JSON.stringify(blocks)}`;
        return words.includes(`(${key})`) && has.test(words);
      });
    });
  const settled = (shown: SlackMessageView, has: RegExp) =>
    waitUntil(`the message to say ${has.source}`, 20_000, async () => {
      const all = await person('dana').messages();
      const now = all.find(({ channel, ts }) => channel === shown.channel && ts === shown.ts);
      return now && has.test(JSON.stringify(now)) ? now : undefined;
    });
  const ended = async (ticket: { id: string; key: string }) => {
    const issue = await waitUntil(`${ticket.key} to end`, 90_000, async () => {
      const now = await e2e.sam.read(ticket.key);
      return ['Done', 'Failed', 'Info Needed'].includes(now.status) ? now : undefined;
    });
    return issue;
  };

  it('publishes what a member of the group approved with a button, and says who on every view', async () => {
    const ticket = await file();
    const shown = await message(ticket.key);
    const answer = await person('dana').press(shown, 'lk_approve');
    assert.equal(answer.status, 200);
    assert.ok(answer.ms < 3_000);
    assert.equal((await ended(ticket)).status, 'Done');
    const last = await settled(shown, /dana/);
    assert.ok(!JSON.stringify(last).includes('lk_approve'), 'the buttons are gone');
    const manifest = await e2e.aws.readManifest('prod-c');
    assert.equal(manifest?.version, ticket.version);
    assert.deepEqual(manifest.approval?.approvers, ['dana']);
  });

  it('refuses whoever asked, whoever is in no group, and a stale view, and says why', async () => {
    const ticket = await file();
    const shown = await message(ticket.key);
    for (const name of ['sam', 'eve']) await person(name).press(shown, 'lk_approve');
    for (const [name, rule] of [
      ['sam', /asked for it|only members/],
      ['eve', /only members/],
    ] as const)
      await waitUntil(`${name} to hear why`, 20_000, async () => {
        const own = (await person(name).messages()).filter(({ ephemeral_to: only }) => only !== undefined);
        return own.some(({ text, blocks }) => rule.test(`${text}${JSON.stringify(blocks)}`)) || undefined;
      });
    assert.notEqual((await e2e.sam.read(ticket.key)).status, 'Done');
    await person('dana').press(shown, 'lk_reject');
    const modal = await person('dana').fillModal('not today');
    assert.deepEqual([modal.status, modal.errors], [200, undefined]);
    const issue = await ended(ticket);
    assert.equal(issue.status, 'Failed');
    assert.match(issue.comments.map(({ text }) => text).join('\n'), /rejected by dana: not today/);
    const refused = (await run(ticket.id).query(decisions)).filter(({ state }) => state === 'refused');
    assert.equal(refused.length, 2);
  });

  it('counts an approval that was written on the ticket', async () => {
    const ticket = await file();
    await message(ticket.key);
    await waitUntil('the question on the ticket', 20_000, async () => {
      const { comments } = await e2e.sam.read(ticket.key);
      return comments.some(({ text }) => text.includes('/approve')) || undefined;
    });
    await e2e.person('eve').comment(ticket.key, '/approve');
    await e2e.person('dana').comment(ticket.key, '/approve looks good');
    assert.equal((await ended(ticket)).status, 'Done');
    const manifest = await e2e.aws.readManifest('prod-a');
    assert.deepEqual(manifest?.approval?.approvers, ['dana']);
  });

  it('takes one of two people at the same instant, and a double click once', async () => {
    const ticket = await file();
    const shown = await message(ticket.key);
    await Promise.all([
      ...[1, 2].map(() => person('dana').press(shown, 'lk_approve')),
      person('lee').press(shown, 'lk_approve'),
    ]);
    assert.equal((await ended(ticket)).status, 'Done');
    const [request] = await run(ticket.id).query(requests);
    assert.ok(request);
    assert.equal(new Set(request.decisions.map(({ principal }) => principal)).size, request.decisions.length);
  });

  it('does not write when the bytes, the policy or the run are others than those approved', async () => {
    const ticket = await file();
    const shown = await message(ticket.key);
    // a forged decision, sent straight to Temporal
    await run(ticket.id).signal('decide', { envelope: 'e30.e30.AAAA' });
    await waitUntil('the refusal', 20_000, async () => {
      const all = await run(ticket.id).query(decisions);
      return all.some(({ state }) => state === 'refused') || undefined;
    });
    assert.equal((await e2e.aws.readManifest('prod-a'))?.version === ticket.version, false);
    await person('dana').press(shown, 'lk_approve');
    assert.equal((await ended(ticket)).status, 'Done');
  });

  it('holds promotions while somebody stops the line, shows why, and goes on when it is lifted', async () => {
    const held = await person('eve').command('freeze 4h database incident');
    assert.equal(held.status, 200);
    await waitUntil('the hold', 20_000, async () => {
      const all = await e2e.temporal.workflow.getHandle('freeze').query<readonly unknown[], []>('holds');
      return all.length === 1 || undefined;
    });
    const ticket = await file();
    const waits = async () => {
      const { searchAttributes } = await run(ticket.id).describe();
      return JSON.stringify(searchAttributes).includes('freeze') || undefined;
    };
    await waitUntil(`${ticket.key} or the queue to be held`, 60_000, async () => {
      const queue = await e2e.queue().describe();
      return (
        JSON.stringify(queue.searchAttributes).includes('freeze') || (await waits().catch(() => undefined))
      );
    });
    await person('lee').command('thaw all clear');
    const shown = await message(ticket.key);
    await person('dana').press(shown, 'lk_approve');
    assert.equal((await ended(ticket)).status, 'Done');
  });
});
