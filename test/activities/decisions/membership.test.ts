import assert from 'node:assert/strict';
import { createMembership, type GroupSources } from '../../../activities/decisions/membership.ts';
import { findPerson, principalOfJira } from '../../../config/people.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';

const config = {
  people: [
    { name: 'dana', jira: 'j-dana', slack: 'U0DANA' },
    { name: 'lee', jira: 'j-lee', slack: 'U0LEE' },
    { name: 'sue', jira: 'j-sue' },
    { name: 'eve' },
  ],
  groups: {
    devops: ['dana', 'lee'],
    leads: ['lee'],
    security: { slackUserGroup: 'S0SEC' },
    release: { jiraGroup: 'release managers' },
  },
  delegations: [
    { from: 'lee', to: 'eve', start: '2026-11-01T00:00:00+01:00', end: '2026-11-30T00:00:00+01:00' },
    { from: 'eve', to: 'sue', start: '2026-11-01T00:00:00Z', end: '2026-11-30T00:00:00Z' },
    { from: 'dana', to: 'eve', start: '2026-11-01T00:00:00Z', end: '2026-11-30T00:00:00Z' },
  ],
};
const sources: GroupSources = {
  slackUserGroup: async (id) => (id === 'S0SEC' ? ['U0LEE', 'U0STRANGER'] : []),
  jiraGroup: async (name) => (name === 'release managers' ? ['j-sue', 'j-stranger'] : []),
};
const membershipAt = (time: string, from: GroupSources = sources) =>
  createMembership(config, from, () => Date.parse(time));
const now = '2026-11-22T12:00:00Z';
const groups = ['devops', 'leads', 'security', 'release'];

describe('membersOf', () => {
  for (const [group, members] of [
    ['devops', ['dana', 'lee']],
    ['security', ['lee']],
    ['release', ['sue']],
    ['nobody-defined-it', []],
    ['constructor', []],
  ] as const)
    it(`${group}: ${members.join(', ') || 'nobody'}`, async () =>
      assert.deepEqual(await membershipAt(now).membersOf(group), members));

  it('a group without its source has no members', async () => {
    assert.deepEqual(await membershipAt(now, {}).membersOf('security'), []);
    assert.deepEqual(await membershipAt(now, {}).membersOf('release'), []);
  });

  it('a group that its source does not know has no members; a source that is down is no answer', async () => {
    const failing = (type: 'NotFound' | 'Unavailable'): GroupSources => ({
      jiraGroup: async () => Promise.reject(createFailure(type, 'no')),
    });
    assert.deepEqual(await membershipAt(now, failing('NotFound')).membersOf('release'), []);
    await assert.rejects(membershipAt(now, failing('Unavailable')).membersOf('release'), {
      type: 'Unavailable',
    });
  });
});

describe('standing', () => {
  const cases: readonly [
    what: string,
    input: { person: string; actingFor?: string },
    expected: object,
    at?: string,
  ][] = [
    ['in one’s own name', { person: 'lee' }, { actingFor: null, groups: ['devops', 'leads', 'security'] }],
    [
      'for the delegator who counts most',
      { person: 'eve' },
      { actingFor: 'lee', groups: ['devops', 'leads', 'security'] },
    ],
    [
      'for the one who is asked for',
      { person: 'eve', actingFor: 'dana' },
      { actingFor: 'dana', groups: ['devops'] },
    ],
    [
      'in one’s own name when that is asked for',
      { person: 'eve', actingFor: 'eve' },
      { actingFor: null, groups: [] },
    ],
    ['one hop only', { person: 'sue', actingFor: 'lee' }, { actingFor: null, groups: [] }],
    ['own membership before delegation', { person: 'sue' }, { actingFor: null, groups: ['release'] }],
    ['without a delegation', { person: 'dana', actingFor: 'lee' }, { actingFor: null, groups: [] }],
    ['before it begins', { person: 'eve' }, { actingFor: null, groups: [] }, '2026-10-31T22:59:59Z'],
    [
      'as it begins',
      { person: 'eve', actingFor: 'lee' },
      { actingFor: 'lee', groups: ['devops', 'leads', 'security'] },
      '2026-10-31T23:00:00Z',
    ],
    [
      'as it ends',
      { person: 'eve', actingFor: 'lee' },
      { actingFor: null, groups: [] },
      '2026-11-29T23:00:00Z',
    ],
    ['somebody whom nobody named', { person: 'mallory' }, { actingFor: null, groups: [] }],
  ];
  for (const [what, input, expected, at = now] of cases)
    it(what, async () => assert.deepEqual(await membershipAt(at).standing({ ...input, groups }), expected));

  it('names only groups that were asked for', async () =>
    assert.deepEqual(await membershipAt(now).standing({ person: 'lee', groups: ['leads', 'unknown'] }), {
      actingFor: null,
      groups: ['leads'],
    }));
});

describe('findPerson', () => {
  it('goes by name, Jira account or Slack user', () => {
    for (const by of [{ name: 'lee' }, { jira: 'j-lee' }, { slack: 'U0LEE' }])
      assert.equal(findPerson(config, by)?.name, 'lee');
    assert.equal(findPerson(config, { slack: 'U0STRANGER' }), undefined);
  });

  it('names who is in Jira, whoever it is', () =>
    assert.deepEqual(
      ['j-sue', 'j-stranger', null].map((id) => principalOfJira(config, id)),
      ['sue', 'jira:j-stranger', null],
    ));
});
