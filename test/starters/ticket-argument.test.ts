import assert from 'node:assert/strict';
import { parseTicketArgument, ticketPlaces } from '../../starters/cli/ticket-argument.ts';

const main = { name: 'main', baseUrl: 'https://a.atlassian.net', project: 'DEVOPS' };
const other = { name: 'other', baseUrl: 'https://b.atlassian.net', project: 'OPS' };

describe('parseTicketArgument', () => {
  for (const [typed, sites, expected] of [
    ['DEVOPS-77', [main], { kind: 'key', site: 'main', key: 'DEVOPS-77' }],
    ['devops-77', [main], { kind: 'key', site: 'main', key: 'DEVOPS-77' }],
    ['OPS-1', [main, other], { kind: 'key', site: 'other', key: 'OPS-1' }],
    ['https://b.atlassian.net/browse/OPS-1?x=1', [main, other], { kind: 'key', site: 'other', key: 'OPS-1' }],
    [
      'https://a.atlassian.net/jira/x?selectedIssue=DEVOPS-7',
      [main],
      { kind: 'key', site: 'main', key: 'DEVOPS-7' },
    ],
    ['10077', [main], { kind: 'id', site: 'main', issueId: '10077' }],
    ['agent-promotion:other:5', [main, other], { kind: 'id', site: 'other', issueId: '5' }],
  ] as const)
    it(`reads ${typed}`, () => assert.deepEqual(parseTicketArgument(typed, sites), expected));

  for (const [typed, sites, says] of [
    ['hello', [main], /is no ticket/],
    ['DEVOPS-1" OR "', [main], /is no ticket/],
    ['', [main], /is no ticket/],
    ['https://evil.example.com/browse/DEVOPS-1', [main], /none of the configured/],
    ['https://a.atlassian.net/dashboard', [main], /names no ticket/],
    ['10077', [main, other], /more than one Jira site/],
  ] as const)
    it(`refuses ${JSON.stringify(typed)}, with the accepted forms`, () =>
      assert.throws(() => parseTicketArgument(typed, sites), {
        exitCode: 2,
        message: says,
        fix: /DEVOPS-77/,
      }));
});

describe('ticketPlaces', () => {
  type Of = Parameters<typeof ticketPlaces>[0];
  const gated = { ...main, name: 'gated', project: 'GATED' };
  const places = (sites: readonly object[], site?: string) =>
    ticketPlaces({
      jira: { sites },
      processes: site === undefined ? {} : { change: { site, project: 'PRODCM' } },
    } as unknown as Of);

  it('finds change tickets on their site, among several', () =>
    assert.deepEqual(parseTicketArgument('PRODCM-3', places([main, gated], 'gated')), {
      kind: 'key',
      site: 'gated',
      key: 'PRODCM-3',
    }));
  it('leaves one site one site', () =>
    assert.deepEqual(parseTicketArgument('10077', places([main], 'main')), {
      kind: 'id',
      site: 'main',
      issueId: '10077',
    }));
  it('knows no change ticket without changes', () =>
    assert.throws(() => parseTicketArgument('PRODCM-3', places([main, gated])), /more than one Jira site/));
});
