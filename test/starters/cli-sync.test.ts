import assert from 'node:assert/strict';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Session } from '../../starters/cli/session.ts';
import { CliError } from '../../starters/cli/cli-error.ts';
import { linkCase } from '../../starters/cli/sync-link.ts';
import { listLinks, showLink } from '../../starters/cli/sync-list.ts';
import { backfill, compare } from '../../starters/cli/sync-pass.ts';
import { order, setPaused } from '../../starters/cli/sync-write.ts';
import type { IncidentView } from '../../workflows/incident-sync/messages.ts';
import { sound } from '../config/incident-config.ts';
import { configOf, exampleWith } from '../config/example-config.ts';
import { incidentConfig } from './incident-world.ts';
import { createSessionDouble, type ListedRun } from './session-double.ts';
import { startVendorDouble, type VendorDouble } from './vendor-double.ts';

const first = '1000000001';
const second = '1000000002';
const idOf = (caseId: string, connection = 'aws-main') => `incident:${connection}:${caseId}`;
const ports = { by: async () => 'sam' };

function view(part: Partial<IncidentView> = {}): IncidentView {
  return {
    ...{ connection: 'aws-main', caseId: first, issueKey: 'INC-7', version: 3, paused: false, parked: [] },
    ...{ hold: null, comments: 2, attachments: 1, syncs: 9, link: null },
    ...{ conflicts: [], gone: null, severe: false, drift: null, ...part },
  };
}
const parked = [
  { name: 'comment-create-case-5', reason: 'PermissionDenied: no', since: '2026-11-23T09:00:00Z', tries: 2 },
];
const listed: readonly ListedRun[] = [
  { workflowId: idOf(first), type: 'incidentSync', attributes: { ticket: 'INC-7', phase: 'linked' } },
  { workflowId: idOf(second), type: 'incidentSync', attributes: { waitingOn: 'incident:PermissionDenied' } },
];

interface Options {
  readonly views?: Readonly<Record<string, () => IncidentView>>;
  readonly json?: boolean;
  readonly config?: Session['config'];
  readonly results?: Readonly<Record<string, unknown>>;
  readonly busy?: boolean;
}

/** A session with two running links; `sent` are signals that may begin a run, `begun` the passes. */
function world({ views, json = false, config = incidentConfig(), results = {}, busy = false }: Options = {}) {
  const known = views ?? { [first]: () => view(), [second]: () => view({ caseId: second }) };
  const workflows = Object.fromEntries(
    Object.entries(known).map(([caseId, incident]) => [idOf(caseId), { incident }]),
  );
  const double = createSessionDouble({ workflows, listed, json });
  const { temporal } = double.session;
  const sent: { workflowId: string; signal: string; payload: unknown }[] = [];
  const begun: { workflowId: string; input: unknown }[] = [];
  const { workflow } = temporal.client;
  const client = {
    ...temporal.client,
    workflow: {
      ...workflow,
      getHandle: (id: string) => ({ ...workflow.getHandle(id), result: async () => results[id] }),
      async signalWithStart(
        _type: string,
        {
          workflowId,
          signal,
          signalArgs: [payload],
        }: { workflowId: string; signal: string; signalArgs: unknown[] },
      ) {
        sent.push({ workflowId, signal, payload });
      },
      async start(_type: string, { workflowId, args: [input] }: { workflowId: string; args: unknown[] }) {
        if (busy) throw new WorkflowExecutionAlreadyStartedError('running', workflowId, 'incidentSweep');
        begun.push({ workflowId, input });
      },
    },
  };
  const session = { ...double.session, config, temporal: { ...temporal, client } } as unknown as Session;
  return { ...double, session, sent, begun, text: () => double.printed.join('') };
}

const fails = (code: number, message: RegExp) => (error: unknown) =>
  error instanceof CliError && error.exitCode === code && message.test(`${error.message} ${error.fix}`);

describe('lockkeeper sync list and status', () => {
  it('lists running links', async () => {
    const one = world();
    assert.equal(await listLinks(one.session, {}), 0);
    assert.match(one.text(), /aws-main +1000000001 +INC-7 +linked[^]*1000000002 .*incident:PermissionDenied/);
    assert.doesNotMatch(one.asked[0] ?? '', /WorkflowId/);
  });

  it('asks for one connection, and for what is parked', async () => {
    const one = world();
    await listLinks(one.session, { connection: 'aws-main', parked: true });
    assert.match(
      one.asked[0] ?? '',
      /WorkflowId STARTS_WITH "incident:aws-main:" AND \(LkWaitingOn STARTS_WITH "incident:" OR LkWaitingOn STARTS_WITH "status:"\)/,
    );
  });

  for (const [what, typed] of [
    ['id', first],
    ['ARN', `arn:aws:security-ir:us-east-1:111111111111:case/${first}`],
    ['workflow id', idOf(first)],
    ['issue', 'inc-7'],
  ] as const)
    it(`shows a link by its ${what}`, async () => {
      const one = world();
      assert.equal(await showLink(one.session, typed, {}), 0);
      assert.match(one.text(), /Case 1000000001 of aws-main: linked to INC-7/);
    });

  it('fails for a link with something parked or held, and says what', async () => {
    const hold = { side: 'issue', status: 'Blocked', reason: 'unmapped' } as const;
    const one = world({ views: { [first]: () => view({ parked, hold }) } });
    assert.equal(await showLink(one.session, first, {}), 1);
    assert.match(
      one.text(),
      /held +the issue is at "Blocked": unmapped[^]*comment-create-case-5 since .*, 2 tries: Perm/,
    );
  });

  for (const [what, typed, connection, code, message] of [
    ['a case that nobody knows', '9999999999', undefined, 3, /sync list/],
    ['no case', 'case', undefined, 2, /"case" is no case/],
    [
      'an ARN of another account',
      `arn:aws:security-ir:us-east-1:222222222222:case/${first}`,
      undefined,
      2,
      /no connection is of/,
    ],
    ['another connection', first, 'other', 2, /"other" is no connection.*aws-main/],
  ] as const)
    it(`refuses ${what}`, () =>
      assert.rejects(
        showLink(world().session, typed, connection === undefined ? {} : { connection }),
        fails(code, message),
      ));

  it('says when no worker answers, and when the process is off', async () => {
    const silent = world({
      views: {
        [first]: () => {
          throw new Error('no worker');
        },
      },
    });
    await assert.rejects(showLink(silent.session, first, {}), fails(4, /Start a worker/));
    await assert.rejects(listLinks(world({ config: configOf() }).session, {}), fails(2, /sync jira/));
  });

  it('wants a connection named where there are several', () => {
    const config = incidentConfig([{}, { name: 'second', project: 'SEC', routes: [], intake: undefined }]);
    return assert.rejects(showLink(world({ config }).session, first, {}), fails(2, /aws-main, second/));
  });
});

describe('lockkeeper sync resync, reprocess, unlink', () => {
  it('sends the order to one link', async () => {
    const one = world({ json: true });
    assert.equal(
      await order(one.session, 'resync', { typed: first, options: optionsOf({ reason: 'r' }) }, ports),
      0,
    );
    const [{ workflowId, name, payload } = assert.fail()] = one.signalled;
    assert.deepEqual([workflowId, name], [idOf(first), 'resync']);
    assert.partialDeepStrictEqual(payload, { by: 'sam', reason: 'r' });
    assert.deepEqual(JSON.parse(one.text()), {
      ...{ order: 'resync', dryRun: false, cases: [{ connection: 'aws-main', caseId: first }] },
    });
  });

  for (const [what, options] of [
    ['a connection', { connection: 'aws-main' }],
    ['everything', { all: true }],
  ] as const)
    it(`sends it to the parked links of ${what}`, async () => {
      const one = world();
      await order(one.session, 'reprocess', { typed: undefined, options: optionsOf(options) }, ports);
      assert.deepEqual(
        one.signalled.map(({ workflowId }) => workflowId),
        [idOf(first), idOf(second)],
      );
      assert.match(one.asked[0] ?? '', /LkWaitingOn STARTS_WITH/);
    });

  it('a dry run sends nothing, and asks nobody who it is', async () => {
    const one = world();
    const nobody = { by: () => assert.fail('asked') };
    await order(
      one.session,
      'reprocess',
      { typed: undefined, options: optionsOf({ all: true, dryRun: true }) },
      nobody,
    );
    assert.deepEqual(one.signalled, []);
    assert.match(one.text(), /2 links of every connection would try/);
  });

  it('passes over a link that ended meanwhile, but not over the one that was named', async () => {
    const one = world({ views: { [first]: () => view() } });
    await order(one.session, 'resync', { typed: undefined, options: optionsOf({ all: true }) }, ports);
    assert.match(one.text(), /1 link of/);
    const named = order(one.session, 'resync', { typed: second, options: optionsOf() }, ports);
    await assert.rejects(named, fails(3, /nothing is known/));
  });

  for (const [what, typed, options, message] of [
    ['no scope', undefined, {}, /--connection <name>, --all/],
    ['two scopes', undefined, { connection: 'aws-main', all: true }, /Give one of/],
    ['a case and all', first, { all: true }, /Give one of/],
  ] as const)
    it(`refuses ${what}`, () =>
      assert.rejects(
        order(world().session, 'resync', { typed, options: optionsOf(options) }, ports),
        fails(2, message),
      ));

  it('takes apart one case at a time', () =>
    assert.rejects(
      order(world().session, 'unlink', { typed: undefined, options: optionsOf({ all: true }) }, ports),
      fails(2, /one case at a time/),
    ));
});

describe('lockkeeper sync pause and resume', () => {
  it('pauses a link by itself', async () => {
    const one = world();
    await setPaused(one.session, true, { typed: first, options: optionsOf({ reason: 'move' }) }, ports);
    const payload = { paused: true, by: 'sam', reason: 'move' };
    assert.deepEqual(one.signalled, [{ workflowId: idOf(first), name: 'pauseLink', payload }]);
    assert.deepEqual(one.sent, []);
  });

  for (const [scope, options] of [
    ['aws-main', { connection: 'aws-main' }],
    ['*', { all: true }],
  ] as const)
    it(`pauses ${scope} at incident-control, and lets it go on`, async () => {
      for (const paused of [true, false]) {
        const one = world();
        await setPaused(one.session, paused, { typed: undefined, options: optionsOf(options) }, ports);
        const payload = { scope, paused, by: 'sam', reason: '' };
        assert.deepEqual(one.sent, [{ workflowId: 'incident-control', signal: 'setPause', payload }]);
      }
    });

  it('a dry run pauses nothing', async () => {
    const one = world();
    await setPaused(
      one.session,
      true,
      { typed: undefined, options: optionsOf({ all: true, dryRun: true }) },
      ports,
    );
    assert.deepEqual([one.sent, one.signalled], [[], []]);
    assert.match(one.text(), /Every connection: would be paused/);
  });
});

describe('lockkeeper sync backfill and drift', () => {
  it('runs a full sweep beside the schedule', async () => {
    const id = 'incident-sweep:aws-main:backfill';
    const one = world({ results: { [id]: { listed: 40, open: 12, told: 5 } } });
    assert.equal(await backfill(one.session, optionsOf({ dryRun: true })), 0);
    assert.deepEqual(one.begun, [
      { workflowId: id, input: { connection: 'aws-main', full: true, dryRun: true } },
    ]);
    assert.match(one.text(), /12 open cases; 5 would be told/);
  });

  it('compares, and fails when anything differs', async () => {
    const id = 'incident-drift:aws-main:cli';
    const same = world({ results: { [id]: { compared: 3, differences: [] } } });
    assert.equal(await compare(same.session, optionsOf()), 0);
    assert.match(same.text(), /3 compared, nothing differs/);
    const differences = [{ caseId: first, issueKey: 'INC-7', differs: ['title=summary', 'status'] }];
    const other = world({ results: { [id]: { compared: 3, differences } } });
    assert.equal(await compare(other.session, optionsOf()), 1);
    assert.match(other.text(), /1000000001 INC-7: title=summary, status/);
  });

  it('says when one runs already', () =>
    assert.rejects(backfill(world({ busy: true }).session, optionsOf()), fails(1, /runs already/)));
});

describe('lockkeeper sync link', () => {
  let jira: VendorDouble;
  const issueOf = (key: string) => [
    200,
    {
      ...{ id: '10600', key },
      fields: {
        ...{ summary: 'A title', status: { name: 'To Do' } },
        ...{ project: { key: key.split('-')[0] }, issuetype: { name: 'Incident' } },
      },
    },
  ];
  before(async () => {
    jira = await startVendorDouble({
      'GET /rest/api/3/issue/INC-7': issueOf('INC-7') as [number, unknown],
      'GET /rest/api/3/issue/10600': issueOf('INC-7') as [number, unknown],
      'GET /rest/api/3/issue/OPS-1': issueOf('OPS-1') as [number, unknown],
    });
  });
  after(() => jira.close());

  function linking(views: Options['views'] = {}) {
    const url = jira.baseUrl;
    const yaml = exampleWith({
      ...structuredClone(sound),
      ...{ 'temporal.uiUrl': url, 'jira.sites.0.baseUrl': url, 'gitlab.baseUrl': url, probes: {} },
      'decisions.gatewayUrl': url,
      'processes.incidents.connections.0.queueUrl': `${url}/queue`,
    });
    const config = configOf(yaml, {
      ...{ LOCKKEEPER_SANDBOX: '1', LOCKKEEPER_AWS_ENDPOINT: url, LOCKKEEPER_SLACK_API_URL: url },
      ...{ LOCKKEEPER_SECURITY_IR_ENDPOINT: url },
      ...{ LOCKKEEPER_JIRA_EMAIL: 'dana@example.com', LOCKKEEPER_JIRA_API_TOKEN: 'canary-token' },
    });
    return world({ config, views });
  }
  const pair = (typedIssue = 'INC-7') => ({ typedCase: first, typedIssue });

  for (const typed of ['inc-7', '10600'])
    it(`tells the run of the case the numeric id of ${typed}`, async () => {
      const one = linking();
      assert.equal(await linkCase(one.session, pair(typed), {}), 0);
      const [{ workflowId, payload } = assert.fail()] = one.sent;
      assert.equal(workflowId, idOf(first));
      assert.partialDeepStrictEqual(payload, { event: 'link', side: 'both', issueId: '10600' });
      assert.doesNotMatch(one.text(), /canary/);
    });

  it('a dry run tells nobody', async () => {
    const one = linking();
    await linkCase(one.session, pair(), { dryRun: true });
    assert.deepEqual(one.sent, []);
    assert.match(one.text(), /would be linked to INC-7: A title/);
  });

  it('refuses an issue of another project, a text, and a case that is linked', async () => {
    await assert.rejects(
      linkCase(linking().session, pair('OPS-1'), {}),
      fails(2, /in no project of aws-main/),
    );
    await assert.rejects(linkCase(linking().session, pair('a b'), {}), fails(2, /is no issue/));
    const linked = linking({ [first]: () => view({ issueKey: 'INC-6' }) });
    await assert.rejects(linkCase(linked.session, pair(), {}), fails(1, /linked to INC-6.*unlink/));
    assert.deepEqual(linked.sent, []);
  });

  it('is repeated for the same pair without harm', async () => {
    const again = linking({ [first]: () => view() });
    assert.equal(await linkCase(again.session, pair(), {}), 0);
  });
});

function optionsOf<O extends object>(own?: O) {
  return { config: 'lockkeeper.yaml', ...own } as O & { config: string };
}
