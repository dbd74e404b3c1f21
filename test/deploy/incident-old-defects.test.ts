import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readTemplate, statementsOf, type Statement } from './cloud-formation.ts';

const folder = new URL('../../deploy/aws/', import.meta.url);
const template = readTemplate(new URL('incident-sync.yaml', folder));
const policies = new URL('policies/', folder);
const shipped = readdirSync(policies)
  .filter((name) => /incident.*\.policy\.json$/.test(name))
  .flatMap(
    (name) =>
      (JSON.parse(readFileSync(new URL(name, policies), 'utf8')) as { Statement: Statement[] }).Statement,
  );
const allowing = [...statementsOf(template), ...shipped].filter(({ Effect }) => Effect === 'Allow');
const actionsOf = ({ Action }: Statement) => [Action].flat();

describe('the old sample’s defects do not come back: deployment', () => {
  it('B21: nobody may change a function or a parameter, or read one that is not named', () => {
    assert.ok(shipped.length > 0);
    for (const one of allowing)
      for (const action of actionsOf(one)) {
        assert.doesNotMatch(action, /^(?:lambda:|ssm:(?!GetParameters?$)|iam:|\*$)/);
        if (!action.startsWith('ssm:')) continue;
        for (const resource of [one.Resource].flat())
          assert.match(
            JSON.stringify(resource),
            /:parameter\/SecurityIncidentResponse\/\$\{Instance\}\/[A-Za-z]+"/,
          );
      }
  });

  it('B21: no secret is a parameter of the template, or a value in it', () => {
    for (const name of Object.keys(template.Parameters)) assert.doesNotMatch(name, /token|secret|password/i);
    assert.ok(!Object.values(template.Resources).some(({ Type }) => Type === 'AWS::SSM::Parameter'));
  });

  it('B21: not the whole account of Jira Automation may publish, but one of its roles', () => {
    const publishing = allowing.filter((one) =>
      actionsOf(one).some((action) => /^sns:(?:Publish|\*)$/.test(action)),
    );
    const text = JSON.stringify([publishing, template.Mappings]);
    assert.equal(publishing.length, 1);
    assert.doesNotMatch(text, /"(?:arn:aws:iam::)?815843069303:root"/);
    assert.doesNotMatch(JSON.stringify(publishing[0]?.Principal), /\*/);
  });

  it('B19: what the door did not take is kept for dead letters, and raises an alarm', () => {
    const { Properties } = template.Resources['Webhook'] ?? assert.fail();
    assert.ok(Properties['RedrivePolicy']);
    const alarms = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    const watched = alarms.map(({ Properties: { MetricName } }) => MetricName);
    for (const metric of ['NumberOfNotificationsFailed', 'FailedInvocations'])
      assert.ok(watched.includes(metric));
  });

  it('B16: what EventBridge could not deliver has a dead-letter queue of its own', () => {
    const [target] = template.Resources['CaseRule']?.Properties['Targets'] as Record<string, unknown>[];
    assert.deepEqual(target?.['DeadLetterConfig'], { Arn: { 'Fn::GetAtt': 'CaseEventsDead.Arn' } });
  });
});
