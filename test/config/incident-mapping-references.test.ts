import assert from 'node:assert/strict';
import { formatFaults } from '../../config/fault.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { exampleWith } from './example-config.ts';
import { plainConnection } from './incident-config.ts';
import { itNames, one, type Faulty } from './incident-faults.ts';

const path = 'processes.incidents.connections[0]';
const titled = { case: 'title', issue: 'summary', direction: 'both' };

const faulty: readonly Faulty[] = [
  [
    'a field that is AWS’s',
    one('fields.2.direction', 'both'),
    `${path}.fields[2].direction`,
    /caseArn of a case is AWS’s to write.*title, description/,
  ],
  ['a field of a case', one('fields.0.case', 'titel'), `${path}.fields[0].case`, /one of title/],
  [
    'a question about a field of one way',
    one('fields.2.conflict', 'ask'),
    `${path}.fields[2].conflict`,
    /has no conflicts.*set direction: both/,
  ],
  [
    'a Jira field that is filled twice',
    one('fields.5.issue', 'case arn'),
    `${path}.fields[5].issue`,
    /is written by processes\.incidents\.connections\[0\]\.fields\[2\] already/,
  ],
  [
    'a field of a case that is filled twice',
    one('fields', [titled, { ...titled, issue: 'Title' }]),
    `${path}.fields[1].case`,
    /"title" is written by .*fields\[0\] already/,
  ],
  [
    'one pair in two rows',
    one('fields', [
      { ...titled, direction: 'to-case' },
      { ...titled, direction: 'to-issue' },
    ]),
    `${path}.fields[1]`,
    /make them one, with direction: both/,
  ],
  [
    'two values that are one in Jira',
    one('fields.4.values', { Investigation: 'Work', 'Security Incident': 'Work' }),
    `${path}.fields[4].values.Security Incident`,
    /the same in Jira as Investigation/,
  ],
  ...['Status', 'labels', 'comment', 'attachment', 'Issue Type'].map((name): Faulty => [
    `a mapping of ${name}`,
    one('fields.5.issue', name),
    `${path}.fields[5].issue`,
    /remove this mapping/,
  ]),
  [
    'a status that AWS sets',
    one('statuses', { toCase: { 'In Progress': 'Acknowledged', Done: 'Closed' } }),
    `${path}.statuses.toCase.In Progress`,
    /which AWS alone sets/,
  ],
  [
    'a status of a case',
    one('statuses', { toCase: { Done: 'Resolved' } }),
    `${path}.statuses.toCase.Done`,
    /not accepted/,
  ],
  [
    'a status of Jira twice',
    one('statuses', { toCase: { Done: 'Closed', done: 'Closed' } }),
    `${path}.statuses.toCase.done`,
    /is the status Done again/,
  ],
  [
    'B1: cases whose issue is never closed',
    one('statuses', { toIssue: { Submitted: 'To Do' } }),
    `${path}.statuses.toIssue.Closed`,
    /no issue would be closed with its case/,
  ],
  [
    'closed here and open there',
    one('statuses', { toIssue: { Closed: 'In Review' } }),
    `${path}.statuses.toIssue.Closed`,
    /means Post-incident Activities in toCase/,
  ],
  [
    'open here and closed there',
    one('statuses', { toIssue: { 'Ready to Close': 'DONE', Closed: 'Done' } }),
    `${path}.statuses.toIssue.Ready to Close`,
    /an open case would look closed/,
  ],
  ['a route twice', one('routes.1.name', 'lab'), `${path}.routes[1].name`, /already/],
  [
    'a route called default',
    one('routes.0.name', 'default'),
    `${path}.routes[0].name`,
    /what no route takes/,
  ],
  [
    'a condition that never holds',
    one('routes.1.when', { resolverType: [] }),
    `${path}.routes[1].when.resolverType`,
    /at least one/,
  ],
  [
    'a condition on no field',
    one('routes.0.when', { severity: ['1'] }),
    `${path}.routes[0].when.severity`,
    /known here/,
  ],
  [
    'a route behind one of everything',
    one('routes.0.when', {}),
    `${path}.routes[2].when`,
    /lab takes every case/,
  ],
  [
    'a route that nothing reaches',
    one('routes.2.when', { impactedAccounts: ['222222222222'] }),
    `${path}.routes[2].when`,
    /the same as that of lab/,
  ],
  ['a hold without freeze', { freeze: undefined }, `${path}.routes[1].severe`, /freeze is not configured/],
  [
    'a hold by what is not followed',
    one('routes.0.severe', true),
    `${path}.routes[0].severe`,
    /follows no case/,
  ],
];

describe('fields, statuses and routes of incidents', () => itNames(faulty));

describe('warnings about incidents', () => {
  const warningsOf = (statuses: object) => {
    const connection = { ...plainConnection, statuses };
    const yamlText = exampleWith({ 'processes.incidents': { connections: [connection] } });
    const result = parseConfig({ yamlText, env: {} });
    assert.ok('warnings' in result);
    return formatFaults(result.warnings);
  };

  it('are none by default', () => assert.equal(warningsOf({}), ''));

  it('name what has no way back', () => {
    const said = warningsOf({
      toCase: { 'to do': 'Submitted', 'In Progress': 'Detection and Analysis', Done: 'Closed' },
    });
    assert.deepEqual(said.match(/toIssue\.[\w -]+/g), [
      'toIssue.Post-incident Activities',
      'toIssue.Ready to Close',
    ]);
    assert.match(said, /"In Review" is not in toCase/);
  });

  it('name statuses that are held', () => {
    const said = warningsOf({ toIssue: { Submitted: 'To Do', Closed: 'Done' } });
    assert.deepEqual(said.split('\n').length, 5);
    assert.match(said, /has no "Acknowledged".*status:unmapped/);
  });
});
