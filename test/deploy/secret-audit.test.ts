import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readSecretEvent } from '../../workflows/secret-audit/read-event.ts';
import { namesIn, readTemplate, statementsOf, type Statement, type Template } from './cloud-formation.ts';

const folder = new URL('../../deploy/aws/', import.meta.url);
const central = readTemplate(new URL('secret-audit.yaml', folder));
const member = readTemplate(new URL('secret-audit-member.yaml', folder));
const templates = { 'secret-audit.yaml': central, 'secret-audit-member.yaml': member };
const statements = statementsOf(central);
const actionsOf = ({ Action }: Statement) => [Action].flat();
const propertiesOf = (name: string, { Resources }: Template = central) =>
  Resources[name]?.Properties ?? assert.fail(`no ${name}`);
const all = (type: string) => Object.entries(central.Resources).filter(([, { Type }]) => Type === type);
const allowing = (action: string) =>
  statements.filter((one) => one.Effect === 'Allow' && actionsOf(one).includes(action));

const samples = new URL('../../samples/secrets/', import.meta.url);
const events = readdirSync(samples)
  .filter((name) => name !== 'test-event-jira-to-sns.json')
  .map((name) => [name, JSON.parse(readFileSync(new URL(name, samples), 'utf8')) as object] as const);

for (const [name, { Parameters, Resources, Conditions, Outputs, Mappings = {} }] of Object.entries(templates))
  describe(`deploy/aws/${name}`, () => {
    it('speaks only of what it has', () => {
      const known = new Set([...Object.keys(Parameters), ...Object.keys(Resources)]);
      const parts = [Resources, Conditions, Outputs];
      const named = namesIn(parts).map((one) => one.replace(/^(\w+)\.Arn$/, '$1'));
      for (const one of named) assert.ok(known.has(one) || one.startsWith('AWS::'), one);
      for (const one of Object.keys(Parameters)) assert.ok(named.includes(one), one);
      for (const { Condition } of Object.values(Resources))
        assert.ok(Condition === undefined || Condition in Conditions, Condition);
      assert.ok(Object.keys(Mappings).length <= 1);
    });

    it('A-8 to A-11: its rule hears of every sample, and of no other service', () => {
      const { EventPattern } = propertiesOf('SecretRule', { Resources } as Template);
      const pattern = EventPattern as Record<string, readonly unknown[]>;
      const hears = (event: object) =>
        Object.entries(pattern).every(([key, values]) => values.includes(Reflect.get(event, key)));
      for (const [sample, event] of events) assert.ok(hears(event), sample);
      for (const other of [{ source: 'aws.s3' }, { 'detail-type': 'AWS Health Event' }])
        assert.ok(!hears({ ...events[0]?.[1], ...other }));
    });

    it('X-17: lets nobody read a value; allows nothing to everybody and no * where an ARN can stand', () => {
      for (const one of statementsOf({ Resources } as Template).filter(({ Effect }) => Effect === 'Allow')) {
        for (const action of actionsOf(one)) assert.doesNotMatch(action, /\*|GetSecretValue/, one.Sid);
        if (one.Principal === '*') assert.equal(one.Sid, 'OnlyTheOrganisation');
        assert.notDeepEqual(one.Principal, { AWS: '*' });
        if (one.Resource === '*')
          assert.deepEqual(actionsOf(one), ['cloudtrail:LookupEvents', 'secretsmanager:ListSecrets']);
      }
    });
  });

describe('the central side of the secret audit', () => {
  it('A-31, A-36: the bus takes events of the organisation and of nobody else', () => {
    assert.deepEqual(
      allowing('events:PutEvents').map(({ of, Principal, Condition }) => [of, Principal, Condition]),
      [['SecretBusPolicy', '*', { StringEquals: { 'aws:PrincipalOrgID': { Ref: 'OrganizationId' } } }]],
    );
  });

  it('A-13, A-16, X-16: each topic has one publisher: its own rule, and one session of Atlassian', () => {
    const publisher = { 'Fn::FindInMap': ['Atlassian', 'Automation', 'Publisher'] };
    assert.deepEqual(
      allowing('sns:Publish').map(({ Principal, Resource }) => [Principal, Resource]),
      [
        [{ Service: 'events.amazonaws.com' }, { Ref: 'SecretEvents' }],
        [{ AWS: publisher }, { Ref: 'Tickets' }],
      ],
    );
    const [byRule, byJira] = allowing('sns:Publish');
    assert.deepEqual(byRule?.Condition?.['ArnEquals'], {
      'aws:SourceArn': { 'Fn::GetAtt': 'SecretRule.Arn' },
    });
    assert.deepEqual(byJira?.Condition?.['StringEquals'], {
      'aws:PrincipalAccount': { 'Fn::FindInMap': ['Atlassian', 'Automation', 'Account'] },
    });
  });

  it('lets only its own topics and rule send to its queues, and everybody by TLS alone', () => {
    for (const one of allowing('sqs:SendMessage').filter(({ Principal }) => Principal !== undefined))
      assert.ok(one.Condition?.['ArnEquals']?.['aws:SourceArn'], one.Sid);
    const policies = ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy', 'AWS::S3::BucketPolicy'].flatMap(all);
    const tls = statements.filter(({ Sid, Effect }) => Sid === 'OnlyTls' && Effect === 'Deny');
    assert.deepEqual(tls.map(({ of }) => of).sort(), policies.map(([name]) => name).sort());
  });

  it('keeps messages 14 days, gives up after five readings, and raises an alarm for one dead letter', () => {
    for (const [name, { Properties }] of all('AWS::SQS::Queue'))
      assert.equal(Properties['MessageRetentionPeriod'], 1_209_600, name);
    assert.deepEqual(propertiesOf('SecretQueue')['RedrivePolicy'], {
      deadLetterTargetArn: { 'Fn::GetAtt': 'SecretQueueDead.Arn' },
      maxReceiveCount: 5,
    });
    const { Threshold, ComparisonOperator, Dimensions } = propertiesOf('DeadEventsAlarm');
    assert.deepEqual([Threshold, ComparisonOperator], [0, 'GreaterThanThreshold']);
    assert.ok(namesIn(Dimensions).includes('SecretQueueDead'));
  });

  it('keeps the ledger: to the second, against deletion, with its two indexes; the export is nobody else’s', () => {
    const { DeletionPolicy } = central.Resources['Ledger'] as unknown as Record<string, string>;
    const table = propertiesOf('Ledger');
    assert.deepEqual(
      [DeletionPolicy, table['DeletionProtectionEnabled'], table['PointInTimeRecoverySpecification']],
      ['Retain', true, { PointInTimeRecoveryEnabled: true }],
    );
    const indexes = table['GlobalSecondaryIndexes'] as { IndexName: string }[];
    assert.deepEqual(
      indexes.map(({ IndexName }) => IndexName),
      ['by-secret', 'by-day'],
    );
    const access = propertiesOf('Export')['PublicAccessBlockConfiguration'] as Record<string, boolean>;
    assert.deepEqual(Object.values(access), [true, true, true, true]);
  });

  it('A-29 to A-34: asks for what the four variables say, and takes no account of eleven digits', () => {
    assert.equal(central.Parameters['TableName']?.['Default'], 'aws-secrets-detection-table');
    const pattern = new RegExp(String(central.Parameters['WorkerPrincipalArn']?.['AllowedPattern']));
    assert.match('arn:aws:iam::123456789101:role/w', pattern);
    assert.doesNotMatch('arn:aws:iam::12345678910:role/w', pattern);
  });
});

describe('the papers of the sandbox', () => {
  const paper = (name: string) =>
    (
      JSON.parse(readFileSync(new URL(`policies/${name}.json`, folder), 'utf8')) as {
        Statement: readonly Statement[];
      }
    ).Statement;
  const grants = (ones: readonly Statement[]) =>
    ones
      .map((one) => [one.Sid, actionsOf(one)] as const)
      .sort(([one = ''], [other = '']) => one.localeCompare(other));

  it('grant worker and starters what the template grants them', () => {
    const roles = statements.filter(({ of, Sid }) => /^(Worker|Starter)Role$/.test(of) && Sid !== undefined);
    assert.deepEqual(grants(paper('lockkeeper-secrets.policy')), grants(roles));
  });

  it('and the look-up role what the member’s does', () => {
    const lookup = statementsOf(member).filter(({ of, Sid }) => of === 'LookupRole' && Sid !== undefined);
    assert.deepEqual(grants(paper('secret-lookup.policy')), grants(lookup));
  });
});

describe('samples/secrets', () => {
  for (const [name, event] of events)
    it(`${name} is a change that can be read`, () => {
      const read = readSecretEvent(event);
      assert.equal(read.kind, 'change', JSON.stringify(read));
      if (read.kind === 'change') assert.notEqual(read.event.action, 'other');
    });

  it('have something of each action', () => {
    const actions = events.flatMap(([, event]) => {
      const read = readSecretEvent(event);
      return read.kind === 'change' ? [read.event.action] : [];
    });
    assert.deepEqual([...new Set(actions)].sort(), [
      ...['create', 'delete', 'policy', 'replication', 'restore', 'rotate', 'stage', 'tags'],
      ...['update', 'value'],
    ]);
  });
});
