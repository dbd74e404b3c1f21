import assert from 'node:assert/strict';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { idHash } from '../../activities/findings/hash.ts';
import { CliError } from '../../starters/cli/cli-error.ts';
import { askToAccept, endAcceptance } from '../../starters/cli/findings-accept.ts';
import { listAccepted } from '../../starters/cli/findings-accepted.ts';
import type { Session } from '../../starters/cli/session.ts';
import type { AcceptanceInput } from '../../workflows/finding-acceptance/messages.ts';
import { findingAcceptanceId } from '../../workflows/shared/names.ts';
import { approvalPolicy } from '../support/approval-answers.ts';
import { findingPolicy } from '../support/halo-pages.ts';
import { signed } from '../activities/decisions/signing.ts';
import { createSessionDouble } from './session-double.ts';
import { startVendorDouble, type VendorDouble } from './vendor-double.ts';

const nowMs = Date.parse('2026-11-22T12:00:00.000Z');
const findingId = '1b2c-1';
const workflowId = findingAcceptanceId('halo', idHash(findingId));
const markOf = (own: object = {}) => ({
  ...{ source: 'halo', findingId, contentHash: 'c', latestHash: null, left: 'open', reopened: 0 },
  at: '2026-11-22T10:00:00.000Z',
  ...own,
});
const issueOf = (own: object = {}, key = 'SEC-7') => ({
  ...{ id: '10077', key, fields: { summary: 'OpenSSL is old' } },
  properties: { lockkeeper: { version: 1, finding: markOf(own) } },
});
const found = (...issues: object[]) => [200, { issues, nextPageToken: null }] as const;
const searched = 'GET /rest/api/3/search/jql';
const commented = 'POST /rest/api/3/issue/10077/comment';
const answers = {
  'GET /rest/api/3/issue/SEC-7': [200, issueOf()],
  'GET /rest/api/3/myself': [200, { accountId: 'dana-1' }],
  [searched]: found(issueOf()),
  [commented]: [201, { id: '900' }],
} as const;
const fails = (code: number, message: RegExp) => (error: unknown) =>
  error instanceof CliError && error.exitCode === code && message.test(error.message);

describe('lockkeeper findings', () => {
  let jira: VendorDouble;
  afterEach(() => jira.close());

  /** @param own.runs what Temporal says of the acceptance · @param own.lost it began meanwhile */
  async function world(
    own: {
      answers?: Parameters<typeof startVendorDouble>[0];
      runs?: boolean;
      lost?: boolean;
      json?: boolean;
    } = {},
  ) {
    jira = await startVendorDouble({ ...answers, ...own.answers });
    const double = createSessionDouble({ url: jira.baseUrl, json: own.json ?? false });
    const { config, temporal } = double.session;
    const started: { id: string; input: AcceptanceInput }[] = [];
    const signalled: unknown[] = [];
    const workflow = {
      getHandle: () => ({
        describe: async () => {
          if (own.runs !== true) throw new WorkflowNotFoundError('none', workflowId, undefined);
          return { status: { name: 'RUNNING' }, type: 'findingAcceptance' };
        },
        signal: async (name: string, payload: object) => {
          if (own.runs !== true) throw new WorkflowNotFoundError('none', workflowId, undefined);
          signalled.push({ name, ...payload });
        },
      }),
      start: async (_: string, options: { workflowId: string; args: [AcceptanceInput] }) => {
        if (own.lost)
          throw new WorkflowExecutionAlreadyStartedError('running', workflowId, 'findingAcceptance');
        started.push({ id: options.workflowId, input: options.args[0] });
      },
    };
    const session = {
      ...double.session,
      config: { ...config, processes: { ...config.processes, halo: { sources: [{ name: 'halo' }] } } },
      temporal: { ...temporal, client: { ...temporal.client, workflow } },
    } as unknown as Session;
    const site = config.jira.sites[0]?.name ?? '';
    const acceptance = { approval: { ...approvalPolicy, name: 'acceptance' }, maxDays: 90 };
    const toPolicy = () => ({ ...findingPolicy, site, acceptance });
    const ports = { toPolicy, now: () => nowMs };
    return {
      ...double,
      session,
      started,
      signalled,
      ports,
      routes: () => jira.seen.map(({ route }) => route),
    };
  }
  const options = { until: '2026-12-31', reason: ' behind\nthe WAF' };

  describe('accept', () => {
    for (const [what, typed] of [
      ['the key of its ticket', 'sec-7'],
      ['its id at the source', findingId],
    ] as const)
      it(`asks by ${what}: in a comment of the operator’s own, whose address starts the workflow`, async () => {
        const { session, started, ports, printed } = await world();
        assert.equal(await askToAccept(session, typed, options, ports), 0);
        const { body, headers } = jira.seen.find(({ route }) => route === commented) ?? {};
        assert.match(JSON.stringify(body), /"Asks to accept this finding until 2026-12-31: behind the WAF"/);
        assert.match(headers?.authorization ?? '', /^Basic /);
        const { policy, runLinkBase: _, ...where } = started[0]?.input ?? ({} as AcceptanceInput);
        assert.deepEqual(where, { source: 'halo', findingId, issueId: '10077', commentId: '900' });
        assert.deepEqual([started[0]?.id, policy.name], [workflowId, 'acceptance']);
        assert.match(printed.join(''), /acceptance decides[^]*finding-acceptance%3Ahalo/);
      });

    for (const [what, part, why] of [
      ['too long', { until: '2027-12-31' }, /more than 90 days/],
      ['over', { until: '2026-11-21' }, /is over/],
      ['without a reason', { reason: ' ' }, /needs a reason/],
    ] as const)
      it(`${what} is refused before anything is said`, async () => {
        const { session, ports, routes } = await world();
        await assert.rejects(askToAccept(session, 'SEC-7', { ...options, ...part }, ports), fails(2, why));
        assert.deepEqual(routes(), []);
      });

    it('says nothing on the ticket when one runs', async () => {
      const { session, ports, routes } = await world({ runs: true });
      await assert.rejects(askToAccept(session, 'SEC-7', options, ports), fails(1, /already/));
      assert.equal(routes().includes(commented), false);
    });

    it('fails when one began meanwhile', async () => {
      const { session, ports } = await world({ lost: true });
      await assert.rejects(askToAccept(session, 'SEC-7', options, ports), fails(1, /already/));
    });

    const none = { ...issueOf(), properties: {} };
    for (const [what, typed, issues, code, why] of [
      ['a ticket that is none of ours', 'SEC-7', [none], 3, /no ticket of a finding/],
      ['a finding without a ticket', findingId, [], 3, /no ticket of a finding/],
      ['another source’s', findingId, [issueOf({ source: 'file' })], 3, /no ticket of a finding/],
      ['a finding with two', findingId, [issueOf(), issueOf({}, 'SEC-8')], 2, /SEC-7, SEC-8/],
      ['a group', 'SEC-7', [issueOf({ findingId: 'group:1' })], 2, /group/],
    ] as const)
      it(`knows ${what}`, async () => {
        const both = {
          [searched]: found(...issues),
          'GET /rest/api/3/issue/SEC-7': [200, issues[0]] as const,
        };
        const { session, ports } = await world({ answers: both });
        await assert.rejects(askToAccept(session, typed, options, ports), fails(code, why));
      });

    it('asks for nothing where nobody accepts', async () => {
      const { session, ports } = await world();
      const toPolicy = () => ({ ...ports.toPolicy(), acceptance: null });
      await assert.rejects(askToAccept(session, 'SEC-7', options, { toPolicy }), fails(2, /nobody accepts/));
    });
  });

  it('unaccept ends it under the name that Jira knows', async () => {
    const { session, ports, signalled } = await world({ runs: true });
    assert.equal(await endAcceptance(session, 'SEC-7', { reason: 'patched' }, ports), 0);
    assert.deepEqual(signalled, [{ name: 'unaccept', by: 'dana', reason: 'patched' }]);
  });

  it('unaccept finds none', async () => {
    const { session, ports } = await world();
    await assert.rejects(
      endAcceptance(session, 'SEC-7', { reason: 'patched' }, ports),
      fails(3, /none holds/),
    );
  });

  describe('accepted', () => {
    const grant = {
      ...{ requestId: 'r', policy: { name: 'acceptance', version: 1, digest: 'd' }, envelopes: [] },
      evidence: {
        ...{
          kind: 'finding-acceptance',
          subject: {
            runId: 'r',
            source: 'halo',
            findingId,
            issueId: '10077',
            until: '2027-01-31T23:59:59.000Z',
          },
          requester: 'sam',
          authors: [],
          changers: [],
        },
        facts: [
          null,
          { label: 'Finding', value: '=cmd()' },
          { label: 'Reason', value: '+1 "quoted",\nnew\u202e line' },
        ],
      },
    };
    const accepted = (until: string, given: unknown = grant) => ({
      accepted: { until, acceptance: workflowId, grant: given },
    });
    const register = found(
      issueOf(accepted('2027-01-31T23:59:59.000Z')),
      issueOf(accepted('2026-11-01T23:59:59.000Z', null), 'SEC-8'),
      issueOf({}, 'SEC-9'),
      issueOf({ ...accepted('2027-01-31T23:59:59.000Z'), source: 'file' }, 'SEC-10'),
    );
    const list = async (part: { csv?: boolean; json?: boolean; issues?: ReturnType<typeof found> } = {}) => {
      const { session, ports, printed } = await world({
        answers: { [searched]: part.issues ?? register },
        json: part.json ?? false,
      });
      const written: string[] = [];
      const write = (text: string) => void written.push(text);
      assert.equal(await listAccepted(session, { csv: part.csv ?? false }, { ...ports, write }), 0);
      return part.csv ? written.join('') : printed.join('');
    };

    it('lists who, why and until when; and what nobody accepted', async () => {
      const risks = JSON.parse(await list({ json: true })) as Record<string, unknown>[];
      const shown = ['ticket', 'requester', 'until', 'daysLeft', 'state'];
      assert.deepEqual(
        risks.map((risk) => shown.map((name) => risk[name])),
        [
          ['SEC-8', '', '2026-11-01', 0, 'over'],
          ['SEC-7', 'sam', '2027-01-31', 71, 'forged'],
        ],
      );
    });

    it('says what cannot be checked here: the keys are elsewhere', async () => {
      const given = { ...grant, envelopes: [await signed()] };
      const issues = found(issueOf(accepted('2027-01-31T23:59:59.000Z', given)));
      assert.match(await list({ json: true, issues }), /"state":"unverified"/);
    });

    it('is inert in a spreadsheet', async () => {
      const [header, over, risk] = (await list({ csv: true })).split('\r\n');
      assert.match(header ?? '', /^source,ticket,findingId,finding,requester,reason,until,daysLeft,state$/);
      assert.match(over ?? '', /^halo,SEC-8/);
      assert.match(risk ?? '', /,'=cmd\(\),sam,"'\+1 ""quoted"", new line",2027-01-31,71,/);
    });

    it('has a header when nothing is accepted', async () => {
      assert.match(await list({ csv: true, issues: found() }), /^source,ticket[^\n]*\r\n$/);
    });

    it('is a table for people', async () => {
      assert.match(await list(), /SEC-8[^]*SEC-7[^]*71/);
      assert.match(await list({ issues: found() }), /No risk is accepted/);
    });
  });
});
