import assert from 'node:assert/strict';
import { paragraph } from '../../../workflows/shared/comment.ts';
import type { TicketEdit } from '../../../activities/jira/findings/port.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { asActivityOf } from '../../support/jira-site.ts';
import { withLoopback, type Expected, type Respond } from '../../support/loopback.ts';
import {
  fieldsAre,
  formFields,
  formTypes,
  issueOf,
  markOf,
  reply,
  search,
  ticketsAt,
  useHttp,
} from './finding-site.ts';

const mark = markOf('a');
const edit: TicketEdit = {
  ...{ issueId: '501', comment: null, fields: [], description: null, dueDate: null, addLabels: [] },
  mark,
};
const put = (respond: Respond = { status: 204 }) => reply('PUT', 'issue/501', respond);
const property = { key: 'lockkeeper', value: { version: 1, workflowId: 'halo-sync:halo', finding: mark } };

describe('finding tickets: editing', () => {
  useHttp();

  it('writes comment, fields, labels and mark in one call', () =>
    withLoopback([fieldsAre(), put()], async (url, seen) => {
      await ticketsAt(url).edit({
        ...edit,
        ...{ comment: [paragraph('News.')], description: [paragraph('Now.')], dueDate: '2026-12-01' },
        addLabels: ['flapping'],
        fields: [
          { to: 'Halo Rule Key', value: 'csm::1' },
          { to: 'Owner Team', value: 'data' },
          { to: 'Labels', value: ['one two'] },
          { to: 'Components', value: ['servers'] },
        ],
      });
      const { fields, update, properties } = seen[1]?.body as Record<string, Record<string, unknown>>;
      assert.deepEqual(properties, [property]);
      const { description, ...others } = fields ?? {};
      assert.match(JSON.stringify(description), /Now\./);
      assert.deepEqual(others, {
        ...{ duedate: '2026-12-01', customfield_10081: 'csm::1', customfield_10085: { value: 'data' } },
      });
      const { comment, ...adds } = update ?? {};
      assert.match(JSON.stringify(comment), /^\[{"add":{"body":{"type":"doc".*News\./);
      assert.deepEqual(adds, {
        ...{ labels: [{ add: 'flapping' }, { add: 'one_two' }], components: [{ add: { name: 'servers' } }] },
      });
      assert.equal(seen[1]?.query.get('notifyUsers'), null);
    }));

  it('writes the mark alone when there is nothing else to say', () =>
    withLoopback([put()], async (url, seen) => {
      await ticketsAt(url).edit(edit);
      assert.deepEqual(seen[0]?.body, { properties: [property] });
    }));

  it('knows the form of a ticket that it looked up', () => {
    const fields = [
      { to: 'Owner Team', value: 'DATA' },
      { to: 'Severity', value: 'high' },
    ];
    const expected = [fieldsAre(), search(issueOf('501', 'a')), formTypes, formFields(), put()];
    return withLoopback(expected, async (url, seen) => {
      const tickets = ticketsAt(url);
      await tickets.lookUp(['a']);
      await tickets.edit({ ...edit, fields });
      const sent = (seen[4]?.body as { fields: unknown }).fields;
      assert.deepEqual(sent, { customfield_10085: { id: '10202' }, customfield_10091: 'high' });
    });
  });

  it('refuses a name that several fields have on a form it does not know', () =>
    withLoopback([fieldsAre()], async (url) => {
      const fields = [{ to: 'Severity', value: 'high' }];
      const failure = await assertFails(() => ticketsAt(url).edit({ ...edit, fields }), 'InvalidInput');
      assert.match(failure.message, /field Severity: several fields have this name/);
    }));

  const notThere =
    "Field 'customfield_10081' cannot be set. It is not on the appropriate screen, or unknown.";
  const fields = [
    { to: 'Halo Rule Key', value: 'k' },
    { to: 'Score', value: 7 },
  ];
  it('does without a field that the ticket’s present project does not have', () => {
    const refusal = put({
      status: 400,
      body: { errorMessages: [], errors: { customfield_10081: notThere } },
    });
    return withLoopback([fieldsAre(), refusal, put()], async (url, seen) => {
      await asActivityOf('halo-sync:halo', () => ticketsAt(url).edit({ ...edit, fields }));
      assert.deepEqual(seen[2]?.body, { fields: { customfield_10090: 7 }, properties: [property] });
    });
  });

  it('names the field of any other refusal', () => {
    const errors = { customfield_10081: notThere, customfield_10090: 'customfield_10090 is too large' };
    const refusal = put({ status: 400, body: { errorMessages: [], errors } });
    return withLoopback([fieldsAre(), refusal], async (url) => {
      const failure = await assertFails(() => ticketsAt(url).edit({ ...edit, fields }), 'InvalidInput');
      assert.match(failure.message, /Score: Score is too large/);
    });
  });

  describe('when Jira fails', () => {
    useHttp(100);
    for (const [name, respond, type] of vendorFailures)
      it(`editing meets ${name}: ${type}, and asks no second time`, () =>
        withLoopback([put(respond)], async (url) => {
          await assertFails(() => ticketsAt(url).edit(edit), type, respond);
        }));
  });
});

describe('finding tickets: links and files', () => {
  useHttp();
  const link = { from: '501', to: '400', type: 'duplicates' } as const;
  const posted = (respond: Respond = { status: 201 }) => reply('POST', 'issueLink', respond);
  const linksAre = (...issuelinks: object[]): Expected =>
    reply('GET', 'issue/501', { body: { id: '501', key: 'SEC-501', fields: { issuelinks } } });

  it('links the first to the second, without a look', () =>
    withLoopback([posted()], async (url, seen) => {
      await ticketsAt(url).link(link);
      assert.deepEqual(seen[0]?.body, {
        ...{ type: { name: 'Duplicate' }, inwardIssue: { id: '501' }, outwardIssue: { id: '400' } },
      });
    }));

  const there: [string, object, boolean][] = [
    ['is there', { type: { name: 'Duplicate' }, outwardIssue: { id: '400' } }, true],
    ['is of another type', { type: { name: 'Relates' }, outwardIssue: { id: '400' } }, false],
    ['leads elsewhere', { type: { name: 'Duplicate' }, inwardIssue: { id: '401' } }, false],
  ];
  for (const [name, found, isThere] of there)
    it(`a later attempt looks whether the link ${name}`, () =>
      withLoopback([linksAre(found), ...(isThere ? [] : [posted()])], async (url) =>
        asActivityOf('halo-sync:halo', () => ticketsAt(url).link(link), 2),
      ));

  const file = { issueId: '501', name: 'finding.json', json: '{"ä":1}' };
  const filesAre = (...names: string[]): Expected => {
    const attachment = names.map((filename) => ({ filename }));
    return reply('GET', 'issue/501', { body: { id: '501', key: 'SEC-501', fields: { attachment } } });
  };
  const upload = (respond: Respond = { body: [] }) => reply('POST', 'issue/501/attachments', respond);

  it('attaches a file with the header that Jira asks for', () =>
    withLoopback([filesAre('other.json'), upload()], async (url, seen) => {
      await ticketsAt(url).attach(file);
      assert.equal(seen[1]?.headers['x-atlassian-token'], 'no-check');
      assert.match(String(seen[1]?.headers['content-type']), /^multipart\/form-data; boundary=/);
      assert.match(String(seen[1]?.body), /name="file"; filename="finding\.json"[\s\S]*{"ä":1}/);
    }));

  it('attaches a file once', () =>
    withLoopback([filesAre('finding.json')], async (url) => ticketsAt(url).attach(file)));

  describe('when Jira fails', () => {
    useHttp(100);
    for (const [name, respond, type] of vendorFailures) {
      it(`linking meets ${name}: ${type}`, () =>
        withLoopback([posted(respond)], async (url) => {
          await assertFails(() => ticketsAt(url).link(link), type, respond);
        }));
      it(`attaching meets ${name}: ${type}`, () =>
        withLoopback([filesAre(), upload(respond)], async (url) => {
          await assertFails(() => ticketsAt(url).attach(file), type, respond);
        }));
    }
  });
});
