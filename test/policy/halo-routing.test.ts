import assert from 'node:assert/strict';
import type { FieldValue } from '../../workflows/halo-sync/finding.ts';
import type { Condition, Route } from '../../workflows/halo-sync/messages.ts';
import {
  fillTemplate,
  printValue,
  routeOf,
  templateFields,
  unrouted,
} from '../../workflows/halo-sync/routing.ts';
import { anyRoute } from './halo-world.ts';

const fields: Readonly<Record<string, FieldValue>> = {
  issue_type: 'sva',
  issue_critical: true,
  asset_group_path: 'Company/Shop/Web',
  'issue.csp_region': 'eu-west-1',
  'issue.max_cvss': 7.5,
  'issue.csp_tags': ['environment:production', 'team:web'],
  'issue.os_type': null,
  'issue.comment': '',
  'issue.none': [],
  braces: '{issue_type}',
};
const read = (name: string) => fields[name];

const matches = (...when: readonly Condition[]) => {
  const route: Route = { ...anyRoute, name: 'this', when };
  return routeOf({ routes: [route, anyRoute] }, read).name === 'this';
};

describe('a condition of a route', () => {
  const cases: readonly (readonly [field: string, oneOf: readonly string[], holds: boolean])[] = [
    ['issue_type', ['sva'], true],
    ['issue_type', ['csm', 'sva'], true],
    ['issue_type', ['csm', 'fim'], false],
    ['issue_type', ['SVA'], false],
    ['issue_type', ['sv'], false],
    ['issue_type', [], false],
    ['issue_type', ['s?a', 's.a', 's[v]a'], false],
    ['asset_group_path', ['Company/*'], true],
    ['asset_group_path', ['*/Web'], true],
    ['asset_group_path', ['*/Shop/*'], true],
    ['asset_group_path', ['Company*Web'], true],
    ['asset_group_path', ['C*p*y*W*b'], true],
    ['asset_group_path', ['*'], true],
    ['asset_group_path', ['**'], true],
    ['asset_group_path', ['Company/Shop/Web*'], true],
    ['asset_group_path', ['Company/Shop/Web/*'], false],
    ['asset_group_path', ['*Shop'], false],
    ['asset_group_path', ['Shop*'], false],
    ['asset_group_path', ['Company/Shop*Shop/Web'], false],
    ['asset_group_path', ['*Web*Shop*'], false],
    ['issue_critical', ['True'], true],
    ['issue_critical', ['true'], true],
    ['issue_critical', ['False', 'no'], false],
    ['issue_critical', ['T*'], true],
    ['issue.max_cvss', ['7.5'], true],
    ['issue.max_cvss', ['7*'], true],
    ['issue.max_cvss', ['9*'], false],
    ['issue.csp_tags', ['team:web'], true],
    ['issue.csp_tags', ['environment:*'], true],
    ['issue.csp_tags', ['environment:production, team:web'], false],
    ['issue.none', ['*'], false],
    ['issue.os_type', ['*'], false],
    ['issue.absent', ['*'], false],
    ['issue.comment', ['*'], true],
    ['issue.comment', [''], true],
    ['issue.comment', ['x*'], false],
  ];
  for (const [field, oneOf, holds] of cases)
    it(`${field} of ${JSON.stringify(oneOf)} ${holds ? 'holds' : 'does not hold'}`, () =>
      assert.equal(matches({ field, oneOf }), holds));

  it('holds when its overlapping ends fit side by side only', () => {
    const route = { ...anyRoute, when: [{ field: 'x', oneOf: ['ab*ba'] }] };
    const isTaken = (text: string) =>
      routeOf({ routes: [route, { ...anyRoute, name: 'r' }] }, () => text).name;
    assert.deepEqual(['aba', 'abba', 'abxba'].map(isTaken), ['r', 'rest', 'rest']);
  });

  it('is tried in no time, whatever text and pattern', () => {
    const text = 'a'.repeat(10_000);
    const route = { ...anyRoute, when: [{ field: 'x', oneOf: [`${'a*'.repeat(200)}b`] }] };
    assert.equal(
      routeOf({ routes: [route] }, () => text),
      unrouted,
    );
  });
});

describe('the route of a finding', () => {
  const shop = { field: 'asset_group_path', oneOf: ['Company/Shop/*'] };
  const isCritical = { field: 'issue_critical', oneOf: ['True'] };
  const isMinor = { field: 'issue_critical', oneOf: ['False'] };
  const route = (name: string, ...when: readonly Condition[]): Route => ({ ...anyRoute, name, when });
  const nameOf = (...routes: readonly Route[]) => routeOf({ routes }, read).name;

  it('is the first whose conditions all hold', () => {
    assert.equal(nameOf(route('a', shop, isMinor), route('b', shop, isCritical), route('c')), 'b');
    assert.equal(nameOf(route('c'), route('b', shop)), 'c');
  });

  it('is the last when no other holds', () => assert.equal(nameOf(route('a', isMinor), route('z')), 'z'));

  it('is none when even the last does not hold', () => {
    assert.equal(nameOf(route('a', isMinor)), 'unrouted');
    assert.equal(nameOf(), 'unrouted');
  });
});

describe('a template', () => {
  const cases: readonly (readonly [template: string, filled: string])[] = [
    ['{issue_type}', 'sva'],
    ['{ issue_type } in {asset_group_path}', 'sva in Company/Shop/Web'],
    ['{issue_critical}', 'True'],
    ['{issue.max_cvss}', '7.5'],
    ['{issue.csp_tags}', 'environment:production, team:web'],
    ['{issue.absent}/{issue.os_type}/{issue.comment}', '(none)/(none)/(none)'],
    ['{braces}', '{issue_type}'],
    ['no field', 'no field'],
    ['{}{', '{}{'],
    ['{constructor}', '(none)'],
  ];
  const readOwn = (name: string) => (Object.hasOwn(fields, name) ? fields[name] : undefined);
  for (const [template, filled] of cases)
    it(`${template} is ${filled}`, () => assert.equal(fillTemplate(template, readOwn), filled));

  it('takes a value as it is, dollar signs and all', () =>
    assert.equal(
      fillTemplate('<{x}>', () => '$& $1 $$'),
      '<$& $1 $$>',
    ));

  it('names its fields, each once', () => {
    assert.deepEqual(templateFields('{a}-{ issue.b }-{a}-{}'), ['a', 'issue.b']);
    assert.deepEqual(templateFields('none'), []);
  });

  it('prints false as the source does', () => assert.equal(printValue(false), 'False'));
});
