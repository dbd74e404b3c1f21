import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { createJiraChangesActivities } from '../../../activities/jira/changes/activities.ts';
import { createJiraChangesClient } from '../../../activities/jira/changes/client.ts';
import type { JiraChangesPort } from '../../../activities/jira/changes/port.ts';
import { paragraph } from '../../../workflows/shared/comment.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { asActivityOf, issuePath } from '../../support/jira-site.ts';
import { withLoopback, type Expected, type Respond } from '../../support/loopback.ts';
import { approvalOf, build, changesAt, listedFields, scheme, ticket, workflowId } from './change-site.ts';

const fieldsAre = (listed: readonly object[] = listedFields): Expected => ({
  ...{ method: 'GET', path: '/rest/api/3/field', respond: { body: listed } },
});
const searchWith = (respond: Respond): Expected => ({
  ...{ method: 'POST', path: '/rest/api/3/search/jql', respond },
});
const nothing = searchWith({ body: { issues: [] } });
const jqlOf = (seen: readonly { body: unknown }[], index: number) =>
  (seen[index]?.body as { jql: string }).jql;

describe('jira changes client: reads', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());

  it('searches by the custom fields’ ids, with quoted words', () =>
    withLoopback([fieldsAre(), nothing], async (url, seen) => {
      const odd = { ...build, build: 'a"b\\c' };
      const found = await changesAt(url).findChange({ site: 'acme', build: odd });
      assert.deepEqual(found, { ticket: null, ended: 0 });
      assert.equal(
        jqlOf(seen, 1),
        'project = "PRODCM" AND issuetype = "Change Request" AND cf[10064] ~ "\\"a b c\\"" ORDER BY created ASC, key ASC',
      );
    }));

  it('reads all pages, and only compares exactly', () => {
    const issue = (id: string, number: string) => ({
      ...{ id, key: `PRODCM-${id}` },
      fields: {
        ...{ summary: 's', status: { id: '1', name: 'Draft' }, updated: '2026-11-22T10:00:00.000+0000' },
        ...{ customfield_10061: 'production', customfield_10062: 'shop/web', customfield_10064: number },
      },
    });
    const pages = [
      searchWith({ body: { issues: [issue('1', '4711 b')], nextPageToken: 'next' } }),
      searchWith({ body: { issues: [issue('2', '4711')] } }),
    ];
    const gone: Expected = { method: 'GET', path: '/rest/api/3/issue/2', respond: { status: 404, body: {} } };
    return withLoopback([fieldsAre(), ...pages, gone], async (url, seen) => {
      assert.equal((await changesAt(url).findChange({ site: 'acme', build })).ticket, null);
      assert.equal((seen[2]?.body as { nextPageToken: string }).nextPageToken, 'next');
    });
  });

  it('sends the configuration’s search for incidents as it is', () => {
    const incidentJql = 'project = INC AND priority = Highest ORDER BY created';
    const incidents = searchWith({
      body: { issues: [{ id: '7', key: 'INC-7', fields: { summary: 'down' } }] },
    });
    return withLoopback([fieldsAre(), nothing, nothing, incidents], async (url, seen) => {
      const jira = changesAt(url, { scheme: { ...scheme, incidentJql } });
      const history = await jira.readHistory({ ...ticket, build });
      assert.deepEqual(history, {
        ...{ lastApproved: null, related: [], incidents: [{ ticket: 'INC-7', summary: 'down' }] },
      });
      assert.match(jqlOf(seen, 1), /cf\[10062\] ~ .* AND cf\[10061\] ~ .* ORDER BY updated DESC$/);
      assert.match(jqlOf(seen, 2), /status NOT IN \("Declined", "Canceled", "Closed"\)/);
      assert.equal(jqlOf(seen, 3), incidentJql);
    });
  });

  it('begins the month a day early, for Jira reads dates in a time zone of its own', () =>
    withLoopback([fieldsAre(), nothing], async (url, seen) => {
      await changesAt(url).listAutoApproved({ site: 'acme', month: '2026-03' });
      assert.match(jqlOf(seen, 1), /updated >= "2026-02-28"/);
    }));

  it('looks the fields up once, among custom fields only', () =>
    withLoopback([fieldsAre(), nothing, nothing], async (url) => {
      const jira = changesAt(url);
      await jira.findChanges({ site: 'acme', changedWithinMinutes: 5 });
      await jira.findChanges({ site: 'acme', changedWithinMinutes: 5 });
    }));

  const wrongFields: [string, readonly object[], 'NotFound' | 'InvalidInput'][] = [
    ['is missing', listedFields.filter(({ name }) => name !== 'Commit SHA'), 'NotFound'],
    ['is there twice', [...listedFields, { id: 'customfield_1', name: 'Commit SHA' }], 'InvalidInput'],
  ];
  for (const [what, listed, type] of wrongFields)
    it(`names a field that ${what}, and asks again the next time`, () =>
      withLoopback([fieldsAre(listed), fieldsAre(), nothing], async (url) => {
        const jira = changesAt(url);
        const find = () => jira.findChange({ site: 'acme', build });
        const failure = await assertFails(find, type);
        assert.match(failure.message, /field Commit SHA: .* processes\.change\.fields/);
        await find();
      }));

  it('refuses a field of another type', () => {
    const odd = {
      ...{ id: '10024', key: 'PRODCM-24' },
      fields: {
        ...{ summary: 's', status: { id: '1', name: 'Draft' }, project: { key: 'PRODCM' } },
        ...{ issuetype: { name: 'Change Request' }, created: '2026-11-22T10:00:00.000+0000' },
        customfield_10061: { value: 'production' },
      },
    };
    const log: Expected = {
      ...{ method: 'GET', path: `${issuePath}/changelog` },
      respond: { body: { values: [], startAt: 0, maxResults: 100, total: 0, isLast: true } },
    };
    const read: Expected = { method: 'GET', path: issuePath, respond: { body: odd } };
    return withLoopback([fieldsAre(), read, log], async (url) => {
      await assertFails(() => changesAt(url).readChange(ticket), 'UnsupportedResponse');
    });
  });

  for (const [name, respond, type] of vendorFailures) {
    it(`searching meets ${name}: ${type}`, () =>
      withLoopback([fieldsAre(), searchWith(respond)], async (url) => {
        await assertFails(() => changesAt(url).readHistory({ ...ticket, build }), type, respond);
      }));
    it(`reading meets ${name}: ${type}`, () =>
      withLoopback([fieldsAre(), { method: 'GET', path: issuePath, respond }], async (url) => {
        await assertFails(() => changesAt(url).readChange(ticket), type, respond);
      }));
  }

  it('knows its own site only', async () => {
    const elsewhere = { ...ticket, site: 'elsewhere' };
    await assertFails(() => changesAt('http://127.0.0.1:1').readChange(elsewhere), 'InvalidInput');
    const options = { sites: [], scheme, personOf: () => null, guard: () => Promise.reject(new Error()) };
    assert.throws(() => createJiraChangesClient(options), /acme is none of jira\.sites/);
  });
});

const good = {
  findChange: { site: 'acme', build },
  createChange: {
    ...{ site: 'acme', key: 'k', workflowId, build, details: { summary: 's' } },
    body: [paragraph('x')],
  },
  readChange: ticket,
  fillChange: { ...ticket, details: {} },
  linkChange: { ...ticket, workflowId },
  moveChange: { ...ticket, to: 'waiting' },
  approveChange: approvalOf('r-1'),
  writeComment: { ...ticket, key: 'k', body: [paragraph('x')] },
  readHistory: { ...ticket, build },
  findChanges: { site: 'acme', changedWithinMinutes: 5 },
  listAutoApproved: { site: 'acme', month: '2026-10' },
} as const satisfies Record<keyof JiraChangesPort, object>;
type Verb = keyof typeof good;

describe('jira changes activities', () => {
  const handed: unknown[] = [];
  const answer = { ticket: null, ended: 0, length: 0 };
  const port = Object.fromEntries(
    Object.keys(good).map((verb) => [verb, async (input: unknown) => (handed.push(input), answer)]),
  ) as unknown as JiraChangesPort;
  const call = (verb: Verb, input: object) =>
    asActivityOf(workflowId, () =>
      (createJiraChangesActivities(port)[verb] as (given: object) => Promise<unknown>)(input),
    );

  for (const verb of Object.keys(good) as Verb[])
    it(`${verb} hands its input on as it is, with what this check does not know`, async () => {
      const input = { ...good[verb], later: 1 };
      assert.equal(await call(verb, input), answer);
      assert.equal(handed.at(-1), input);
    });

  const wrong: [Verb, object, RegExp][] = [
    ['readChange', { issueId: '../1' }, /issueId: /],
    ['findChange', { build: { ...build, sha: 'main' } }, /build\.sha: 40 hex digits/],
    ['findChange', { build: { ...build, build: '1/2' } }, /build\.build: /],
    ['findChange', { build: { ...build, branch: 'a\nb' } }, /build\.branch: one line/],
    ['findChange', { build: { ...build, branch: 'b'.repeat(256) } }, /build\.branch: one line/],
    ['createChange', { details: {} }, /details\.summary: /],
    ['createChange', { body: [] }, /body: /],
    ['moveChange', { to: 'approved' }, /to: /],
    ['moveChange', { to: 'Done' }, /to: /],
    ['approveChange', { permission: null }, /permission: /],
    ['approveChange', { permission: { build } }, /permission\.policy: /],
    ['approveChange', { at: 'now' }, /at: /],
    ['fillChange', { details: { components: 'web' } }, /details\.components: /],
    ['findChanges', { changedWithinMinutes: 0 }, /changedWithinMinutes: /],
    ['listAutoApproved', { month: '2026-13' }, /month: a month such as/],
  ];
  for (const [verb, change, fault] of wrong)
    it(`${verb} refuses ${Object.keys(change).join()}: ${fault.source}`, async () => {
      const failure = await assertFails(() => call(verb, { ...good[verb], ...change }), 'InvalidInput');
      assert.match(failure.message, fault);
    });
});
