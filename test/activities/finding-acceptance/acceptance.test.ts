import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createAcceptanceActivities } from '../../../activities/finding-acceptance/activities.ts';
import type { AcceptanceOptions } from '../../../activities/finding-acceptance/options.ts';
import type { TicketEdit, TicketRemark } from '../../../activities/jira/findings/port.ts';
import { createFindingGuard } from '../../../activities/decisions/finding-permission.ts';
import { toRequestText } from '../../../workflows/finding-acceptance/request.ts';
import type { FindingTicket } from '../../../workflows/halo-sync/ticket.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { FakeSource, FakeTickets, findingOf } from '../../support/finding-fakes.ts';
import { approval, execution, findingId, grantOf, workflowId, write } from '../decisions/finding-world.ts';
import { knownKeys, nowMs } from '../decisions/signing.ts';

const runLink = 'https://ui.test/run';
const ref = { source: 'halo', findingId, issueId: write.issueId };
const asked: TicketRemark = {
  ...{ authorAccountId: 'j-sam', isPerson: true, isEdited: false, createdAt: write.askedAt },
  text: toRequestText('2026-12-31', 'behind the WAF'),
};

function world(own: { ticket?: Partial<FindingTicket>; remark?: Partial<TicketRemark> | null } = {}) {
  const tickets = new FakeTickets(() => nowMs);
  const source = new FakeSource([findingOf(findingId)]);
  tickets.put(findingId, { issueId: write.issueId, key: 'SEC-7', ...own.ticket });
  if (own.remark !== null) tickets.remarks.set(write.commentId, { ...asked, ...own.remark });
  const edits: TicketEdit[] = [];
  const edit = tickets.edit.bind(tickets);
  tickets.edit = (one: TicketEdit) => {
    edits.push(one);
    return edit(one);
  };
  const rules = { approval, maxDays: 90 };
  const options: AcceptanceOptions = {
    sources: {
      halo: { findings: source, tickets, site: 'main', close: 'Close', hardClosedStatuses: ["Won't Fix"] },
    },
    rulesOf: (name) => (name === 'halo' ? rules : undefined),
    requesterOf: (account) => (account === 'stranger' ? 'jira:stranger' : account.slice(2)),
    bots: ['bot'],
    check: createFindingGuard({
      rulesOf: () => rules,
      keys: knownKeys,
      namespace: 'security',
      now: () => nowMs,
    }),
    now: () => nowMs,
  };
  const activities = createAcceptanceActivities(options);
  const run = async <I, O>(act: (input: I) => Promise<O>, input: I, by = execution): Promise<O> => {
    const env = new MockActivityEnvironment(
      { workflowExecution: by },
      { logger: new DefaultLogger('ERROR') },
    );
    return env.run(act, input);
  };
  return {
    tickets,
    source,
    edits,
    ticket: () => tickets.stored.get(write.issueId)?.ticket,
    read: (part: object = {}) =>
      run((input) => activities.readAcceptanceRequest(input), {
        ...ref,
        commentId: write.commentId,
        ...part,
      }),
    accept: async (part: object = {}) =>
      run((input) => activities.acceptFinding(input), {
        ...{ ...ref, commentId: write.commentId, until: write.until, runLink },
        grant: await grantOf(),
        ...part,
      }),
    end: (by = execution) => run((input) => activities.endAcceptance(input), ref, by),
  };
}

describe('a request to accept a finding', () => {
  it('is what the comment says, by whoever wrote it', async () =>
    assert.deepEqual(await world().read(), {
      ...{ state: 'asked', site: 'main', ticket: 'SEC-7', finding: `Finding ${findingId}`, severity: 'high' },
      ...{ requester: 'sam', askedAt: write.askedAt, until: write.until, reason: 'behind the WAF' },
    }));

  it('of somebody whom the configuration does not name', async () => {
    const read = await world({ remark: { authorAccountId: 'stranger' } }).read();
    assert.equal(read.state === 'asked' && read.requester, 'jira:stranger');
  });

  type Own = Parameters<typeof world>[0];
  for (const [what, own, why, part] of [
    ['with no comment', { remark: null }, /not there/],
    ['with a comment that was edited', { remark: { isEdited: true } }, /edited/],
    ['by an app', { remark: { isPerson: false } }, /no person/],
    ['by nobody', { remark: { authorAccountId: null } }, /no person/],
    ['by the bot', { remark: { authorAccountId: 'j-bot' } }, /bot/],
    ['with a comment about something else', { remark: { text: 'LGTM' } }, /asks for no/],
    ['for too long', { remark: { text: toRequestText('2028-01-01', 'x') } }, /more than 90 days/],
    ['for a day that is over', { remark: { text: toRequestText('2026-11-01', 'x') } }, /over/],
    ['for a day that is none', { remark: { text: toRequestText('2026-02-30', 'x') } }, /no day/],
    ['on another finding’s ticket', {}, /not that of this finding/, { findingId: 'f2' }],
    ['on a ticket that is not there', {}, /not that of this finding/, { issueId: '1' }],
    [
      'on a ticket that is closed for good',
      { ticket: { statusName: "won't fix", isDone: true } },
      /for good/,
    ],
  ] as readonly [string, Own, RegExp, object?][])
    it(`${what} is refused in words`, async () => {
      const read = await world(own).read(part);
      assert.match(read.state === 'refused' ? read.reason : '', why);
    });

  it('about a group is refused', async () => {
    const id = 'group:0123456789abcdef';
    const here = world({ ticket: { findingId: id } });
    const read = await here.read({ findingId: id });
    assert.match(read.state === 'refused' ? read.reason : '', /group/);
  });

  for (const [what, findings] of [
    ['gone', []],
    ['resolved', [findingOf(findingId, { status: 'resolved' })]],
  ] as const)
    it(`about what is ${what} is refused`, async () => {
      const here = world();
      here.source.findings = [...findings];
      assert.equal((await here.read()).state, 'refused');
    });

  it('of an unknown source is an error', () =>
    assert.rejects(world().read({ source: 'toString' }), { type: 'InvalidInput' }));
});

describe('accepting a finding', () => {
  it('writes mark, label and comment at once, and closes the ticket', async () => {
    const here = world();
    assert.deepEqual(await here.accept(), { written: true, problem: null });
    const { mark, isDone } = here.ticket() ?? {};
    assert.deepEqual(
      [isDone, mark?.left, mark?.accepted?.until, mark?.accepted?.acceptance],
      [true, 'closed', write.until, workflowId],
    );
    assert.deepEqual(mark?.accepted?.grant, await grantOf());
    assert.deepEqual(here.edits[0]?.addLabels, ['accepted-risk']);
    const said = JSON.stringify(here.edits[0]?.comment);
    for (const word of ['until 2026-12-31', 'sam', 'sue', 'behind the WAF', runLink])
      assert.match(said, new RegExp(word));
  });

  it('is done once, however often it is repeated', async () => {
    const here = world();
    await here.accept();
    assert.deepEqual(await here.accept(), { written: false, problem: null });
    assert.equal(here.edits.length, 1);
  });

  it('leaves a ticket open that a person has reopened, and mends a mark that was lost', async () => {
    const here = world();
    await here.accept();
    const stored = here.tickets.stored.get(write.issueId);
    assert.ok(stored);
    stored.ticket = { ...stored.ticket, isDone: false, statusName: 'To Do' };
    await here.accept({ isConfirmation: true });
    assert.equal(here.ticket()?.isDone, false);
    stored.ticket = { ...stored.ticket, mark: null };
    assert.equal((await here.accept({ isConfirmation: true })).written, true);
    assert.deepEqual([here.ticket()?.isDone, here.ticket()?.mark?.accepted?.until], [true, write.until]);
  });

  it('stands though the ticket cannot be closed', async () => {
    const here = world();
    here.tickets.move = () =>
      Promise.reject(createFailure('Conflict', 'jira: no transition is called "Close"'));
    assert.match((await here.accept()).problem ?? '', /no transition/);
    assert.equal(here.ticket()?.mark?.accepted?.until, write.until);
  });

  for (const [what, own, part, error] of [
    ['without a grant', {}, { grant: null }, { type: 'PolicyViolation' }],
    ['for longer', {}, { until: '2027-01-31T23:59:59.000Z' }, { type: 'PolicyViolation' }],
    ['after the comment was edited', { remark: { isEdited: true } }, {}, { type: 'PolicyViolation' }],
    ['under the name of another', { remark: { authorAccountId: 'j-tom' } }, {}, { type: 'PolicyViolation' }],
    ['on another ticket', {}, { issueId: '1' }, { type: 'NotFound' }],
    ['with junk', {}, { until: 'ever' }, { type: 'InvalidInput' }],
  ] as readonly [string, Parameters<typeof world>[0], object, object][])
    it(`${what} is refused, and nothing is written`, async () => {
      const here = world(own);
      await assert.rejects(here.accept(part), error);
      assert.equal(here.tickets.writes, 0);
    });

  it('is refused when its grant does not fit on the ticket', async () => {
    const here = world();
    const grant = await grantOf();
    const big = { ...grant, padding: 'x'.repeat(32_000) };
    await assert.rejects(here.accept({ grant: big }), { type: 'InvalidInput' });
    assert.equal(here.tickets.writes, 0);
  });
});

describe('the end of an acceptance', () => {
  it('is written once: no label, and a time that is over', async () => {
    const here = world();
    await here.accept();
    assert.deepEqual(await here.end(), { ended: true });
    const { accepted } = here.ticket()?.mark ?? {};
    assert.deepEqual(accepted, { until: new Date(nowMs).toISOString(), acceptance: workflowId });
    assert.deepEqual(here.edits.at(-1)?.removeLabels, ['accepted-risk']);
  });

  it('leaves another one’s alone', async () => {
    const here = world();
    await here.accept();
    assert.deepEqual(await here.end({ workflowId: 'finding-acceptance:halo:0', runId: 'r' }), {
      ended: false,
    });
    assert.equal(here.ticket()?.mark?.accepted?.until, write.until);
  });

  it('takes the label of a ticket that was reopened before', async () => {
    const mark = { ...{ source: 'halo', findingId, contentHash: 'c', latestHash: null }, reopened: 1 };
    const here = world({ ticket: { mark: { ...mark, left: 'open', at: write.askedAt } } });
    assert.deepEqual(await here.end(), { ended: false });
    assert.deepEqual(here.edits[0]?.removeLabels, ['accepted-risk']);
  });
});
