import assert from 'node:assert/strict';
import { clientToken, hashOf, normalise, sha256, type Value } from '../../../activities/incidents/hash.ts';
import { labelOf, tagOf } from '../../../activities/incidents/parts.ts';
import type { CaseRoute } from '../../../activities/incidents/parts.ts';
import { routeOf } from '../../../activities/incidents/route.ts';
import { toCaseValue, toIssueValue } from '../../../activities/incidents/transform.ts';
import { caseOf } from './fake-cases.ts';
import { mapped, routeOfTests } from './fake-pair.ts';

describe('the hash of a value', () => {
  const same: readonly [string, Value, Value][] = [
    ['line ends', 'a\r\nb\rc', 'a\nb\nc'],
    ['blanks at the ends', '  a  \nb\t\n\n', 'a\nb'],
    ['forms of letters', 'Zu\u0308rich', 'Zürich'],
    ['the order of a list', ['b', 'a'], ['a', 'b']],
    ['twice in a list', ['a', 'a'], ['a']],
    ['nothing', null, ''],
    ['nothing at all', undefined, ''],
    ['an empty list', [], ''],
    ['a list of one', ['a'], 'a'],
  ];
  for (const [what, left, right] of same)
    it(`does not count ${what}`, () => assert.equal(hashOf(left), hashOf(right)));

  const different: readonly [string, Value, Value][] = [
    ['case', 'A', 'a'],
    ['a blank within', 'a b', 'ab'],
    ['an empty line within', 'a\n\nb', 'a\nb'],
    ['what a list has', ['a', 'b'], ['a']],
    ['indentation', 'a\n  b', 'a\nb'],
  ];
  for (const [what, left, right] of different)
    it(`counts ${what}`, () => assert.notEqual(hashOf(left), hashOf(right)));

  it('is 16 hex digits, and tells nothing', () => {
    assert.match(hashOf('Leaked key'), /^[0-9a-f]{16}$/);
    assert.equal(hashOf(' x '), sha256(normalise('x')).slice(0, 16));
  });

  it('of a step is a token that AWS takes: the same for every try, another for each step', () => {
    const long = `incident:aws-main:1000000001/${'x'.repeat(400)}`;
    assert.equal(clientToken(long), clientToken(long));
    assert.notEqual(clientToken('a/comment-1'), clientToken('a/comment-2'));
    assert.ok(clientToken(long).length <= 255);
  });

  it('X-14: of a link tells connections apart', () => {
    assert.notEqual(labelOf('aws-main', '1000000001'), labelOf('aws-other', '1000000001'));
    assert.match(labelOf('aws-main', '1000000001'), /^lk-incident-[0-9a-f]{16}$/);
    assert.equal(tagOf('aws-main', '10001'), 'aws-main/10001');
  });
});

describe('values between a case and an issue', () => {
  const kind = mapped('engagementType', 'Kind', { values: { Investigation: 'Hunt' } });
  const accounts = mapped('impactedAccounts', 'Accounts', { values: { '111111111111': 'prod' } });
  const actors = mapped('threatActorIpAddresses', 'Actors');
  const agent = 'Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0, Safari/537';

  const there: readonly [string, ReturnType<typeof mapped>, Value, Value][] = [
    ['a renamed one', kind, 'Investigation', 'Hunt'],
    ['one that is not named', kind, 'Security Incident', 'Security Incident'],
    ['members of a list', accounts, ['111111111111', '222222222222'], ['prod', '222222222222']],
    ['nothing', kind, null, ''],
    ['an empty list', accounts, [], []],
    ...['constructor', 'toString', '__proto__'].map(
      (word) => [`the word ${word}`, kind, word, word] as const satisfies unknown[],
    ),
    ['a member called constructor', accounts, ['constructor'], ['constructor']],
  ];
  for (const [what, field, value, expected] of there)
    it(`to Jira: ${what}`, () => assert.deepEqual(toIssueValue(field, value), expected));

  const back: readonly [string, ReturnType<typeof mapped>, Value, Value][] = [
    ['a renamed one', kind, 'Hunt', 'Investigation'],
    ['one that is not named', kind, 'Other', 'Other'],
    [
      'a list as text',
      accounts,
      'prod, 222222222222\n333333333333,,',
      ['111111111111', '222222222222', '333333333333'],
    ],
    ['a list', accounts, [' prod ', ''], ['111111111111']],
    ['no list', accounts, null, []],
    ['a list where the case has a text', mapped('title', 'Labels'), ['a', 'b'], 'a, b'],
    ['nothing where the case has a text', mapped('title', 'summary'), undefined, ''],
    ['B13: a title beyond 300', mapped('title', 'summary'), 'x'.repeat(301), `${'x'.repeat(299)}…`],
    ['a title of 300', mapped('title', 'summary'), 'x'.repeat(300), 'x'.repeat(300)],
    [
      'B13: a description beyond 8,000',
      mapped('description', 'd'),
      'x'.repeat(9_000),
      `${'x'.repeat(7_999)}…`,
    ],
    [
      'addresses',
      actors,
      '198.51.100.23, 2001:db8::1 curl/8\n203.0.113.9',
      ['198.51.100.23', '2001:db8::1 curl/8', '203.0.113.9'],
    ],
    [
      'addresses whose browsers have commas',
      actors,
      `198.51.100.23 ${agent}, 203.0.113.9`,
      [`198.51.100.23 ${agent}`, '203.0.113.9'],
    ],
  ];
  for (const [what, field, value, expected] of back)
    it(`to AWS: ${what}`, () => assert.deepEqual(toCaseValue(field, value), expected));

  it('come back as they went, so that they are no change', () => {
    for (const [field, value] of [
      [kind, 'Investigation'],
      [accounts, ['111111111111', '222222222222']],
      [actors, [`198.51.100.23 ${agent}`]],
    ] as const) {
      const inJira = toIssueValue(field, value);
      assert.equal(hashOf(toCaseValue(field, inJira)), hashOf(value));
      // as a text field shows it
      assert.equal(hashOf(toCaseValue(field, [inJira].flat().join(', '))), hashOf(value));
    }
  });
});

describe('the route of a case', () => {
  const route = (name: string, when: CaseRoute['when']): CaseRoute => ({ ...routeOfTests, name, when });
  const routes = [
    route('lab', { impactedAccounts: ['222222222222', '333333333333'] }),
    route('hunts', { engagementType: ['Investigation'], impactedAwsRegions: ['eu-central-1', 'us-east-1'] }),
    route('managed', { resolverType: ['AWS'] }),
    route('default', {}),
  ];
  const table: readonly [string, object, string][] = [
    ['nothing special', {}, 'default'],
    ['one account of several', { impactedAccounts: ['111111111111', '333333333333'] }, 'lab'],
    ['both conditions', { engagementType: 'Investigation' }, 'hunts'],
    [
      'one of two conditions',
      { engagementType: 'Investigation', impactedAwsRegions: ['us-west-2'] },
      'default',
    ],
    ['a list that is empty', { engagementType: 'Investigation', impactedAwsRegions: [] }, 'default'],
    ['the first of several', { resolverType: 'AWS', impactedAccounts: ['222222222222'] }, 'lab'],
    ['who resolves it', { resolverType: 'AWS' }, 'managed'],
  ];
  for (const [what, fields, expected] of table)
    it(`${what}: ${expected}`, () => {
      const one = caseOf('1000000001');
      assert.equal(routeOf(routes, { fields: { ...one.fields, ...fields } }).name, expected);
    });

  it('is named as missing where none holds', () => {
    assert.throws(() => routeOf([route('lab', { resolverType: ['AWS'] })], caseOf('1')), /none holds/);
  });
});
