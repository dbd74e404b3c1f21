import assert from 'node:assert/strict';
import { toFieldValue } from '../../../../activities/jira/field-values.ts';
import type { JiraField } from '../../../../activities/jira/form-schema.ts';
import { valueBefore } from '../../../../activities/jira/incidents/change-log.ts';
import { fromPlain } from '../../../../activities/jira/incidents/plain-adf.ts';
import { readValue } from '../../../../activities/jira/incidents/read-values.ts';
import { isSameValue } from '../../../../activities/jira/incidents/same-value.ts';
import type { Change } from '../../../../activities/jira/schema.ts';

const field = (type: string, items?: string): JiraField => ({
  ...{ id: 'customfield_1', name: 'F' },
  schema: { type, ...(items ? { items } : {}) },
});

describe('what people see in a field of Jira', () => {
  const sam = { accountId: 's', displayName: 'Sam Okafor', emailAddress: 'sam@example.com' };
  const cases: readonly (readonly [name: string, type: JiraField, value: unknown, plain: unknown])[] = [
    ['a line', field('string'), 'x', 'x'],
    ['an empty line', field('string'), '', null],
    ['rich text', field('string'), fromPlain('a\n\nb'), 'a\n\nb'],
    ['empty rich text', field('string'), fromPlain(''), null],
    ['a number', field('number'), 7.5, '7.5'],
    ['zero', field('number'), 0, '0'],
    ['a day', field('date'), '2026-11-04', '2026-11-04'],
    ['a moment', field('datetime'), '2026-11-04T10:36:13.747+0100', '2026-11-04T09:36:13.747Z'],
    ['no moment', field('datetime'), 'soon', null],
    ['a choice', field('option'), { id: '1', value: 'High' }, 'High'],
    [
      'a choice within one',
      field('option-with-child'),
      { value: 'EU', child: { value: 'Rome' } },
      'EU > Rome',
    ],
    ['a priority', field('priority'), { id: '1', name: 'Highest' }, 'Highest'],
    ['a person', field('user'), sam, 'sam@example.com'],
    ['a person who hides', field('user'), { ...sam, emailAddress: undefined }, 'Sam Okafor'],
    ['labels', field('array', 'string'), ['b', 'a'], ['b', 'a']],
    ['choices', field('array', 'option'), [{ value: 'x' }, { value: 'y' }], ['x', 'y']],
    ['components', field('array', 'component'), [{ id: '1', name: 'aws' }], ['aws']],
    ['no list', field('array', 'option'), null, null],
    ['a thing of an app', field('any'), { deep: { er: 1 } }, null],
  ];
  for (const [name, type, value, plain] of cases)
    it(name, () => assert.deepEqual(readValue(type, value), plain));
});

describe('whether a field has a value already', () => {
  const level = (value: string) => ({ self: 'x', id: '1', value });
  const own = `lk-incident-${'a'.repeat(16)}`;
  const cases: readonly (readonly [name: string, wanted: unknown, present: unknown, same: boolean])[] = [
    ['a line', 'a', 'a', true],
    ['another line', 'a', 'b', false],
    ['a number', 1, 1, true],
    ['nothing', null, undefined, true],
    ['an empty list', [], null, true],
    ['something of nothing', 'a', null, false],
    ['nothing of something', null, 'a', false],
    ['words, whatever their looks', fromPlain('a'), { ...fromPlain('a'), version: 2 }, true],
    ['other words', fromPlain('a'), fromPlain('b'), false],
    ['a choice by its id', { id: '1' }, level('x'), true],
    ['another choice', { id: '2' }, level('x'), false],
    ['a choice by its name', { value: 'x' }, level('x'), true],
    ['a moment at another offset', '2026-11-04T09:00:00.000+0000', '2026-11-04T10:00:00.000+0100', true],
    ['a list in another order', ['a', 'b'], ['b', 'a'], true],
    ['a list with one more', ['a'], ['a', 'b'], false],
    ['a list with another', ['a', 'c'], ['a', 'b'], false],
    ['a list that says one twice', ['a', 'a'], ['a', 'b'], false],
    ['labels beside our own', ['a'], ['a', own], true],
    ['our own label alone', [], [own], true],
    ['choices', [{ id: '1' }], [level('x')], true],
  ];
  for (const [name, wanted, present, same] of cases)
    it(name, () => assert.equal(isSameValue(wanted, present), same));
});

describe('what stood in a field before our changes', () => {
  const summary = { id: 'summary', name: 'Summary' };
  const change = (...items: object[]) => ({ id: '1', created: '', author: null, items }) as unknown as Change;
  const item = (from: string | null, to: string | null, fieldId = 'summary') => ({
    ...{ field: 'summary', fieldId, from: null, fromString: from, to: null, toString: to },
  });
  const cases: readonly (readonly [name: string, changes: Change[], before: string | undefined])[] = [
    ['none of ours', [], undefined],
    ['another field', [change(item('a', 'b', 'description'))], undefined],
    ['a value', [change(item('a', 'b'))], 'a'],
    ['nothing', [change(item(null, 'b'))], ''],
    ['an id where there are no words', [change({ ...item(null, 'b'), from: '7' })], '7'],
    ['what we wrote ourselves is nothing to keep', [change(item('a', 'b')), change(item('b', 'c'))], 'a'],
    ['what somebody wrote between two of ours', [change(item('a', 'b')), change(item('x', 'b'))], 'a\n\nx'],
  ];
  for (const [name, changes, before] of cases)
    it(name, () => assert.equal(valueBefore(changes, summary), before));
});

describe('values of incidents in Jira’s form', () => {
  const choices = [
    { id: '1', value: 'a' },
    { id: '2', value: 'b' },
  ];
  const cases: readonly (readonly [
    name: string,
    type: JiraField,
    plain: string | string[],
    value: unknown,
  ])[] = [
    ['a multiple choice', field('array', 'option'), ['B', 'a'], [{ id: '2' }, { id: '1' }]],
    ['labels with blanks', field('array', 'string'), ['a b', 'c'], ['a_b', 'c']],
    ['a number', field('number'), '7.5', 7.5],
    ['a day from a moment', field('date'), '2026-11-04T09:36:13.747Z', '2026-11-04'],
    ['a list in one line', field('string'), ['a', 'b'], 'a, b'],
    ['a line that is too long', field('string'), 'x'.repeat(300), `${'x'.repeat(254)}…`],
  ];
  for (const [name, type, plain, value] of cases)
    it(name, () => assert.deepEqual(toFieldValue(type, plain, choices), value));
});
