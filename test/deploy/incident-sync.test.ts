import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { namesIn, readTemplate, statementsOf, type Statement } from './cloud-formation.ts';

const folder = new URL('../../deploy/aws/', import.meta.url);
const template = readTemplate(new URL('incident-sync.yaml', folder));
const { Parameters, Resources, Conditions, Outputs, Mappings } = template;
const statements = statementsOf(template);
const all = (type: string) => Object.entries(Resources).filter(([, resource]) => resource.Type === type);
const propertiesOf = (name: string) => Resources[name]?.Properties ?? assert.fail(`no ${name}`);
const actionsOf = ({ Action }: Statement) => [Action].flat();
const publisher = { AWS: { 'Fn::FindInMap': ['Atlassian', 'Automation', 'Publisher'] } };
const shipped = JSON.parse(
  readFileSync(new URL('policies/lockkeeper-incidents.policy.json', folder), 'utf8'),
) as { Statement: readonly Statement[] };

describe('deploy/aws/incident-sync.yaml', () => {
  it('speaks only of what it has', () => {
    const known = new Set([...Object.keys(Parameters), ...Object.keys(Resources)]);
    for (const name of namesIn([Resources, Conditions, Outputs]))
      assert.ok(known.has(name) || name.startsWith('AWS::'), name);
    const used = [...Object.values(Resources), ...Object.values(Outputs)].flatMap(
      (one) => one.Condition ?? [],
    );
    for (const condition of used) assert.ok(condition in Conditions, condition);
    for (const name of Object.keys(Parameters))
      assert.ok(namesIn([Resources, Conditions, Outputs]).includes(name), name);
  });

  it('X-14: every name has the instance in it, so that several stand beside each other', () => {
    const names = Object.values(Resources).flatMap(({ Properties }) =>
      ['QueueName', 'TopicName', 'RoleName', 'ManagedPolicyName', 'AlarmName', 'Name'].flatMap(
        (key) => Properties[key] ?? [],
      ),
    );
    assert.equal(names.length, 14);
    for (const name of [
      ...names,
      ...['Email', 'Url', 'ProjectKey', 'Token'].map((key) => Outputs[`Jira${key}Parameter`]?.Value),
    ])
      assert.ok(namesIn(name).includes('Instance'), JSON.stringify(name));
  });

  it('S-65, B21: lets one principal publish, and nobody else', () => {
    const publishing = statements.filter(
      (one) => one.Effect === 'Allow' && actionsOf(one).some((action) => /^sns:(Publish|\*)$/.test(action)),
    );
    assert.deepEqual(
      publishing.map(({ of, Principal }) => ({ of, Principal })),
      [{ of: 'IssueChangesPolicy', Principal: publisher }],
    );
    assert.deepEqual(publishing[0]?.Condition, {
      StringEquals: { 'aws:PrincipalAccount': { 'Fn::FindInMap': ['Atlassian', 'Automation', 'Account'] } },
    });
    assert.deepEqual(Mappings['Atlassian']?.['Automation'], {
      Publisher:
        'arn:aws:sts::815843069303:assumed-role/atlassian-automation-prod-outgoing/automation-sns-publish-action',
      Account: '815843069303',
    });
  });

  it('allows nothing to everybody, and no resource * where an ARN can stand', () => {
    for (const one of statements.filter(({ Effect }) => Effect === 'Allow')) {
      assert.ok(one.Principal !== '*' && JSON.stringify(one.Principal) !== '{"AWS":"*"}', one.Sid);
      for (const action of actionsOf(one))
        assert.ok(!/^\*$|^[a-z-]+:\*$/.test(action) || one.of === 'TopicKey', action);
      if (!JSON.stringify(one.Resource ?? '').includes('"*"')) continue;
      // a key's own policy, and two calls that AWS knows no resource of
      if (one.of === 'TopicKey') continue;
      assert.deepEqual(actionsOf(one), ['security-ir:ListCases', 'security-ir:CreateCase']);
      assert.ok(one.Condition?.['StringEquals']?.['aws:RequestedRegion']);
    }
  });

  it('S-72: the worker works on cases and tags them, and does nothing with a membership', () => {
    const granted = statements
      .filter(({ of, Sid }) => of === 'WorkerRole' && Sid !== undefined)
      .flatMap(actionsOf);
    const known = shipped.Statement.flatMap(actionsOf).filter((action) => action.startsWith('security-ir:'));
    assert.deepEqual([...granted].sort(), known.sort());
    for (const action of granted) assert.doesNotMatch(action, /Membership|ResolverType|Delete/);
    const tagging = statements.find(({ Sid }) => Sid === 'TieCasesToIssues');
    assert.deepEqual(tagging?.Condition, {
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['lockkeeper:issue'] },
    });
  });

  it('S-72: the starters take from one queue and confirm one topic', () => {
    const rights = statements
      .filter(({ of }) => of === 'StarterPolicy')
      .map((one) => [actionsOf(one), one.Resource]);
    assert.deepEqual(rights, [
      [
        ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
        { 'Fn::GetAtt': 'CaseEvents.Arn' },
      ],
      [
        ['sqs:GetQueueAttributes'],
        [{ 'Fn::GetAtt': 'CaseEventsDead.Arn' }, { 'Fn::GetAtt': 'IssueChangesDead.Arn' }],
      ],
      [['sns:ConfirmSubscription'], { Ref: 'IssueChanges' }],
    ]);
  });

  it('lets each role be taken by its own principal only, the worker’s with the external id', () => {
    const trusts = statements.filter((one) => actionsOf(one).includes('sts:AssumeRole'));
    assert.deepEqual(
      trusts.map(({ of, Principal, Condition }) => [of, Principal, Condition]),
      [
        [
          'WorkerRole',
          { AWS: { Ref: 'WorkerPrincipalArn' } },
          { StringEquals: { 'sts:ExternalId': { Ref: 'ExternalId' } } },
        ],
        ['StarterRole', { AWS: { Ref: 'StarterPrincipalArn' } }, undefined],
      ],
    );
  });

  it('sends exactly the five events of cases to the queue, and what fails to its dead letters', () => {
    const { EventPattern, Targets } = propertiesOf('CaseRule');
    assert.deepEqual(EventPattern, {
      source: ['aws.security-ir'],
      account: [{ Ref: 'AWS::AccountId' }],
      'detail-type': [
        'Case Created',
        'Case Updated',
        'Case Closed',
        'Case Comment Added',
        'Case Comment Updated',
      ],
    });
    const [target] = Targets as Record<string, unknown>[];
    assert.deepEqual(target?.['Arn'], { 'Fn::GetAtt': 'CaseEvents.Arn' });
    assert.deepEqual(target['DeadLetterConfig'], { Arn: { 'Fn::GetAtt': 'CaseEventsDead.Arn' } });
  });

  it('S-79: keeps every message 14 days, encrypted, and gives up after five times', () => {
    const queues = all('AWS::SQS::Queue');
    assert.equal(queues.length, 3);
    for (const [name, { Properties }] of queues)
      assert.deepEqual(
        [Properties['MessageRetentionPeriod'], Properties['SqsManagedSseEnabled']],
        [1_209_600, true],
        name,
      );
    assert.deepEqual(propertiesOf('CaseEvents')['RedrivePolicy'], {
      deadLetterTargetArn: { 'Fn::GetAtt': 'CaseEventsDead.Arn' },
      maxReceiveCount: 5,
    });
  });

  it('lets only its own rule and its own topic send to its queues, and only by TLS', () => {
    const sending = statements.filter(
      (one) => one.Effect === 'Allow' && actionsOf(one).includes('sqs:SendMessage'),
    );
    assert.deepEqual(
      sending.map(({ of, Principal, Condition }) => [
        of,
        Principal,
        Condition?.['ArnEquals']?.['aws:SourceArn'],
      ]),
      [
        ['CaseEventsPolicy', { Service: 'events.amazonaws.com' }, { 'Fn::GetAtt': 'CaseRule.Arn' }],
        ['CaseEventsDeadPolicy', { Service: 'events.amazonaws.com' }, { 'Fn::GetAtt': 'CaseRule.Arn' }],
        ['IssueChangesDeadPolicy', { Service: 'sns.amazonaws.com' }, { Ref: 'IssueChanges' }],
      ],
    );
    const policies = [...all('AWS::SQS::QueuePolicy'), ...all('AWS::SNS::TopicPolicy')].map(([name]) => name);
    const tls = statements.filter(({ Sid }) => Sid === 'OnlyTls').map(({ of }) => of);
    assert.deepEqual(tls.sort(), policies.sort());
  });

  it('subscribes the starters by https when told where they are, with SHA-256 signatures and dead letters', () => {
    const { Condition, Properties } = Resources['Webhook'] ?? assert.fail();
    assert.equal(Condition, 'HasWebhook');
    assert.deepEqual(
      [Properties['Protocol'], Properties['Endpoint'], Properties['RawMessageDelivery']],
      ['https', { Ref: 'WebhookUrl' }, false],
    );
    assert.deepEqual(Properties['RedrivePolicy'], {
      deadLetterTargetArn: { 'Fn::GetAtt': 'IssueChangesDead.Arn' },
    });
    assert.equal(propertiesOf('IssueChanges')['SignatureVersion'], '2');
    const pattern = new RegExp(String(Parameters['WebhookUrl']?.['AllowedPattern']));
    for (const url of ['', 'https://lockkeeper.example.com/webhooks/sns']) assert.match(url, pattern);
    for (const url of ['http://lockkeeper.example.com/webhooks/sns', 'https://lockkeeper.example.com/'])
      assert.doesNotMatch(url, pattern);
  });

  it('S-81: raises an alarm within five minutes for dead letters, late and undelivered events', () => {
    const alarms = all('AWS::CloudWatch::Alarm').map(([name, { Properties }]) => {
      const { Period, EvaluationPeriods, MetricName, Threshold, AlarmActions } = Properties;
      assert.ok(Number(Period) * Number(EvaluationPeriods) <= 300, name);
      assert.deepEqual(AlarmActions, {
        'Fn::If': ['HasAlarmTopic', [{ Ref: 'AlarmTopicArn' }], { Ref: 'AWS::NoValue' }],
      });
      const [dimension] = Properties['Dimensions'] as { Value: unknown }[];
      return [namesIn(dimension?.Value)[0], MetricName, Threshold];
    });
    assert.deepEqual(alarms, [
      ['CaseEventsDead', 'ApproximateNumberOfMessagesVisible', 0],
      ['CaseEvents', 'ApproximateAgeOfOldestMessage', 300],
      ['IssueChangesDead', 'ApproximateNumberOfMessagesVisible', 0],
      ['IssueChanges', 'NumberOfNotificationsFailed', 0],
      ['CaseRule', 'FailedInvocations', 0],
    ]);
  });

  it('X-13: holds names of parameters and no secret', () => {
    assert.equal(all('AWS::SSM::Parameter').length, 0);
    for (const name of Object.keys(Parameters)) assert.doesNotMatch(name, /token|secret|password/i);
    const readable = statements.find(({ Sid }) => Sid === 'ReadParameters')?.Resource as {
      'Fn::Sub': string;
    }[];
    const ends = readable.map((one) => one['Fn::Sub'].split(':parameter')[1]);
    assert.deepEqual(
      ends,
      ['Email', 'Url', 'ProjectKey', 'Token'].map(
        (key) => (Outputs[`Jira${key}Parameter`]?.Value as { 'Fn::Sub': string })['Fn::Sub'],
      ),
    );
  });

  it('S-30: puts out the ARN of each thing that somebody has to name', () => {
    for (const name of [
      'TopicArn',
      'QueueUrl',
      'QueueArn',
      'DeadEventsQueueArn',
      'DeadMessagesQueueArn',
      'RuleArn',
      'WorkerRoleArn',
      'StarterRoleArn',
      'StarterPolicyArn',
      'ParameterPolicyArn',
    ])
      assert.ok(Outputs[name]?.Value, name);
  });
});
