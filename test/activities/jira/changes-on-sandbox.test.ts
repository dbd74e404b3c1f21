import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { createJiraChangesClient } from '../../../activities/jira/changes/client.ts';
import type { ChangeStatus, JiraChangesPort } from '../../../activities/jira/changes/port.ts';
import { createJiraClient } from '../../../activities/jira/client.ts';
import { paragraph } from '../../../workflows/shared/comment.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { asActivityOf, siteAt } from '../../support/jira-site.ts';
import { changeFields, changeRequest, startJira, type RunningJira } from '../../sandbox/jira/jira-site.ts';
import { approvalOf, build, scheme, workflowId } from './change-site.ts';
import { claimsOf, createAttestation, viewOf } from './decision-site.ts';

/** The client and the sandbox of Jira together, with jira.js's own schemas between them. */
describe('jira changes client on the sandbox', () => {
  let http: ReturnType<typeof installHttp>;
  let sandbox: RunningJira;
  let changes: JiraChangesPort;
  const site = 'acme';
  const month = new Date().toISOString().slice(0, 7);
  const at = () => new Date().toISOString();
  before(() => (http = installHttp()));
  after(() => http.close());

  function accessOf() {
    const { email, jira } = sandbox.person('jira-bot');
    return { ...siteAt(sandbox.url, ''), email, apiToken: jira.apiToken };
  }
  const personOf = (accountId: string) =>
    ['sue', 'ray', 'dana', 'lee', 'jira-bot'].find(
      (name) => sandbox.person(name).jira.accountId === accountId,
    );
  beforeEach(async () => {
    sandbox = await startJira();
    changes = createJiraChangesClient({
      ...{ sites: [accessOf()], scheme, personOf, pause: async () => undefined },
      guard: async (_write, { grant }) => ({
        automatic: grant === null,
        approvers: grant ? ['sue'] : [],
        evidenceDigest: null,
      }),
    });
  });
  afterEach(() => sandbox.stop());

  async function create(of: Partial<typeof build> = {}) {
    const made = { ...build, ...of };
    const { issueId, ticket } = await asActivityOf(workflowId, () =>
      changes.createChange({
        ...{ site, key: `key of ${JSON.stringify(made)}`, workflowId, build: made },
        details: { summary: 'deploy', components: ['web', 'unheard-of'], justification: 'one\ntwo' },
        body: [paragraph('Wanted.')],
      }),
    );
    return { site, issueId, ticket };
  }
  const move = (where: { site: string; issueId: string }, to: Exclude<ChangeStatus, 'approved'>) =>
    changes.moveChange({ ...where, to });
  async function approve(
    where: { site: string; issueId: string },
    [requestId, planRequestId = null]: readonly [string | null, (string | null)?],
    of: Partial<typeof build> = {},
  ) {
    const approval = approvalOf(requestId, planRequestId, where);
    const permission = { ...approval.permission, build: { ...build, ...of } };
    return asActivityOf(workflowId, () => changes.approveChange({ ...approval, permission, at: at() }));
  }
  async function approved(of: Partial<typeof build> = {}, requestId: string | null = 'r-1') {
    const made = await create(of);
    await move(made, 'waiting');
    await approve(made, [requestId], of);
    return made;
  }

  it('makes a ticket with all its fields, and reads it again', async () => {
    const { issueId, ticket } = await create();
    const read = await changes.readChange({ site, issueId });
    assert.deepEqual(read, {
      ...{ site, issueId, key: ticket, url: `${sandbox.url}/browse/${ticket}`, summary: 'deploy' },
      ...{ inScope: true, status: 'draft', statusName: 'Draft', build },
      details: { justification: 'one\ntwo', rollbackPlan: null, components: ['web'] },
      ...{ creator: 'jira-bot', changers: [], movedBy: null, movedAt: read.movedAt, workflowId },
    });
    const again = await create();
    assert.equal(again.issueId, issueId);
  });

  it('finds the oldest open ticket of the build, whoever made it, and counts the ended', async () => {
    const byHand = { [changeFields.build]: '4711', [changeFields.sha]: build.sha };
    const mine = await create();
    await move(mine, 'canceled');
    const { id } = await sandbox.as('dana').issues.createIssue({ fields: changeRequest(byHand) });
    await create({ build: '47.11' });
    const found = await changes.findChange({ site, build });
    assert.deepEqual([found.ticket?.issueId, found.ticket?.creator, found.ended], [id, 'dana', 1]);
  });

  it('fills what is empty and leaves a person’s words alone', async () => {
    const where = await create();
    const details = { justification: 'ours', rollbackPlan: 'back to 4710', components: ['api'] };
    const filling = { ...where, details, scanStatus: 'passed', evidenceDigest: 'abc' };
    assert.deepEqual(await changes.fillChange(filling), { changed: true });
    assert.deepEqual(await changes.fillChange(filling), { changed: false });
    assert.deepEqual(await changes.fillChange({ ...filling, scanStatus: 'failed' }), { changed: true });
    assert.deepEqual((await changes.readChange(where)).details, {
      ...{ justification: 'one\ntwo', rollbackPlan: 'back to 4710', components: ['web'] },
    });
  });

  it('says who changed what decides, and who moved it', async () => {
    const { issueId } = await create();
    const edit = (fields: object) =>
      sandbox.as('dana').issues.editIssue({ issueIdOrKey: issueId, fields: { ...fields } });
    await edit({ summary: 'other words' });
    assert.deepEqual((await changes.readChange({ site, issueId })).changers, []);
    await edit({ [changeFields.sha]: 'e'.repeat(40) });
    await move({ site, issueId }, 'waiting');
    const { changers, movedBy } = await changes.readChange({ site, issueId });
    assert.deepEqual([changers, movedBy], [['dana'], 'jira-bot']);
  });

  it('ties the ticket to one run', async () => {
    const { id: issueId } = await sandbox.as('dana').issues.createIssue({ fields: changeRequest() });
    const link = (to: string) => changes.linkChange({ site, issueId, workflowId: to });
    assert.deepEqual(
      [await link('change:a:b:1'), await link('change:a:b:1'), await link('change:a:b:2')],
      [{ linked: true }, { linked: true }, { linked: false }],
    );
  });

  it('edits one comment in place, and only when it says something else', async () => {
    const where = await create();
    const write = (text: string) =>
      changes.writeComment({ ...where, key: 'verdict', body: [paragraph(text)] });
    const first = await write('waits');
    assert.deepEqual(await write('waits'), { ...first, changed: false });
    assert.deepEqual(await write('passed'), first);
    assert.deepEqual(await write('passed'), { ...first, changed: false });
    const { comments = [] } = await sandbox
      .as('dana')
      .issueComments.getComments({ issueIdOrKey: where.issueId });
    assert.equal(comments.length, 1);
  });

  it('goes several hops, and never through Approved or a deploy that was none', async () => {
    const where = await create();
    assert.deepEqual(await move(where, 'canceled'), {
      ...{ changed: true, fromName: 'Draft', toName: 'Canceled' },
    });
    assert.equal((await move(where, 'canceled')).changed, false);
    const other = await create({ build: '5' });
    await assertFails(() => move(other, 'deploying'), 'Conflict');
    const third = await approved({ build: '6' });
    await assertFails(() => move(third, 'canceled'), 'Conflict');
    assert.equal((await move(third, 'closed')).toName, 'Closed');
  });

  it('approves once: a repeat changes nothing, a used request opens nothing again', async () => {
    const where = await approved();
    assert.deepEqual(await approve(where, ['r-1']), { changed: false });
    await move(where, 'manualReview');
    await assertFails(() => approve(where, ['r-1']), 'PolicyViolation');
    await assertFails(() => approve(where, [null]), 'PolicyViolation');
    assert.deepEqual(await approve(where, ['r-1', 'plan-1']), { changed: true });
    await move(where, 'manualReview');
    await assertFails(() => approve(where, ['r-1', 'plan-1']), 'PolicyViolation');
    await assertFails(() => approve(where, ['r-1']), 'PolicyViolation');
    assert.deepEqual(await approve(where, ['r-2']), { changed: true });
    assert.equal((await changes.readChange(where)).status, 'approved');
  });

  it('remembers the last approved change of project and environment, and what is under way', async () => {
    const first = await approved({ build: '1', sha: '1'.repeat(40) });
    await move(first, 'closed');
    const elsewhere = await approved({ build: '2', environment: 'infrastructure' });
    await approved({ build: '3', project: 'shop/api' });
    const mine = await create();
    const { lastApproved, related, incidents } = await changes.readHistory({ ...mine, build });
    assert.deepEqual([lastApproved?.ticket, lastApproved?.sha], [first.ticket, '1'.repeat(40)]);
    assert.deepEqual(related, [
      { ticket: elsewhere.ticket, status: 'Approved', environment: 'infrastructure', build: '2' },
    ]);
    assert.equal(incidents, null);
  });

  it('does not take a planted record for an approval', async () => {
    const honest = await approved({ build: '1', sha: '1'.repeat(40) });
    await move(honest, 'closed');
    const property = await sandbox
      .as('dana')
      .issueProperties.getIssueProperty({ issueIdOrKey: honest.issueId, propertyKey: 'lockkeeper' });
    const approval = { ...(property.value as { approval: object }).approval, sha: '9'.repeat(40), at: at() };
    const plant = async (issueId: string, more: object) =>
      sandbox.as('dana').issueProperties.setIssueProperty({
        ...{ issueIdOrKey: issueId, propertyKey: 'lockkeeper' },
        body: { workflowId, approval: { ...approval, ...more } },
      });
    const byHand = (sha: string) =>
      changeRequest({
        [changeFields.build]: '8',
        [changeFields.sha]: sha,
        [changeFields.environment]: 'production',
      });
    const { id } = await sandbox.as('dana').issues.createIssue({ fields: byHand('9'.repeat(40)) });
    await plant(id, { build: '8' });
    await sandbox.control('force', { as: 'ann', issue: id, status: 'Closed' });
    const mine = await create();
    const read = async () => (await changes.readHistory({ ...mine, build })).lastApproved?.sha;
    assert.equal(await read(), '1'.repeat(40));
    // the record and the field of an honest ticket, both rewritten afterwards
    await plant(honest.issueId, { build: '1' });
    assert.equal(await read(), undefined);
    const fields = { [changeFields.sha]: '9'.repeat(40) };
    await sandbox.as('dana').issues.editIssue({ issueIdOrKey: honest.issueId, fields });
    assert.equal(await read(), undefined);
  });

  it('lists what no person approved, by the month', async () => {
    await approved({ build: '1' }, 'r-1');
    const auto = await approved({ build: '2' }, null);
    assert.deepEqual(
      (await changes.listAutoApproved({ site, month })).map(
        ({ ticket, policy, authors, requester, build: of }) => [...[ticket, policy, authors, requester, of]],
      ),
      [[auto.ticket, 'standard@3', ['dana'], 'dev', '2']],
    );
    assert.deepEqual(await changes.listAutoApproved({ site, month: '2020-01' }), []);
  });

  it('gives the sweep what is open, with and without a run', async () => {
    const ended = await create({ build: '1' });
    await move(ended, 'canceled');
    const mine = await create();
    const { id } = await sandbox.as('dana').issues.createIssue({ fields: changeRequest() });
    const found = await changes.findChanges({ site, changedWithinMinutes: 15 });
    assert.deepEqual(
      found.map((one) => [one.issueId, one.workflowId, one.build.build]),
      [
        [mine.issueId, workflowId, '4711'],
        [id, null, '412'],
      ],
    );
  });

  it('makes a signed decision of a person’s move, not of the bot’s', async () => {
    const where = await create();
    const { attest } = createAttestation({
      personOf,
      standing: async (person) => ({ actingFor: null, groups: person === 'sue' ? ['security'] : [] }),
    });
    const changeStatuses = { approved: 'Approved', declined: 'Declined' };
    const jira = createJiraClient({ sites: [{ ...accessOf(), changeStatuses }], onCall: () => 'x', attest });
    await move(where, 'waiting');
    const view = viewOf({ workflowId });
    await asActivityOf(workflowId, () => jira.askOnTicket({ ...where, view }));
    const walk = async (name: string, to: string) => {
      const { issueId: issueIdOrKey } = where;
      const { transitions = [] } = await sandbox.as(name).issues.getTransitions({ issueIdOrKey });
      const id = transitions.find((one) => one.to?.name === to)?.id ?? 'none';
      await sandbox.as(name).issues.doTransition({ issueIdOrKey, transition: { id } });
    };
    await walk('sue', 'Approved');
    await move(where, 'manualReview');
    await approve(where, ['r-1']);
    await walk('dana', 'Manual review required');
    await walk('eve', 'Declined');
    const input = { ...where, requestId: view.requestId, groups: ['security'] };
    const { envelopes, ignored } = await asActivityOf(workflowId, () => jira.attestDecisions(input));
    assert.deepEqual(
      claimsOf(envelopes).map(({ verb, principal, groups, reason }) => [verb, principal, groups, reason]),
      [['approve', 'sue', ['security'], null]],
    );
    assert.match(ignored.map(({ reason }) => reason).join(), /^its author is nobody of the configuration$/);
  });
});
