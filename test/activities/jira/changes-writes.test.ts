import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import type { JiraChangesPort } from '../../../activities/jira/changes/port.ts';
import { paragraph } from '../../../workflows/shared/comment.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { asActivityOf, issuePath } from '../../support/jira-site.ts';
import { withLoopback, type Expected, type Reply, type Respond } from '../../support/loopback.ts';
import { changeFields } from '../../sandbox/jira/jira-site.ts';
import { approvalOf, build, changesAt, listedFields, scheme, ticket, workflowId } from './change-site.ts';

type Status = keyof typeof scheme.statuses;
const statusIds = Object.keys(scheme.statuses);
const toStatus = (status: Status) => ({
  id: `${statusIds.indexOf(status) + 1}`,
  name: scheme.statuses[status],
});
const get = (path: string, respond: Respond): Expected => ({ method: 'GET', path, respond });
const at = '2026-11-22T10:00:00.000+0000';

const fields = get('/rest/api/3/field', { body: listedFields });
const statusIs = (status: Status) =>
  get(issuePath, { body: { id: '10024', key: 'PRODCM-24', fields: { status: toStatus(status) } } });
const issueIs = (status: Status, more: object = {}, created = at): Expected =>
  get(issuePath, {
    body: {
      ...{ id: '10024', key: 'PRODCM-24' },
      fields: {
        ...{ summary: 's', status: toStatus(status), project: { key: 'PRODCM' }, created },
        ...{ issuetype: { name: 'Change Request' }, creator: { accountId: 'bot-1' } },
        ...Object.fromEntries(
          Object.entries(build).map(([name, value]) => [changeFields[name as keyof typeof build], value]),
        ),
        ...more,
      },
    },
  });
const log = get(`${issuePath}/changelog`, {
  body: { values: [], startAt: 0, maxResults: 100, total: 0, isLast: true },
});
const propertyPath = `${issuePath}/properties/lockkeeper`;
const propertyIs = (value: object | null) =>
  get(propertyPath, value ? { body: { key: 'lockkeeper', value } } : { status: 404, body: {} });
const setProperty = (respond: Respond = { status: 200 }): Expected => ({
  ...{ method: 'PUT', path: propertyPath, respond },
});
const movePath = `${issuePath}/transitions`;
const ways = (...to: Status[]) =>
  get(movePath, {
    body: {
      transitions: to.map((one) => ({ id: `${statusIds.indexOf(one)}1`, name: one, to: toStatus(one) })),
    },
  });
const take = (respond: Respond = { status: 204 }): Expected => ({ method: 'POST', path: movePath, respond });
const search = (...issues: object[]): Expected => ({
  ...{ method: 'POST', path: '/rest/api/3/search/jql', respond: { body: { issues } } },
});
const key = `${workflowId}/0/ticket`;
const found = {
  ...{ id: '501', key: 'PRODCM-501', properties: { lockkeeper: { key } } },
  fields: {
    creator: { accountId: 'bot-1' },
    status: { ...toStatus('draft'), statusCategory: { key: 'new' } },
  },
};
const commentPath = `${issuePath}/comment`;
const said = (value?: object, more: object = {}) => {
  const bot = { accountId: 'bot-1' };
  const own = {
    id: '9',
    author: bot,
    updateAuthor: bot,
    created: at,
    updated: at,
    body: { type: 'doc', version: 1, content: [] },
    ...more,
  };
  const comments = value ? [{ ...own, properties: [{ key: 'lockkeeper', value }] }] : [];
  return get(commentPath, { body: { startAt: 0, maxResults: 100, total: comments.length, comments } });
};

interface Write {
  readonly name: string;
  readonly run: (jira: JiraChangesPort) => Promise<unknown>;
  /** Before the write, which is the last. */
  readonly before: readonly Expected[];
  readonly write: (respond: Respond) => Expected;
  /** What follows a refusal that may mean that somebody moved the ticket, or an outcome that nobody knows. */
  readonly again?: (type: string) => readonly Expected[];
}
const order = { site: 'acme', key, workflowId, build, body: [paragraph('Wanted.')] };
const filling = { ...ticket, details: { rollbackPlan: 'back' } };
const looksAgain = ['InvalidInput', 'Conflict', 'NotFound'];
const approving = (jira: JiraChangesPort) => jira.approveChange(approvalOf('r-1'));
const approvalReads = (status: Status) => [fields, issueIs(status), log, propertyIs({ workflowId })];

const writes: readonly Write[] = [
  {
    name: 'creating',
    run: (jira) => jira.createChange({ ...order, details: { summary: 'x' } }),
    before: [fields, search()],
    write: (respond) => ({ method: 'POST', path: '/rest/api/3/issue', respond }),
    again: (type) => (type === 'Unavailable' ? Array.from({ length: 6 }, () => search()) : []),
  },
  {
    name: 'filling',
    run: (jira) => jira.fillChange(filling),
    before: [fields, get(issuePath, { body: { id: '10024', key: 'PRODCM-24', fields: {} } })],
    write: (respond) => ({ method: 'PUT', path: issuePath, respond }),
  },
  {
    name: 'linking',
    run: (jira) => jira.linkChange({ ...ticket, workflowId }),
    before: [propertyIs(null)],
    write: setProperty,
  },
  {
    name: 'moving',
    run: (jira) => jira.moveChange({ ...ticket, to: 'waiting' }),
    before: [statusIs('draft'), ways('waiting')],
    write: take,
    again: (type) => (looksAgain.includes(type) ? [statusIs('draft')] : []),
  },
  {
    name: 'recording an approval',
    run: approving,
    before: approvalReads('waiting'),
    write: setProperty,
  },
  {
    name: 'approving',
    run: approving,
    before: [...approvalReads('waiting'), setProperty(), statusIs('waiting'), ways('declined', 'approved')],
    write: take,
    again: (type) => (looksAgain.includes(type) ? [statusIs('waiting')] : []),
  },
  {
    name: 'commenting',
    run: (jira) => jira.writeComment({ ...ticket, key: 'verdict', body: [paragraph('x')] }),
    before: [said()],
    write: (respond) => ({ method: 'POST', path: commentPath, respond }),
  },
  {
    name: 'editing a comment',
    run: (jira) => jira.writeComment({ ...ticket, key: 'verdict', body: [paragraph('x')] }),
    before: [said({ key: 'verdict', digest: 'other' })],
    write: (respond) => ({ method: 'PUT', path: `${commentPath}/9`, respond }),
  },
];

describe('jira changes client: writes', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());
  const inRun = <T>(run: () => Promise<T>, attempt = 1) => asActivityOf(workflowId, run, attempt);

  for (const { name, run, before: reads, write, again } of writes)
    for (const [what, respond, type] of vendorFailures)
      it(`${name} meets ${what}: ${type}`, () =>
        withLoopback([...reads, write(respond), ...(again?.(type) ?? [])], async (url) => {
          await assertFails(() => inRun(() => run(changesAt(url))), type, respond);
        }));

  it('creates with everything in one call, and never cuts what is compared', () => {
    const created = { status: 201, body: { id: '600', key: 'PRODCM-600', self: 'https://acme.test/600' } };
    const project = get('/rest/api/3/project/PRODCM', {
      body: { id: '1', key: 'PRODCM', name: 'p', components: [{ id: '1', name: 'web' }] },
    });
    const post: Expected = { method: 'POST', path: '/rest/api/3/issue', respond: created };
    return withLoopback([fields, project, search(), post], async (url, seen) => {
      const details = { summary: 'x', components: ['web', 'nowhere'], justification: ' ' };
      await inRun(() => changesAt(url).createChange({ ...order, details }));
      const sent = seen.at(-1)?.body as { fields: Record<string, unknown>; properties: unknown };
      assert.deepEqual(sent.properties, [{ key: 'lockkeeper', value: { workflowId, key, version: 1 } }]);
      assert.deepEqual(sent.fields['components'], [{ name: 'web' }]);
      assert.equal(sent.fields[changeFields.environment], 'production');
      assert.equal(sent.fields[changeFields.project], 'shop/web');
      assert.equal(Object.hasOwn(sent.fields, changeFields.justification), false);
      assert.match(String((sent.fields['labels'] as string[])[0]), /^lk-[0-9a-f]{32}$/);
    });
  });

  it('adopts the ticket whose answer was lost', () => {
    const lost: Expected = { method: 'POST', path: '/rest/api/3/issue', respond: 'lost' };
    return withLoopback([fields, search(), search(), search(found), lost], async (url) => {
      const details = { summary: 'x' };
      assert.deepEqual(await inRun(() => changesAt(url).createChange({ ...order, details })), {
        ...{ issueId: '501', ticket: 'PRODCM-501', created: false },
      });
    });
  });

  it('goes on with a move where a lost answer left it', () => {
    const first = [statusIs('deploying'), ways('resolved', 'deployFailed'), take('lost')];
    const second = [statusIs('resolved'), ways('closed'), take()];
    return withLoopback([...first, ...second], async (url, seen) => {
      const close = () => changesAt(url).moveChange({ ...ticket, to: 'closed' });
      await assertFails(close, 'Unavailable');
      assert.deepEqual(await close(), { changed: true, fromName: 'Resolved', toName: 'Closed' });
      assert.equal(seen.length, 6);
    });
  });

  it('searches the way anew from where somebody put the ticket meanwhile', () =>
    withLoopback(
      [
        ...[statusIs('waiting'), ways('declined'), take({ status: 409, body: {} }), statusIs('manualReview')],
        ...[ways('declined', 'approved'), take()],
      ],
      async (url) => {
        const moved = await changesAt(url).moveChange({ ...ticket, to: 'declined' });
        assert.deepEqual(moved, { changed: true, fromName: 'Waiting for approval', toName: 'Declined' });
      },
    ));

  const noWay: [Status, Parameters<JiraChangesPort['moveChange']>[0]['to'], Status[]][] = [
    ['waiting', 'deploying', ['approved', 'declined', 'canceled']],
    ['approved', 'canceled', ['manualReview', 'deploying']],
    ['approved', 'waiting', ['manualReview', 'deploying']],
    ['manualReview', 'deploying', ['approved', 'declined']],
    ['closed', 'waiting', []],
    ['draft', 'waiting', ['declined']],
  ];
  for (const [from, to, listed] of noWay)
    it(`finds no way from ${from} to ${to}, and takes none`, () =>
      withLoopback([statusIs(from), ways(...listed)], async (url) => {
        await assertFails(() => changesAt(url).moveChange({ ...ticket, to }), 'Conflict');
      }));

  it('keeps the property of another run', () =>
    withLoopback([propertyIs({ workflowId: 'change:x:y:1' })], async (url) => {
      assert.deepEqual(await changesAt(url).linkChange({ ...ticket, workflowId }), { linked: false });
    }));

  it('asks the guard before anything else', () =>
    withLoopback([], async (url) => {
      const guard = () => Promise.reject(new Error('refused by the guard'));
      const jira = changesAt(url, { guard });
      await assert.rejects(
        inRun(() => approving(jira)),
        /refused by the guard/,
      );
    }));

  it('only makes the move when it died between record and move', async () => {
    let recorded: object = {};
    const record = setProperty((request): Reply => {
      recorded = request.body as object;
      return { status: 200 };
    });
    const reads = [statusIs('waiting'), ways('approved')];
    await withLoopback([...approvalReads('waiting'), record, ...reads, take('lost')], (url) =>
      assertFails(() => inRun(() => approving(changesAt(url))), 'Unavailable').then(() => undefined),
    );
    const { approval, usedRequests } = recorded as Record<string, object>;
    assert.deepEqual(approval, {
      ...{ automatic: false, policy: 'standard@3', requestId: 'r-1', planRequestId: null },
      ...{ evidenceDigest: 'a'.repeat(64), approvers: ['sue', 'ray'], authors: ['dana'], requester: 'dev' },
      ...{ environment: 'production', project: 'shop/web', build: '4711', sha: build.sha },
      ...{ at: '2026-11-22T12:00:00.000Z', entry: '2026-11-22T10:00:00.000Z', workflowId, runId: 'run-1' },
    });
    assert.deepEqual(usedRequests, []);
    const again = [fields, issueIs('waiting'), log, propertyIs(recorded), ...reads, take()];
    await withLoopback(again, async (url) => {
      assert.deepEqual(await inRun(() => approving(changesAt(url)), 2), { changed: true });
    });
    await withLoopback([fields, issueIs('approved'), log, propertyIs(recorded)], async (url) => {
      assert.deepEqual(await inRun(() => approving(changesAt(url)), 3), { changed: false });
    });
    const entered = '2026-11-22T11:00:00.000+0000';
    await withLoopback([fields, issueIs('waiting', {}, entered), log, propertyIs(recorded)], async (url) => {
      const failure = await assertFails(() => inRun(() => approving(changesAt(url))), 'PolicyViolation');
      assert.match(failure.message, /used already/);
    });
  });

  it('records who approved even where a person’s move was the last decision', () =>
    withLoopback([...approvalReads('approved'), setProperty()], async (url) => {
      assert.deepEqual(await inRun(() => approving(changesAt(url))), { changed: true });
    }));

  it('takes it for done when somebody approved it between our look and our move', () =>
    withLoopback(
      [
        ...[...approvalReads('waiting'), setProperty(), statusIs('waiting'), ways('approved')],
        ...[take({ status: 400, body: {} }), statusIs('approved')],
      ],
      async (url) => assert.deepEqual(await inRun(() => approving(changesAt(url))), { changed: true }),
    ));

  const record = (more: object) => ({
    ...{
      automatic: false,
      policy: 'standard@3',
      requestId: 'r-0',
      planRequestId: null,
      evidenceDigest: null,
    },
    ...{ approvers: [], authors: [], requester: null, environment: 'production', project: 'shop/web' },
    ...{ build: '4711', sha: build.sha, at: '2026-11-22T09:00:00Z', entry: '2026-11-22T08:00:00Z' },
    ...{ workflowId, runId: 'run-0', ...more },
  });
  const refusals: [string, Expected[], string, RegExp][] = [
    [
      'another commit',
      [issueIs('waiting', { [changeFields.sha]: 'd'.repeat(40) }), log],
      'PolicyViolation',
      /sha/,
    ],
    [
      'an empty branch',
      [issueIs('waiting', { [changeFields.branch]: null }), log],
      'PolicyViolation',
      /branch/,
    ],
    [
      'another project',
      [issueIs('waiting', { project: { key: 'OPS' } }), log],
      'PolicyViolation',
      /no change/,
    ],
    [
      'a ticket of another run',
      [issueIs('waiting'), log, propertyIs({ workflowId: 'change:production:shop~web:9' })],
      'PolicyViolation',
      /another run/,
    ],
    [
      'what a run before a reset has approved',
      [issueIs('approved'), log, propertyIs({ workflowId, approval: record({}) })],
      'PolicyViolation',
      /another run has approved it/,
    ],
    [
      'a request that was used earlier',
      [issueIs('waiting'), log, propertyIs({ workflowId, usedRequests: ['r-1'] })],
      'PolicyViolation',
      /used already/,
    ],
    [
      'a declined ticket',
      [issueIs('declined'), log, propertyIs({ workflowId })],
      'Conflict',
      /Declined to Approved/,
    ],
    ['a draft', [issueIs('draft'), log, propertyIs({ workflowId })], 'Conflict', /Draft to Approved/],
    [
      'a deploy under way',
      [issueIs('deploying'), log, propertyIs({ workflowId })],
      'Conflict',
      /Deploying to/,
    ],
  ];
  for (const [what, reads, type, why] of refusals)
    it(`does not approve ${what}`, () =>
      withLoopback([fields, ...reads], async (url) => {
        const run = () => inRun(() => approving(changesAt(url)));
        const failure = await assertFails(run, type as Parameters<typeof assertFails>[1]);
        assert.match(failure.message, why);
      }));

  it('approves anew what another run approved once it waits again', () =>
    withLoopback(
      [
        ...[fields, issueIs('waiting'), log, propertyIs({ workflowId, approval: record({}) }), setProperty()],
        ...[statusIs('waiting'), ways('approved'), take()],
      ],
      async (url, seen) => {
        assert.deepEqual(await inRun(() => approving(changesAt(url))), { changed: true });
        const { usedRequests } = seen.find(({ method }) => method === 'PUT')?.body as Record<string, unknown>;
        assert.deepEqual(usedRequests, ['r-0']);
      },
    ));

  it('does not approve by policy alone what people must look at', () =>
    withLoopback([fields, issueIs('manualReview'), log, propertyIs({ workflowId })], async (url) => {
      const run = () => inRun(() => changesAt(url).approveChange(approvalOf(null)));
      assert.match((await assertFails(run, 'PolicyViolation')).message, /needs a person/);
    }));

  it('rewrites a comment of ours that somebody else edited', async () => {
    let digest: unknown;
    const body = [paragraph('x')];
    const post: Expected = {
      ...{ method: 'POST', path: commentPath },
      respond: (request) => {
        const [property] = (request.body as { properties: { value: { digest: string } }[] }).properties;
        digest = property?.value.digest;
        return { status: 201, body: { id: '9' } };
      },
    };
    await withLoopback([said(), post], async (url) => {
      await changesAt(url).writeComment({ ...ticket, key: 'verdict', body });
    });
    const own = { key: 'verdict', digest: String(digest) };
    const put: Expected = { method: 'PUT', path: `${commentPath}/9`, respond: { body: { id: '9' } } };
    await withLoopback([said(own)], async (url) => {
      assert.equal((await changesAt(url).writeComment({ ...ticket, key: 'verdict', body })).changed, false);
    });
    await withLoopback([said(own, { updateAuthor: { accountId: 'eve-1' } }), put], async (url, seen) => {
      assert.equal((await changesAt(url).writeComment({ ...ticket, key: 'verdict', body })).changed, true);
      assert.deepEqual((seen[1]?.body as { properties: unknown }).properties, [
        { key: 'lockkeeper', value: own },
      ]);
    });
  });

  it('is not silenced by another person’s comment with our property', () => {
    const planted = said({ key: 'verdict' }, { author: { accountId: 'eve-1' } });
    const post: Expected = {
      method: 'POST',
      path: commentPath,
      respond: { status: 201, body: { id: '10' } },
    };
    return withLoopback([planted, post], async (url) => {
      const written = await changesAt(url).writeComment({
        ...ticket,
        key: 'verdict',
        body: [paragraph('x')],
      });
      assert.deepEqual(written, { commentId: '10', changed: true });
    });
  });
});
