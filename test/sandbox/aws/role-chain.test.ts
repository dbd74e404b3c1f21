import assert from 'node:assert/strict';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import {
  assumeRole,
  clientsOf,
  credentialsOf,
  sharedAws,
  verdictOf,
  type Principal,
} from '../../support/aws.ts';

type Role = 'Runner-Role' | 'Agent-Deploy' | 'Agent-Publish' | 'a role that does not exist';

const chain: readonly (readonly [Principal, Role, 'allowed' | 'refused'])[] = [
  ['jira-bot', 'Runner-Role', 'allowed'],
  ['ci-runner', 'Runner-Role', 'allowed'],
  ['Runner-Role', 'Agent-Deploy', 'allowed'],
  ['Agent-Deploy', 'Agent-Publish', 'allowed'],
  ['jira-bot', 'Agent-Deploy', 'refused'],
  ['jira-bot', 'Agent-Publish', 'refused'],
  ['jira-bot', 'a role that does not exist', 'refused'],
  ['ci-runner', 'Agent-Deploy', 'refused'],
  ['Runner-Role', 'Agent-Publish', 'refused'],
  ['Runner-Role', 'Runner-Role', 'refused'],
  ['Agent-Deploy', 'Runner-Role', 'refused'],
  ['Agent-Publish of prod-a', 'Agent-Deploy', 'refused'],
  ['sam', 'Runner-Role', 'refused'],
  ['sam', 'Agent-Deploy', 'refused'],
  // May do everything in his own account, but no shipped trust names him.
  ['administrator of soc', 'Runner-Role', 'refused'],
  ['administrator of soc', 'Agent-Deploy', 'refused'],
  ['administrator of soc', 'Agent-Publish', 'refused'],
  ['administrator of test', 'Agent-Deploy', 'refused'],
  ['administrator of test', 'Agent-Publish', 'refused'],
];

describe('role chain as shipped', function () {
  this.timeout(120_000);
  let aws: SandboxAws;
  before(async () => void (aws = await sharedAws()));

  for (const [principal, role, expected] of chain)
    it(`${principal} becomes ${role}: ${expected}`, async () => {
      const by = await credentialsOf(aws, principal);
      const attempt = assumeRole(aws, by, {
        RoleArn: arnOf(aws, role),
        ExternalId: aws.provisioned.externalId,
      });
      assert.equal(await verdictOf(attempt), expected);
    });

  for (const ExternalId of [undefined, 'wrong', 'LOCKKEEPER-SANDBOX'])
    it(`Agent-Publish is refused with external id ${ExternalId}`, async () => {
      const by = await credentialsOf(aws, 'Agent-Deploy');
      const RoleArn = arnOf(aws, 'Agent-Publish');
      const attempt = assumeRole(aws, by, { RoleArn, ...(ExternalId && { ExternalId }) });
      assert.equal(await verdictOf(attempt), 'refused');
    });

  it('ends in the production account', async () => {
    const { sts } = await clientsOf(aws, 'Agent-Publish of prod-a');
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
    assert.equal(Account, '333333333333');
    assert.equal(Arn, 'arn:aws:sts::333333333333:assumed-role/Agent-Publish/tests');
  });

  const badKeys = {
    'a wrong secret': { secretAccessKey: 'x'.repeat(40) },
    'an unknown key': { accessKeyId: 'AKIAUNKNOWN000000000' },
    'a root key': { accessKeyId: '222222222222', secretAccessKey: 'unchecked until sealed' },
    'the key "test"': { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  for (const [kind, change] of Object.entries(badKeys))
    it(`refuses ${kind}`, async () => {
      const by = { ...aws.provisioned.credentials.jiraBot, ...change };
      assert.equal(await verdictOf(assumeRole(aws, by, { RoleArn: arnOf(aws, 'Runner-Role') })), 'refused');
    });
});

function arnOf(aws: SandboxAws, role: Role): string {
  const { roles } = aws.provisioned;
  switch (role) {
    case 'Runner-Role':
      return roles.runnerRole;
    case 'Agent-Deploy':
      return roles.agentDeploy;
    case 'Agent-Publish':
      return roles.agentPublish['prod-a'];
    case 'a role that does not exist':
      return 'arn:aws:iam::222222222222:role/None';
  }
}
