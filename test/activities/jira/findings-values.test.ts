import assert from 'node:assert/strict';
import { toFieldValue } from '../../../activities/jira/field-values.ts';
import { assertFails } from '../../support/failing-vendor.ts';

const types = 'com.atlassian.jira.plugin.system.customfieldtypes';
const fieldOf = (type: string, more: { items?: string; custom?: string; system?: string } = {}) => ({
  ...{ id: 'customfield_1', name: 'Thing' },
  schema: { type, ...more },
});
const line = fieldOf('string', { custom: `${types}:textfield` });
const web = fieldOf('string', { custom: `${types}:url` });
const teams = [
  { id: '1', value: 'platform' },
  { id: '2', value: 'Data' },
];
type Value = Parameters<typeof toFieldValue>[1];
type Field = Parameters<typeof toFieldValue>[0];

describe('finding tickets: values by the type of the field', () => {
  const taken: [string, Field, Value, unknown][] = [
    ['a line', line, ' a\nb\u202e ', 'a b'],
    ['a truth in a line', line, true, 'true'],
    ['a number in a line', line, 7.5, '7.5'],
    ['a list in a line', line, ['a', 'b'], 'a, b'],
    ['a line of 256', line, 'x'.repeat(256), `${'x'.repeat(254)}…`],
    ['a number', fieldOf('number'), 7.5, 7.5],
    ['a number as text', fieldOf('number'), ' 7.5', 7.5],
    ['a day', fieldOf('date'), '2026-11-24', '2026-11-24'],
    ['a moment as a day, UTC', fieldOf('date'), '2026-11-24T23:30:00-02:00', '2026-11-25'],
    ['a moment', fieldOf('datetime'), '2026-11-24T10:00:00Z', '2026-11-24T10:00:00.000+0000'],
    ['a day as a moment', fieldOf('datetime'), '2026-11-24', '2026-11-24T00:00:00.000+0000'],
    ['microseconds', fieldOf('datetime'), '2026-11-24T10:00:00.123456Z', '2026-11-24T10:00:00.123+0000'],
    ['a web address', web, 'https://a.test/b?c', 'https://a.test/b?c'],
    ['a user', fieldOf('user'), '712020:ab-c', { accountId: '712020:ab-c' }],
    ['users', fieldOf('array', { items: 'user' }), ['u-1'], [{ accountId: 'u-1' }]],
    ['labels', fieldOf('array', { items: 'string' }), ['a b', 'c'], ['a_b', 'c']],
    ['one label', fieldOf('array', { items: 'string' }), 'a', ['a']],
    ['components', fieldOf('array', { items: 'component' }), ['servers'], [{ name: 'servers' }]],
    ['versions', fieldOf('array', { items: 'version' }), '1.2', [{ name: '1.2' }]],
    ['a priority', fieldOf('priority'), 'High', { name: 'High' }],
    ['a choice', fieldOf('option'), 'data', { id: '2' }],
    ['a choice by id', fieldOf('option'), 1, { id: '1' }],
    ['choices', fieldOf('array', { items: 'option' }), ['platform', 'Data'], [{ id: '1' }, { id: '2' }]],
  ];
  for (const [name, field, value, expected] of taken)
    it(`takes ${name}`, () => assert.deepEqual(toFieldValue(field, value, choicesOf(field)), expected));

  function choicesOf({ schema }: Field) {
    return schema?.type === 'option' || schema?.items === 'option' ? teams : null;
  }

  it('leaves a choice to Jira when the form is not known', () =>
    assert.deepEqual(toFieldValue(fieldOf('option'), 'x', null), { value: 'x' }));

  for (const field of [
    fieldOf('string', { custom: `${types}:textarea` }),
    fieldOf('string', { system: 'description' }),
  ])
    it(`writes a document into ${JSON.stringify(field.schema)}`, () => {
      assert.match(JSON.stringify(toFieldValue(field, 'a\nb', null)), /"doc".*"hardBreak".*"b"/);
      assert.match(JSON.stringify(toFieldValue(field, ['a', 'b'], null)), /"bulletList"/);
    });

  const refused: [string, Field, Value, RegExp][] = [
    ['a word as number', fieldOf('number'), 'many', /"many" is not a number/],
    ['nothing as number', fieldOf('number'), ' ', /is not a number/],
    ['truth as number', fieldOf('number'), true, /true is not a number/],
    ['infinity', fieldOf('number'), 'Infinity', /is not a number/],
    ['a number as date', fieldOf('date'), 7, /7 is not a date/],
    ['a date that is none', fieldOf('date'), '2026-13-45', /is not a date/],
    ['a moment without zone', fieldOf('datetime'), '2026-11-24T10:00:00', /is not a date/],
    ['a script as address', web, 'javascript:alert(1)', /is not a web address/],
    ['a name as user', fieldOf('user'), 'Sue Ray', /is not an account id/],
    ['two users for one', fieldOf('user'), ['a', 'b'], /it takes one value, not 2/],
    ['an unknown choice', fieldOf('option'), 'x', /"x" is none of platform, Data/],
    ['two choices for one', fieldOf('option'), ['platform', 'Data'], /it takes one value/],
    ['an unknown choice of several', fieldOf('array', { items: 'option' }), ['x'], /is none of/],
    ['a list of worklogs', fieldOf('array', { items: 'worklog' }), 'x', /a list of worklog cannot/],
    ['a cascade', fieldOf('option-with-child'), 'x', /its type option-with-child cannot/],
    ['a field without type', { id: 'x', name: 'Thing' }, 'x', /its type unknown cannot/],
  ];
  for (const [name, field, value, fault] of refused)
    it(`refuses ${name}`, async () => {
      const failure = await assertFails(
        async () => toFieldValue(field, value, choicesOf(field)),
        'InvalidInput',
      );
      assert.match(failure.message, /^jira: field Thing: /);
      assert.match(failure.message, fault);
    });
});
