import assert from 'node:assert/strict';
import { parseTicketArgument } from '../../starters/cli/ticket-argument.ts';

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
