import assert from 'node:assert/strict';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { withLoopback, type Expected } from '../../support/loopback.ts';
import { fieldsAre, formFields, formTypes, reply, ticketsAt, useHttp } from './finding-site.ts';

const form = { project: 'SEC', issueType: 'Security Finding', fields: ['Owner Team'] };
const needed = ['summary', 'description', 'labels', 'customfield_10080'];

describe('finding tickets: the create form', () => {
  useHttp();

  it('finds nothing wrong with a good order, and reads once', () =>
    withLoopback([formTypes, formFields(), fieldsAre()], async (url) => {
      const tickets = ticketsAt(url);
      assert.deepEqual(await tickets.findFormFaults(form), []);
      assert.deepEqual(await tickets.findFormFaults(form), []);
    }));

  const faults: [string, Expected, readonly string[], string[]][] = [
    [
      'a required field that nothing sets',
      formFields(['summary', 'customfield_10085']),
      [],
      ['the create form of Security Finding in SEC requires the field "Owner Team", which nothing sets'],
    ],
    ['a required field that is set', formFields(['summary', 'customfield_10085']), ['Owner Team'], []],
    [
      'a required field with a default',
      formFields(['customfield_10085'], undefined, ['customfield_10085']),
      [],
      [],
    ],
    ['a field that nobody has', formFields(), ['Nonsense'], ['there is no field "Nonsense"']],
    [
      'a field that is not on the form',
      formFields(),
      ['Halo Rule Key', 'Score'],
      ['Halo Rule Key', 'Score'].map(
        (name) => `the field "${name}" is not on the create form of Security Finding in SEC`,
      ),
    ],
    ['a name that two fields have, one of them here', formFields(), ['Severity'], []],
    [
      'a name that two fields have here',
      formFields(undefined, [...needed, 'customfield_10091', 'customfield_10092']),
      ['Severity'],
      ['2 fields on Security Finding in SEC are called "Severity"'],
    ],
    [
      'a form without what every order sets',
      formFields([], ['summary', 'description']),
      [],
      ['Labels', 'Halo Issue ID'].map(
        (name) => `the field "${name}" is not on the create form of Security Finding in SEC`,
      ),
    ],
    [
      'components that are required',
      formFields(['components'], [...needed, 'components']),
      [],
      ['the create form of Security Finding in SEC requires the field "Components", which nothing sets'],
    ],
    [
      'components that a route sets',
      formFields(['components'], [...needed, 'components']),
      ['components'],
      [],
    ],
  ];
  for (const [name, fields, named, expected] of faults)
    it(`tells of ${name}`, () =>
      withLoopback([formTypes, fields, fieldsAre()], async (url) =>
        assert.deepEqual(await ticketsAt(url).findFormFaults({ ...form, fields: named }), expected),
      ));

  it('tells of a type that the project does not have', () =>
    withLoopback([formTypes], async (url) =>
      assert.deepEqual(await ticketsAt(url).findFormFaults({ ...form, issueType: 'Bug' }), [
        'SEC has no issue type "Bug" that this account may create, but Security Finding, Task',
      ]),
    ));

  it('tells of a project that nobody sees', () => {
    const gone = reply('GET', 'issue/createmeta/SEC/issuetypes', {
      status: 404,
      body: { errorMessages: ['no'] },
    });
    return withLoopback([gone], async (url) =>
      assert.deepEqual(await ticketsAt(url).findFormFaults(form), [
        'there is no project SEC that the account may see',
      ]),
    );
  });

  describe('when Jira fails', () => {
    useHttp(100);
    for (const [name, respond, type] of vendorFailures.filter(([, , one]) => one !== 'NotFound'))
      it(`meets ${name}: ${type}, and contradicts nothing`, () =>
        withLoopback([reply('GET', 'issue/createmeta/SEC/issuetypes', respond)], async (url) => {
          await assertFails(() => ticketsAt(url).findFormFaults(form), type, respond);
        }));
  });
});
