import assert from 'node:assert/strict';
import { WorkflowNotFoundError } from '@temporalio/client';
import { CliError } from '../../starters/cli/cli-error.ts';
import { runBulk, type BulkOptions } from '../../starters/cli/findings-bulk.ts';
import type { Session } from '../../starters/cli/session.ts';
import { approvalPolicy } from '../support/approval-answers.ts';
import { findingPolicy } from '../support/halo-pages.ts';
import { createSessionDouble } from './session-double.ts';
import { startVendorDouble, type VendorDouble } from './vendor-double.ts';

const nowMs = Date.parse('2026-11-22T12:00:00.000Z');
const query = 'project = SEC';
const searched = 'GET /rest/api/3/search/jql';

function issueOf(number: number, mark: object = {}) {
  const finding = {
    ...{ source: 'halo', findingId: `f-${number}`, contentHash: 'c', latestHash: null, left: 'open' },
    ...{ reopened: 0, at: '2026-11-22T10:00:00.000Z', ...mark },
  };
  return {
    ...{ id: String(10_000 + number), key: `SEC-${number}`, fields: { summary: `finding ${number}` } },
    properties: { lockkeeper: { version: 1, finding } },
  };
}
const path = (number: number, rest = '') => `/rest/api/3/issue/${10_000 + number}${rest}`;
const statusOf = (name: string, key = 'new') =>
  [200, { fields: { status: { name, statusCategory: { key } } } }] as const;
const moves = (...names: string[]) =>
  [200, { transitions: names.map((name, index) => ({ id: String(index), name, to: { name } })) }] as const;
const stranger = { id: '77', key: 'SEC-77', fields: { summary: 'by hand' }, properties: {} };

describe('lockkeeper findings bulk', () => {
  let jira: VendorDouble;
  afterEach(() => jira.close());

  async function bulk(
    part: Partial<BulkOptions>,
    answers: Parameters<typeof startVendorDouble>[0] = {},
    json = true,
  ) {
    const issues = [issueOf(1), stranger, issueOf(2), issueOf(3, { source: 'file' })];
    jira = await startVendorDouble({ [searched]: [200, { issues, nextPageToken: null }], ...answers });
    const double = createSessionDouble({ url: jira.baseUrl, json });
    const { config, temporal } = double.session;
    const started: string[] = [];
    const workflow = {
      getHandle: () => ({
        describe: async () => {
          throw new WorkflowNotFoundError('none', 'x', undefined);
        },
      }),
      start: async (_: string, { workflowId }: { workflowId: string }) => void started.push(workflowId),
    };
    const session = {
      ...double.session,
      config: {
        ...config,
        people: [{ name: 'dana', jira: 'dana-1' }, { name: 'lee' }],
        processes: { ...config.processes, halo: { sources: [{ name: 'halo' }] } },
      },
      temporal: { ...temporal, client: { ...temporal.client, workflow } },
    } as unknown as Session;
    const acceptance = { approval: { ...approvalPolicy, name: 'acceptance' }, maxDays: 90 };
    const site = config.jira.sites[0]?.name ?? '';
    const lines: string[] = [];
    const code = await runBulk(
      session,
      { query, action: 'assign', ...part },
      {
        toPolicy: () => ({ ...findingPolicy, site, acceptance, close: 'Done' }),
        now: () => nowMs,
        progress: (line) => lines.push(line),
      },
    );
    const [printed = ''] = double.printed;
    const tickets = json
      ? (JSON.parse(printed) as { tickets: { key: string; result: string; reason: string }[] }).tickets
      : [];
    const written = jira.seen.filter(({ route }) => !route.startsWith('GET '));
    return { code, tickets, written, started, lines, printed: double.printed };
  }
  const results = (tickets: readonly { key: string; result: string }[]) =>
    tickets.map(({ key, result }) => `${key} ${result}`);
  const fails = (message: RegExp) => (error: unknown) =>
    error instanceof CliError && error.exitCode === 2 && message.test(error.message);

  it('assigns the tickets of findings of this source, and no others', async () => {
    const { code, tickets, written, lines } = await bulk(
      { to: 'dana' },
      { [`PUT ${path(1, '/assignee')}`]: [204, null], [`PUT ${path(2, '/assignee')}`]: [204, null] },
    );
    assert.deepEqual([code, results(tickets)], [0, ['SEC-1 done', 'SEC-2 done']]);
    assert.deepEqual(
      written.map(({ route, body }) => [route, body]),
      [1, 2].map((number) => [`PUT ${path(number, '/assignee')}`, { accountId: 'dana-1' }]),
    );
    assert.deepEqual(lines, ['1 of 2: SEC-1', '2 of 2: SEC-2']);
  });

  it('goes on after a refusal, and ends with 1', async () => {
    const { code, tickets } = await bulk({ to: 'dana' }, { [`PUT ${path(2, '/assignee')}`]: [204, null] });
    assert.deepEqual([code, results(tickets)], [1, ['SEC-1 failed', 'SEC-2 done']]);
    assert.match(tickets[0]?.reason ?? '', /assign SEC-1/);
  });

  it('writes nothing on a dry run', async () => {
    const { code, tickets, written } = await bulk({ to: 'dana', dryRun: true });
    assert.deepEqual([code, results(tickets), written], [0, ['SEC-1 would', 'SEC-2 would'], []]);
  });

  it('closes by the move of that name, says why, and leaves what is done', async () => {
    const { code, tickets, written } = await bulk(
      { action: 'close', reason: 'hosts are gone' },
      {
        [`GET ${path(1)}`]: statusOf('Open'),
        [`GET ${path(1, '/transitions')}`]: moves('Start', 'done'),
        [`POST ${path(1, '/transitions')}`]: [204, null],
        [`POST ${path(1, '/comment')}`]: [201, { id: '900' }],
        [`GET ${path(2)}`]: statusOf('Closed', 'done'),
      },
    );
    assert.deepEqual([code, results(tickets)], [0, ['SEC-1 done', 'SEC-2 done']]);
    const [move, comment, ...others] = written;
    assert.deepEqual([move?.body, others], [{ transition: { id: '1' } }, []]);
    assert.match(JSON.stringify(comment?.body), /Closed by hand: hosts are gone/);
  });

  it('says which moves there are when there is none to the wanted status, and comments nothing', async () => {
    const { code, tickets, written } = await bulk(
      { action: 'close', reason: 'x' },
      {
        [`GET ${path(1)}`]: statusOf('Open'),
        [`GET ${path(1, '/transitions')}`]: moves('Start'),
        [`GET ${path(2)}`]: statusOf('Closed', 'done'),
      },
    );
    assert.deepEqual([code, written], [1, []]);
    assert.equal(tickets[0]?.reason, 'from Open there is no move to Done; there are: Start');
  });

  it('finds by looking that a move was made whose answer was lost, and says why it is closed', async () => {
    let isClosed = false;
    const { code, tickets, written } = await bulk(
      { action: 'close', reason: 'hosts are gone' },
      {
        [`GET ${path(1)}`]: () => (isClosed ? statusOf('Closed', 'done') : statusOf('Open')),
        [`GET ${path(1, '/transitions')}`]: moves('Done'),
        [`POST ${path(1, '/transitions')}`]: () => {
          isClosed = true;
          return [503, null];
        },
        [`POST ${path(1, '/comment')}`]: [201, { id: '900' }],
        [`GET ${path(2)}`]: statusOf('Closed', 'done'),
      },
    );
    assert.deepEqual([code, results(tickets), written.length], [0, ['SEC-1 done', 'SEC-2 done'], 2]);
  });

  it('does not take a refused move for one whose answer was lost', async () => {
    const { code, tickets, written } = await bulk(
      { action: 'close', reason: 'x' },
      {
        [`GET ${path(1)}`]: statusOf('Open'),
        [`GET ${path(1, '/transitions')}`]: moves('Done'),
        [`POST ${path(1, '/transitions')}`]: [400, { errorMessages: ['a screen asks for more'] }],
        [`GET ${path(2)}`]: statusOf('Closed', 'done'),
      },
    );
    assert.deepEqual([code, tickets[0]?.result, written.length], [1, 'failed', 1]);
    assert.match(tickets[0]?.reason ?? '', /a screen asks for more/);
  });

  it('asks to accept each, and refuses the ticket of a group', async () => {
    const issues = [issueOf(1), issueOf(2, { findingId: 'group:1' })];
    const { code, tickets, started } = await bulk(
      { action: 'accept', until: '2026-12-31', reason: 'behind the WAF' },
      {
        [searched]: [200, { issues, nextPageToken: null }],
        'GET /rest/api/3/issue/SEC-1': [200, issueOf(1)],
        [`POST ${path(1, '/comment')}`]: [201, { id: '900' }],
      },
    );
    assert.deepEqual([code, results(tickets)], [1, ['SEC-1 done', 'SEC-2 failed']]);
    assert.equal(started.length, 1);
    assert.match(started[0] ?? '', /^finding-acceptance:halo:/);
  });

  for (const [what, part, why] of [
    ['an unknown action', { action: 'delete' }, /--action: "delete"/],
    ['assigning to nobody', {}, /--to: is missing/],
    ['a person without an account', { to: 'lee' }, /"lee" is nobody/],
    ['closing without a reason', { action: 'close', reason: ' ' }, /--reason: is missing/],
    ['accepting without an end', { action: 'accept', reason: 'x' }, /--until: is missing/],
    ['a limit that is none', { to: 'dana', limit: '0' }, /--limit/],
    ['more tickets than the limit', { to: 'dana', limit: '1' }, /finds 2 tickets of findings, more than 1/],
  ] as const)
    it(`refuses ${what}, and writes nothing`, async () => {
      await assert.rejects(bulk(part), fails(why));
      assert.deepEqual(
        jira.seen.filter(({ route }) => route !== searched),
        [],
      );
    });

  it('is a table for people', async () => {
    const { printed } = await bulk({ to: 'dana', dryRun: true }, {}, false);
    assert.match(printed.join(''), /SEC-1 +would +finding 1[^]*assign: 2 would be done/);
  });
});
