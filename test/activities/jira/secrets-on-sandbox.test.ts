import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { createSecretTickets } from '../../../activities/jira/secrets/client.ts';
import type { SecretTicketsPort } from '../../../activities/jira/secrets/port.ts';
import { openAccess } from '../../../activities/jira/site.ts';
import { ticketAt } from '../../../workflows/secret-audit/ticket-at.ts';
import { actor, eventOf } from '../../policy/secret-audit/facts.ts';
import { siteAt } from '../../support/jira-site.ts';
import { moveTo, startJira, type RunningJira } from '../../sandbox/jira/jira-site.ts';

/** The client and the sandbox of Jira together, with jira.js's own schemas between them. */
describe('jira secrets client on the sandbox', () => {
  let http: ReturnType<typeof installHttp>;
  let jira: RunningJira;
  let tickets: SecretTicketsPort;
  let nowMs: number;
  const recorded: string[] = [];
  before(() => (http = installHttp()));
  after(() => http.close());
  beforeEach(async () => {
    jira = await startJira();
    nowMs = Date.now();
    const { email, jira: own } = jira.person('jira-bot');
    const site = { ...siteAt(jira.url, ''), email, apiToken: own.apiToken };
    tickets = createSecretTickets({
      ...{ access: openAccess(site), issueType: 'Secret change', home: null, lookBackDays: 90 },
      fields: {
        secrets: 'Secret ARN',
        actions: 'Actions',
        windowStart: 'Window start',
        windowEnd: 'Window end',
      },
      who: {
        ...{ project: 'SECCHG', people: [], owners: [{ secrets: 'prod/*', people: ['dana'] }] },
        principals: [{ arn: 'arn:aws:sts::*:assumed-role/admin/mia', person: 'mia' }],
      },
      personOf: (accountId) => ['sue', 'dev'].find((name) => jira.person(name).jira.accountId === accountId),
      record: async (ticket) => void recorded.push(ticket.key),
      now: () => nowMs,
    });
  });
  afterEach(() => jira.stop());

  const line = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });
  const doc = (...lines: readonly string[]) => ({ type: 'doc', version: 1, content: lines.map(line) });
  const other = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/other-a1b2c3';
  const arn = eventOf().secret?.arn ?? '';
  async function create(...lines: readonly string[]): Promise<string> {
    const fields = {
      ...{ project: { key: 'SECCHG' }, issuetype: { name: 'Secret change' }, summary: 'New key' },
      customfield_10100: doc(...lines),
      customfield_10101: ['value', 'delete'],
      customfield_10102: '2026-11-04T09:00:00.000+0100',
    };
    return (await jira.as('dev').issues.createIssue({ fields })).key;
  }
  const edit = async (key: string, fields: object) =>
    assert.equal((await jira.call('PUT', `/issue/${key}`, { fields })).status, 204);
  async function countCalls(): Promise<number> {
    const headers = { 'x-sandbox-token': 'control' };
    const answer = await fetch(`${jira.url}/_sandbox/requests`, { headers });
    return ((await answer.json()) as unknown[]).length;
  }
  const find = (part = {}, fresh = false) => tickets.findSecretTickets({ event: eventOf(part), fresh });

  it('reads a ticket with who approved it, and who is who; what it says of other secrets stays there', async () => {
    const key = await create(other, arn);
    await moveTo(jira, key, 'Approved', 'sue');
    const { tickets: found, changer, owners, namedTicket } = await find();
    assert.deepEqual([changer, owners, namedTicket, found.length], ['mia', ['dana'], null, 1]);
    const [ticket = assert.fail()] = found;
    const { status, secrets, actions, windowStart, windowEnd } = ticket.fields;
    assert.deepEqual([status, secrets, actions], ['Approved', arn, ['delete', 'value']]);
    assert.deepEqual([windowStart, windowEnd], ['2026-11-04T08:00:00.000Z', null]);
    assert.deepEqual(
      [ticket.requester, ticket.changes.map(({ author, to }) => [author, to])],
      ['dev', [['sue', 'Approved']]],
    );
  });

  it('finds a ticket that does not name the secret any more, and says what it once named', async () => {
    const key = await create(arn);
    await moveTo(jira, key, 'Approved', 'sue');
    const { fields: was } = (await find()).tickets[0] ?? assert.fail();
    const beforeMs = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await edit(key, { customfield_10100: doc(other), customfield_10101: [], customfield_10102: null });
    nowMs += 10_000;
    const [ticket = assert.fail()] = (await find({}, true)).tickets;
    const { secrets, actions, windowStart } = ticket.fields;
    assert.deepEqual([secrets, actions, windowStart], ['', [], null]);
    const then = ticketAt(ticket, beforeMs);
    assert.deepEqual([then?.fields, then?.isConsistent], [was, true]);
  });

  it('asks once for a thousand events of a minute, and again in the next', async () => {
    await create(arn);
    const before = await countCalls();
    await Promise.all(Array.from({ length: 1_000 }, () => find()));
    const first = (await countCalls()) - before;
    nowMs += 61_000;
    await Promise.all(Array.from({ length: 1_000 }, () => find()));
    assert.deepEqual([first <= 2, (await countCalls()) - before - first], [true, 1]);
  });

  it('reads the ticket that the session names, though it names another secret', async () => {
    const key = await create(other);
    const found = await find({ actor: { ...actor, sourceIdentity: `${key}` } });
    assert.deepEqual([found.namedTicket, found.tickets.map((one) => one.key)], [key, [key]]);
  });

  it('asks once a minute for a named ticket that is not there', async () => {
    const part = { actor: { ...actor, sourceIdentity: 'SECCHG-999' } };
    await find(part);
    const before = await countCalls();
    const found = await find(part);
    assert.deepEqual(
      [found.namedTicket, found.tickets, (await countCalls()) - before],
      ['SECCHG-999', [], 0],
    );
  });

  it('reads one afresh; a finding or another project’s issue is none', async () => {
    const key = await create(arn);
    const found = await tickets.recordSecretTicket({ issueId: key });
    assert.deepEqual([found?.key, found?.secrets.map((one) => one.arn), recorded.at(-1)], [key, [arn], key]);
    const finding = { project: { key: 'SECCHG' }, issuetype: { name: 'Finding' }, summary: 'x' };
    const { key: none } = await jira.as('jira-bot').issues.createIssue({ fields: finding });
    assert.equal(await tickets.recordSecretTicket({ issueId: none }), null);
    assert.equal(await tickets.recordSecretTicket({ issueId: '999999' }), null);
  });
});
