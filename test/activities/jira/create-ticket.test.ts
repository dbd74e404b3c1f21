import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { CancelledFailure } from '@temporalio/common';
import { installHttp } from '../../../activities/http.ts';
import { paragraph } from '../../../workflows/shared/comment.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { asActivityOf, jiraAt } from '../../support/jira-site.ts';
import { withLoopback, type Expected, type Respond } from '../../support/loopback.ts';

const key = 'drift-sweep/the "object" differs/prod-a';
const label = `lk-${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
const order = {
  ...{ site: 'acme', key, issueType: 'Task', summary: 'Drift\nin prod-a' },
  ...{ body: [paragraph('It differs.')], labels: ['lockkeeper-drift'] },
};

interface Found {
  readonly creator?: string;
  readonly category?: string;
  readonly value?: unknown;
}
const issue = ({ creator = 'bot-1', category = 'new', value = { key } }: Found, index: number) => ({
  id: String(501 + index),
  key: `DEVOPS-${501 + index}`,
  fields: {
    creator: { accountId: creator },
    status: { id: '1', name: 'To Do', statusCategory: { id: 2, key: category } },
  },
  properties: value === null ? {} : { lockkeeper: value },
});
const search = (...found: Found[]): Expected => ({
  method: 'POST',
  path: '/rest/api/3/search/jql',
  respond: { body: { issues: found.map(issue), nextPageToken: null } },
});
const create = (respond: Respond): Expected => ({ method: 'POST', path: '/rest/api/3/issue', respond });
const created = create({
  status: 201,
  body: { id: '600', key: 'DEVOPS-600', self: 'https://acme.test/600' },
});
const searches = (times: number) => Array.from({ length: times }, () => search());

describe('jira client: creating a ticket', () => {
  let http: ReturnType<typeof installHttp>;
  let pauses: number[];
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());
  beforeEach(() => (pauses = []));

  const ensure = (url: string, attempt = 1, pause = async (ms: number) => void pauses.push(ms)) =>
    asActivityOf('drift-sweep', () => jiraAt(url, { pause }).createTicket(order), attempt);

  it('looks first, then creates with label, property and plain text', () =>
    withLoopback([search(), created], async (url, seen) => {
      assert.deepEqual(await ensure(url), { issueId: '600', ticket: 'DEVOPS-600', created: true });
      const { jql, properties } = seen[0]?.body as Record<string, unknown>;
      assert.equal(jql, `project = "DEVOPS" AND labels = "${label}" ORDER BY created ASC`);
      assert.deepEqual(properties, ['lockkeeper']);
      const sent = seen[1]?.body as { fields: Record<string, unknown>; properties: unknown };
      const { description, ...fields } = sent.fields;
      assert.match(JSON.stringify(description), /^{"type":"doc".*It differs\./);
      assert.deepEqual(fields, {
        ...{ project: { key: 'DEVOPS' }, issuetype: { name: 'Task' }, summary: 'Drift in prod-a' },
        labels: [label, 'lockkeeper-drift'],
      });
      assert.deepEqual(sent.properties, [{ key: 'lockkeeper', value: { key, version: 1 } }]);
      assert.deepEqual(pauses, []);
    }));

  it('adopts the oldest open issue of the key', () =>
    withLoopback([search({ category: 'done' }, { category: 'indeterminate' }, {})], async (url) =>
      assert.deepEqual(await ensure(url), { issueId: '502', ticket: 'DEVOPS-502', created: false }),
    ));

  const strangers: [string, Found][] = [
    ['is closed', { category: 'done' }],
    ['somebody else made with our label', { creator: 'eve-1' }],
    ['has the label and no property', { value: null }],
    ['is of another key', { value: { key: 'drift-sweep/else/prod-a' } }],
    ['has a property that is none of ours', { value: 7 }],
  ];
  for (const [name, found] of strangers)
    it(`is not silenced by an issue that ${name}`, () =>
      withLoopback([search(found), created], async (url) => assert.equal((await ensure(url)).created, true)));

  it('adopts what a lost answer left behind, as soon as the search knows of it', () =>
    withLoopback([...searches(3), search({}), create('lost')], async (url) => {
      assert.deepEqual(await ensure(url), { issueId: '501', ticket: 'DEVOPS-501', created: false });
      assert.deepEqual(pauses, [5_000, 10_000, 20_000]);
    }));

  it('creates no second one in the same attempt when nothing turns up', () =>
    withLoopback([...searches(7), create('hang')], async (url) => {
      await assertFails(() => ensure(url), 'Unavailable');
      assert.deepEqual(pauses, [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    }));

  it('looks as long before it creates in a later attempt: the worker may have died after the call', () =>
    withLoopback([...searches(7), created], async (url) => {
      assert.equal((await ensure(url, 2)).created, true);
      assert.equal(pauses.length, 6);
    }));

  it('adopts in a later attempt what the first one made', () =>
    withLoopback([search(), search({})], async (url) => {
      assert.equal((await ensure(url, 2)).created, false);
    }));

  it('looks again when Jira answers in a form that nobody knows', () =>
    withLoopback([search(), search({}), create({ status: 201, body: { number: 600 } })], async (url) =>
      assert.equal((await ensure(url)).ticket, 'DEVOPS-501'),
    ));

  it('ends when it is cancelled while it waits', () =>
    withLoopback([search(), create('lost')], async (url) => {
      const pause = () => Promise.reject(new CancelledFailure('cancelled'));
      await assert.rejects(ensure(url, 1, pause), CancelledFailure);
    }));

  for (const [name, respond, type] of vendorFailures) {
    const unknown = type === 'Unavailable';
    it(`creating meets ${name}: ${type}${unknown ? ', after looking again' : ' at once'}`, () =>
      withLoopback([...searches(unknown ? 7 : 1), create(respond)], async (url) => {
        await assertFails(() => ensure(url), type, respond);
        assert.equal(pauses.length, unknown ? 6 : 0);
      }));
    it(`looking meets ${name}: ${type}, and creates nothing`, () =>
      withLoopback([{ ...search(), respond }], async (url) => {
        await assertFails(() => ensure(url), type, respond);
      }));
  }
});
