import assert from 'node:assert/strict';
import type { Transition } from '../../../../activities/jira/incidents/schema.ts';
import { fillScreen } from '../../../../activities/jira/incidents/screen.ts';

type Fields = NonNullable<Transition['fields']>;
const to = (key: string): Transition['to'] => ({ id: '1', name: 'x', statusCategory: { key } });
const resolution = (required: boolean, ...names: string[]): Fields => ({
  resolution: { name: 'Resolution', required, allowedValues: names.map((name) => ({ name })) },
});
const chosen = (name: string) => ({ fields: { resolution: { name } } });
const nothing = { fields: {} };

describe('what a transition’s screen is given', () => {
  const cases: readonly (readonly [
    name: string,
    fields: Fields | null,
    category: string,
    asked: string | null,
    filled: unknown,
  ])[] = [
    ['no screen', null, 'done', 'Done', nothing],
    [
      'the resolution asked for, as the site spells it',
      resolution(true, 'Done', "Won't Do"),
      'done',
      "won't do",
      chosen("Won't Do"),
    ],
    ['the usual one when none is asked for', resolution(true, 'Fixed', 'Done'), 'done', null, chosen('Done')],
    ['the only one', resolution(true, 'Fixed'), 'done', null, chosen('Fixed')],
    ['one that is not called required', resolution(false, 'Done'), 'done', null, chosen('Done')],
    ['none on the way to an open status', resolution(false, 'Done'), 'indeterminate', 'Done', nothing],
    [
      'what Jira does not list is sent as it is',
      resolution(true),
      'done',
      'Closed as designed',
      chosen('Closed as designed'),
    ],
    [
      'nothing in place of what is not offered',
      resolution(true, 'Done'),
      'done',
      'Invalid',
      { missing: 'Resolution', choices: ['Done'] },
    ],
    ['nothing, where it may stay empty', resolution(false, 'Done'), 'done', 'Invalid', nothing],
    [
      'no guess among several',
      resolution(true, 'Fixed', 'Invalid'),
      'done',
      null,
      { missing: 'Resolution', choices: ['Fixed', 'Invalid'] },
    ],
    [
      'a further field that is required',
      { cf: { name: 'Root cause', required: true } },
      'done',
      null,
      { missing: 'Root cause', choices: [] },
    ],
    [
      'a further field with a default',
      { cf: { name: 'Root cause', required: true, hasDefaultValue: true } },
      'done',
      null,
      nothing,
    ],
  ];
  for (const [name, fields, category, asked, filled] of cases)
    it(name, () =>
      assert.deepEqual(fillScreen({ id: '1', name: 'Close', to: to(category), fields }, asked), filled),
    );
});
