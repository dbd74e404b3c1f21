import assert from 'node:assert/strict';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { withLoopback, type Respond, type SeenRequest } from '../../support/loopback.ts';
import {
  fieldsAre,
  formFields,
  formTypes,
  idField,
  labelOf,
  markOf,
  orderOf,
  reply,
  ticketsAt,
  useHttp,
} from './finding-site.ts';

interface SentIssue {
  readonly fields: Record<string, unknown>;
  readonly properties: unknown;
}
const issuesOf = ({ body }: Pick<SeenRequest, 'body'>) =>
  (body as { issueUpdates: SentIssue[] }).issueUpdates;
const bulk = (respond: Respond) => reply('POST', 'issue/bulk', respond);
const created = (id: number) => ({ id: String(id), key: `SEC-${id}`, self: `https://acme.test/${id}` });
const refusal = (at: number, errors: Record<string, string>, errorMessages: string[] = []) => ({
  ...{ status: 400, failedElementNumber: at, elementErrors: { errorMessages, errors } },
});
/** Makes all of them but what `isBad`. */
const bulkBut =
  (isBad: (issue: SentIssue) => boolean): Respond =>
  (request) => {
    const all = issuesOf(request);
    if (all.some(isBad) && all.length > 1) return { status: 413, body: 'too large' };
    if (all.some(isBad)) return { status: 400, body: { errorMessages: ['cannot be read'], errors: {} } };
    return { status: 201, body: { issues: all.map((_, at) => created(700 + at)), errors: [] } };
  };

describe('finding tickets: creating', () => {
  useHttp();

  it('sends everything in the create call: fields, labels, id and mark', () => {
    const order = orderOf('a "1"', {
      ...{ summary: 'two\nlines', priority: 'High', components: ['servers'], assigneeAccountId: 'sue-1' },
      ...{ dueDate: '2026-12-01', labels: ['halo'] },
      fields: [
        { to: 'Halo Rule Key', value: 'csm::1' },
        { to: 'Owner Team', value: 'Payments' },
        { to: 'Severity', value: 'high' },
        { to: 'labels', value: ['from mapping', 'halo'] },
        { to: 'Halo Issue ID', value: 'another' },
      ],
    });
    const answer = bulk({ status: 201, body: { issues: [created(700)], errors: [] } });
    return withLoopback([fieldsAre(), formTypes, formFields(), answer], async (url, seen) => {
      const outcomes = await ticketsAt(url).createMany([order]);
      assert.deepEqual(outcomes, [{ state: 'created', issueId: '700', key: 'SEC-700' }]);
      const [issue] = seen[3] ? issuesOf(seen[3]) : [];
      const { description, ...fields } = issue?.fields ?? {};
      assert.match(JSON.stringify(description), /^{"type":"doc".*It is there\./);
      assert.deepEqual(fields, {
        ...{ project: { key: 'SEC' }, issuetype: { name: 'Security Finding' }, summary: 'two lines' },
        ...{ priority: { name: 'High' }, assignee: { accountId: 'sue-1' }, duedate: '2026-12-01' },
        components: [{ name: 'servers' }],
        ...{ customfield_10081: 'csm::1', customfield_10085: { id: '10201' }, customfield_10091: 'high' },
        labels: [labelOf('a "1"'), 'halo', 'from_mapping'],
        [idField]: 'a "1"',
      });
      const value = { version: 1, workflowId: 'halo-sync:halo', finding: markOf('a "1"') };
      assert.deepEqual(issue?.properties, [{ key: 'lockkeeper', value }]);
    });
  });

  it('sends at most fifty in a call', () => {
    const answer = bulk(bulkBut(() => false));
    return withLoopback([fieldsAre(), answer, answer, answer], async (url, seen) => {
      const orders = Array.from({ length: 101 }, (_, index) => orderOf(`id-${index}`));
      const outcomes = await ticketsAt(url).createMany(orders);
      assert.equal(outcomes.filter(({ state }) => state === 'created').length, 101);
      assert.deepEqual(
        seen.slice(1).map((request) => issuesOf(request).length),
        [50, 50, 1],
      );
    });
  });

  it('tells created from refused when a call failed in part, in Jira’s words', () => {
    const errors = [
      refusal(0, { customfield_10085: 'Owner Team is required.' }),
      refusal(2, { summary: 'customfield_10080 is wrong\u001b[31m' }, ['No permission.']),
    ];
    const answer = bulk({ status: 201, body: { issues: [created(700), created(701)], errors } });
    return withLoopback([fieldsAre(), answer], async (url) => {
      const orders = ['a', 'b', 'c', 'd'].map((id) => orderOf(id));
      assert.deepEqual(await ticketsAt(url).createMany(orders), [
        { state: 'refused', reason: 'Owner Team: Owner Team is required.' },
        { state: 'created', issueId: '700', key: 'SEC-700' },
        { state: 'refused', reason: 'No permission.; Summary: Halo Issue ID is wrong' },
        { state: 'created', issueId: '701', key: 'SEC-701' },
      ]);
    });
  });

  it('takes a 400 of all for the refusal of each', () => {
    const errors = [refusal(1, {}, ['second']), refusal(0, {}, ['first'])];
    const answer = bulk({ status: 400, body: { issues: [], errors } });
    return withLoopback([fieldsAre(), answer], async (url) =>
      assert.deepEqual(await ticketsAt(url).createMany([orderOf('a'), orderOf('b')]), [
        { state: 'refused', reason: 'first' },
        { state: 'refused', reason: 'second' },
      ]),
    );
  });

  it('halves a call that was refused as a whole, until the bad order is alone', () => {
    const answer = bulk(bulkBut(({ fields }) => fields[idField] === 'bad'));
    const expected = [fieldsAre(), ...Array.from({ length: 5 }, () => answer)];
    return withLoopback(expected, async (url) => {
      const orders = ['a', 'bad', 'c', 'd'].map((id) => orderOf(id));
      const outcomes = await ticketsAt(url).createMany(orders);
      assert.deepEqual(
        outcomes.map(({ state }) => state),
        ['created', 'refused', 'created', 'created'],
      );
      assert.match(JSON.stringify(outcomes[1]), /cannot be read/);
    });
  });

  it('splits by bytes as well', () => {
    const answer = bulk(bulkBut(() => false));
    const long = ['Description', 'Notes'].map((to) => ({ to, value: 'ü'.repeat(40_000) }));
    return withLoopback([fieldsAre(), answer, answer], async (url, seen) => {
      const huge = Array.from({ length: 34 }, (_, index) => orderOf(`id-${index}`, { fields: long }));
      await ticketsAt(url).createMany(huge);
      const sizes = seen.slice(1).map(({ headers }) => Number(headers['content-length']));
      assert.equal(
        sizes.every((size) => size > 0 && size < 4_010_000),
        true,
        sizes.join(),
      );
      assert.equal(
        seen.slice(1).reduce((sum, request) => sum + issuesOf(request).length, 0),
        34,
      );
    });
  });

  const wrong: [string, Parameters<typeof orderOf>[1], RegExp][] = [
    ['a field nobody has', { fields: [{ to: 'Nonsense', value: 1 }] }, /field Nonsense: no field/],
    [
      'a number that is none',
      { fields: [{ to: 'Score', value: 'high' }] },
      /field Score: "high" is not a num/,
    ],
    ['the project', { fields: [{ to: 'Project', value: 'X' }] }, /field Project: it is not for findings/],
    ['an unknown choice', { fields: [{ to: 'Owner Team', value: 'x' }] }, /"x" is none of platform, pay/],
  ];
  for (const [name, own, reason] of wrong)
    it(`refuses ${name} before any call, and makes the others`, () => {
      const form = name === 'an unknown choice' ? [formTypes, formFields()] : [];
      const answer = bulk({ status: 201, body: { issues: [created(700)], errors: [] } });
      return withLoopback([fieldsAre(), ...form, answer], async (url) => {
        const [bad, good] = await ticketsAt(url).createMany([orderOf('a', own), orderOf('b')]);
        assert.equal(good?.state, 'created');
        assert.match(bad?.state === 'refused' ? bad.reason : '', reason);
      });
    });

  it('asks for the fields again when one is new, but not every time', () => {
    let now = 0;
    const fresh = fieldsAre([
      { id: 'customfield_10080', name: 'Halo Issue ID', schema: { type: 'string' } },
      { id: 'customfield_7', name: 'Fresh', schema: { type: 'number' } },
    ]);
    const answer = bulk(bulkBut(() => false));
    return withLoopback([fieldsAre(), fresh, answer], async (url) => {
      const tickets = ticketsAt(url, () => now);
      const order = orderOf('a', { fields: [{ to: 'Fresh', value: '4' }] });
      assert.equal((await tickets.createMany([order]))[0]?.state, 'refused');
      now = 60_000;
      assert.equal((await tickets.createMany([order]))[0]?.state, 'created');
    });
  });

  const strange: [string, object][] = [
    ['too few', { issues: [created(700)], errors: [] }],
    ['too many', { issues: [created(700), created(701), created(702)], errors: [] }],
    ['an error of nobody', { issues: [created(700)], errors: [refusal(7, {})] }],
    ['nothing', {}],
  ];
  for (const [name, body] of strange)
    it(`calls an answer with ${name} unknown`, () =>
      withLoopback([fieldsAre(), bulk({ status: 201, body })], async (url) => {
        const orders = [orderOf('a'), orderOf('b')];
        await assertFails(() => ticketsAt(url).createMany(orders), 'UnsupportedResponse');
      }));

  describe('when Jira fails', () => {
    useHttp(100);
    for (const [name, respond, type] of vendorFailures)
      it(`creating meets ${name}: ${type}, and asks no second time`, () =>
        withLoopback([fieldsAre(), bulk(respond)], async (url) => {
          await assertFails(() => ticketsAt(url).createMany([orderOf('a'), orderOf('b')]), type, respond);
        }));
  });

  it('calls the outcome unknown when a later call of the same orders fails', () => {
    const limited: Respond = { status: 429, headers: { 'retry-after': '7' }, body: 'later' };
    return withLoopback([fieldsAre(), bulk(bulkBut(() => false)), bulk(limited)], async (url) => {
      const orders = Array.from({ length: 51 }, (_, index) => orderOf(`id-${index}`));
      const failure = await assertFails(() => ticketsAt(url).createMany(orders), 'Unavailable', limited);
      assert.match(failure.message, /tickets of the same page had been created/);
    });
  });
});
