import assert from 'node:assert/strict';
import { digestOf } from '../../config/canonical-json.ts';
import { findConnection, toIncidentPolicy } from '../../config/incident-policy.ts';
import { configOf, exampleWith } from './example-config.ts';
import { plainConnection, sound } from './incident-config.ts';

const full = () => configOf(exampleWith(structuredClone(sound)));
const plain = (part: object = {}) =>
  toIncidentPolicy(
    configOf(exampleWith({ 'processes.incidents': { connections: [{ ...plainConnection, ...part }] } })),
    'aws-main',
  );

describe('toIncidentPolicy', () => {
  it('has the rules of the connection, whole, with their digest', () => {
    const { digest, ...rules } = toIncidentPolicy(full(), 'aws-main');
    assert.equal(digest, digestOf(rules));
    // as Temporal carries it
    assert.deepEqual(JSON.parse(JSON.stringify(rules)), rules);
    assert.deepEqual(
      [rules.name, rules.version, rules.connection, rules.site],
      ['aws-main', 2, 'aws-main', 'main'],
    );
    assert.deepEqual([rules.channels, rules.onCall, rules.pendingMinutes], [['soc'], 'dev', [60, 240]]);
    assert.equal(rules.conflictApproval?.name, 'production');
    assert.equal(rules.runLinkBase, 'https://temporal.example.com/namespaces/default/workflows/');
  });

  it('names each mapped field by both of its ends', () => {
    const { fields } = toIncidentPolicy(full(), 'aws-main');
    assert.equal(new Set(fields.map(({ key }) => key)).size, 6);
    assert.deepEqual(fields[4], {
      key: 'engagementType=Engagement type',
      ...{ caseField: 'engagementType', issueField: 'Engagement type', direction: 'both', conflict: 'issue' },
      values: { 'Security Incident': 'Incident' },
    });
    assert.deepEqual(
      [fields[2]?.direction, fields[2]?.conflict, fields[2]?.values],
      ['to-issue', 'case', {}],
    );
  });

  it('S-90, S-91: has the public original’s mapping where nothing is said', () => {
    const policy = plain();
    assert.deepEqual(
      policy.fields.map(({ key, direction }) => [key, direction]),
      [
        ['title=summary', 'both'],
        ['description=description', 'both'],
      ],
    );
    assert.deepEqual(policy.toIssue, {
      Submitted: 'To Do',
      Acknowledged: 'In Progress',
      'Detection and Analysis': 'In Progress',
      'Containment, Eradication and Recovery': 'In Progress',
      'Post-incident Activities': 'In Review',
      'Ready to Close': 'In Review',
      Closed: 'Done',
    });
    assert.deepEqual(policy.toCase, {
      'to do': 'Submitted',
      'in progress': 'Detection and Analysis',
      'in review': 'Post-incident Activities',
      done: 'Closed',
    });
  });

  it('has sensible rules where nothing is said', () => {
    const { statusConflict, goneStatus, deletedIssue, reopened, ...policy } = plain();
    assert.deepEqual(
      [statusConflict, goneStatus, deletedIssue, reopened],
      ['case', null, 'comment', 'alert'],
    );
    assert.deepEqual([policy.comments, policy.attachments, policy.watchers], ['both', 'both', 'both']);
    assert.deepEqual([policy.channels, policy.conflictApproval, policy.tailDays], [[], null, 14]);
    assert.deepEqual(policy.pendingMinutes, [60, 240, 1440]);
  });

  it('S-76: makes tasks where nothing is said, and asks for 20 and 10 calls a second', () => {
    const config = configOf(exampleWith({ 'processes.incidents': { connections: [plainConnection] } }));
    const { issueType, jiraCallsPerSecond, caseCallsPerSecond, intake } =
      findConnection(config, 'aws-main') ?? {};
    assert.deepEqual(
      [issueType, jiraCallsPerSecond, caseCallsPerSecond, intake],
      ['Task', 20, 10, undefined],
    );
  });

  it('has another digest for each change of a rule, and not for how it is read', () => {
    const changes = [{}, { comments: 'off' }, { version: 2 }, { deletedIssue: 'close' }, { tailDays: 1 }];
    const digests = [
      ...changes.map((part) => plain(part).digest),
      toIncidentPolicy(full(), 'aws-main').digest,
    ];
    assert.equal(new Set(digests).size, digests.length);
    const queueUrl = 'https://sqs.us-east-1.amazonaws.com/111111111111/q';
    assert.equal(plain({ queueUrl, jiraCallsPerSecond: 5, maxAttachmentMb: 1 }).digest, plain().digest);
  });

  for (const name of ['other', 'constructor', ''])
    it(`knows no connection "${name}"`, () => {
      assert.equal(findConnection(full(), name), undefined);
      assert.throws(() => toIncidentPolicy(full(), name), /no connection of incidents/);
    });
});
