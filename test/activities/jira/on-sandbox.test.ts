import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { createJiraClient } from '../../../activities/jira/client.ts';
import { createJiraGroups } from '../../../activities/jira/groups.ts';
import type { JiraPort } from '../../../activities/jira/port.ts';
import { paragraph } from '../../../workflows/shared/comment.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { asActivityOf, siteAt } from '../../support/jira-site.ts';
import {
  deployRequest,
  paragraph as adf,
  startJira,
  type RunningJira,
} from '../../sandbox/jira/jira-site.ts';
import { claimsOf, createAttestation, viewOf, workflowId } from './decision-site.ts';

/** The client and the sandbox of Jira together, with jira.js's own schemas between them. */
describe('jira client on the sandbox', () => {
  let http: ReturnType<typeof installHttp>;
  let sandbox: RunningJira;
  let jira: JiraPort;
  let ticket: { site: string; issueId: string };
  const pauses: number[] = [];

  before(async () => {
    http = installHttp();
    sandbox = await startJira();
    const bot = sandbox.person('jira-bot');
    const site = {
      ...siteAt(sandbox.url, ''),
      ...{ email: bot.email, apiToken: bot.jira.apiToken, issueType: 'Security Agent Deploy Request' },
    };
    const groups = createJiraGroups(site);
    const nameOf = (accountId: string) =>
      ['sam', 'sue', 'lee'].find((name) => sandbox.person(name).jira.accountId === accountId);
    const { attest } = createAttestation({
      personOf: nameOf,
      standing: async (person, wanted) => {
        const { accountId } = sandbox.person(person).jira;
        const held = await Promise.all(wanted.map(async (name) => (await groups(name)).includes(accountId)));
        return { actingFor: null, groups: wanted.filter((_, index) => held[index]) };
      },
    });
    const pause = async (ms: number) => void pauses.push(ms);
    jira = createJiraClient({ sites: [site], onCall: () => 'x', personOf: nameOf, attest, pause });
  });
  beforeEach(async () => {
    const fields = deployRequest({ labels: ['hotfix'] });
    const { id } = await sandbox.as('sam').issues.createIssue({ fields });
    ticket = { site: 'acme', issueId: id };
  });
  after(async () => {
    await sandbox.stop();
    await http.close();
  });

  const say = (name: string, text: string) =>
    sandbox.as(name).issueComments.addComment({ issueIdOrKey: ticket.issueId, body: adf(text) });
  const read = (groups = ['security', 'devops-leads']) =>
    asActivityOf(workflowId, () => jira.attestDecisions({ ...ticket, requestId: 'request-1', groups }));
  const ask = () => asActivityOf(workflowId, () => jira.askOnTicket({ ...ticket, view: viewOf() }));

  it('asks, hears people in order, and knows who they are', async () => {
    await say('sue', '/approve');
    assert.equal((await ask()).created, true);
    assert.equal((await ask()).created, false);
    for (const [name, text] of [
      ['sue', '/approve fine'],
      ['lee', '/reject no'],
      ['eve', '/approve'],
      ['sue', '/revoke'],
    ] as const)
      await say(name, text);
    const { envelopes, ignored } = await read();
    assert.deepEqual(
      claimsOf(envelopes).map(({ verb, principal, groups, reason }) => [verb, principal, groups, reason]),
      [
        ['approve', 'sue', ['security'], 'fine'],
        ['reject', 'lee', ['devops-leads'], 'no'],
        ['revoke', 'sue', ['security'], null],
      ],
    );
    assert.match(ignored.map(({ reason }) => reason).join(), /^its author is nobody/);
  });

  it('reads the creator, who changed the version, and the labels', async () => {
    const fields = { customfield_10050: '1.4.3' };
    for (const [name, value] of [
      ['lee', fields],
      ['eve', { customfield_10050: '1.4.4' }],
      ['jira-bot', { customfield_10050: '1.4.5' }],
    ] as const)
      await sandbox.as(name).issues.editIssue({ issueIdOrKey: ticket.issueId, fields: value });
    const { creator, changers, labels } = await jira.readTicket(ticket);
    const eve = `jira:${sandbox.person('eve').jira.accountId}`;
    assert.deepEqual([creator, changers, labels], ['sam', ['lee', eve], ['hotfix']]);
  });

  it('says that there is no such group', async () => {
    await ask();
    await say('sue', '/approve');
    await assertFails(() => read(['nobody-knows-it']), 'NotFound');
  });

  it('keeps link and publications together', async () => {
    const publication = {
      account: 'prod-a',
      version: '1',
      sha256: 'a',
      s3VersionId: 'o',
      manifestVersionId: 'm',
    };
    await jira.linkTicket({ ...ticket, workflowId });
    await jira.recordPublications({ ...ticket, workflowId, publications: [publication] });
    await jira.linkTicket({ ...ticket, workflowId });
    const { key } = await jira.readTicket(ticket);
    assert.deepEqual(await jira.readPublications({ site: 'acme', key }), [publication]);
    assert.deepEqual(await jira.readPublications({ site: 'acme', key: 'DEVOPS-99999' }), []);
  });

  const order = {
    ...{ site: 'acme', issueType: 'Task', summary: 'Drift' },
    body: [paragraph('x')],
    labels: ['drift'],
  };
  const create = (key: string) => asActivityOf('drift-sweep', () => jira.createTicket({ ...order, key }));

  it('creates one open ticket per key, and another when it is closed', async () => {
    const first = await create('drift/1');
    assert.deepEqual([first.created, await create('drift/1')], [true, { ...first, created: false }]);
    assert.notEqual((await create('drift/2')).ticket, first.ticket);
    const { transitions = [] } = await sandbox
      .as('dana')
      .issues.getTransitions({ issueIdOrKey: first.issueId });
    const id = transitions.find(({ to }) => to?.name === 'Done')?.id ?? '';
    await sandbox.as('dana').issues.doTransition({ issueIdOrKey: first.issueId, transition: { id } });
    assert.equal((await create('drift/1')).created, true);
  });

  it('adopts the ticket whose answer was lost', async () => {
    const match = { method: 'POST', path: '/rest/api/3/issue$' };
    await sandbox.control('faults', { match, mode: 'lost', times: 1 });
    const { ticket: key, created } = await create('drift/lost');
    assert.deepEqual([created, pauses], [false, [5_000]]);
    const found = await sandbox.as('dana').issueSearch.searchAndReconsileIssuesUsingJqlPost({
      jql: `labels = drift AND key = ${key}`,
      fields: ['creator'],
    });
    assert.equal(found.issues?.length, 1);
  });
});
