import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import assert from 'node:assert/strict';
import { createRoleChain, type RoleChainOptions } from '../../../activities/sts/role-chain.ts';
import type { SessionCredentials } from '../../../activities/sts/session-cache.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import type { Fault } from '../../../sandbox/shared/faults.ts';
import { failureType, type FailureType } from '../../../workflows/shared/failures.ts';
import { sharedAws } from '../../support/aws.ts';
import { addFault, clearFaults, ec2Error } from '../s3/aws-faults.ts';

const minutes = 60_000;

describe('STS: role chain', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  before(async () => void (aws = await sharedAws()));
  afterEach(() => clearFaults(aws));

  function chain(changes: Partial<RoleChainOptions> = {}) {
    const { region, roles, externalId, credentials } = aws.provisioned;
    return createRoleChain({
      region,
      endpoint: aws.url,
      timeouts: { connect: 300, request: 300, idle: 300 },
      runnerRoleArn: roles.runnerRole,
      agentDeployRoleArn: roles.agentDeploy,
      externalId,
      sessionName: 'lockkeeper/tests',
      baseCredentials: credentials.jiraBot,
      ...changes,
    });
  }
  async function whoIs(credentials: SessionCredentials) {
    const sts = new STSClient({ region: 'us-east-1', endpoint: aws.url, credentials });
    return (await sts.send(new GetCallerIdentityCommand({}))).Arn;
  }
  /** AssumeRole calls that `run` made. */
  async function assumed(run: () => Promise<unknown>): Promise<number> {
    const before = aws.front.requests.length;
    await run();
    const isAssume = ({ body }: { body?: unknown }) => (body as { Action?: string })?.Action === 'AssumeRole';
    return aws.front.requests.slice(before).filter(isAssume).length;
  }
  const publisherOf = (account: 'prod-a' | 'prod-b') => aws.provisioned.roles.agentPublish[account];

  it('goes from jira-bot over Runner-Role to Agent-Deploy', async () => {
    const arn = await whoIs(await chain().agentDeploy());
    assert.equal(arn, 'arn:aws:sts::222222222222:assumed-role/Agent-Deploy/lockkeeper-tests');
  });

  it('goes on to Agent-Publish of each account', async () => {
    const roles = chain();
    const arn = await whoIs(await roles.agentPublish(publisherOf('prod-b'))());
    assert.equal(arn, 'arn:aws:sts::444444444444:assumed-role/Agent-Publish/lockkeeper-tests');
  });

  it('begins at the base credentials where these are Runner-Role’s already', async () => {
    const { credentials, roles } = aws.provisioned;
    // jira-bot may become Runner-Role only: one step from the base credentials
    const short = createRoleChain({
      region: 'us-east-1',
      endpoint: aws.url,
      agentDeployRoleArn: roles.runnerRole,
      sessionName: 'one-step',
      baseCredentials: credentials.jiraBot,
    });
    assert.match((await whoIs(await short.agentDeploy())) ?? '', /assumed-role\/Runner-Role\/one-step$/);
  });

  it('assumes each role once, however many ask at once', async () => {
    const roles = chain();
    const a = roles.agentPublish(publisherOf('prod-a'));
    const all = () =>
      Promise.all([
        roles.agentDeploy(),
        roles.agentDeploy(),
        a(),
        a(),
        roles.agentPublish(publisherOf('prod-a'))(),
      ]);
    assert.equal(await assumed(all), 3);
    assert.equal(await assumed(all), 0);
  });

  it('renews a session five minutes before it ends', async () => {
    let now = Date.now();
    const roles = chain({ now: () => now });
    await roles.agentDeploy();
    now += 54 * minutes;
    assert.equal(await assumed(() => roles.agentDeploy()), 0);
    now += 2 * minutes;
    assert.equal(await assumed(() => roles.agentDeploy()), 1);
  });

  it('renews earlier for a URL that has to live longer', async () => {
    let now = Date.now();
    const roles = chain({ now: () => now });
    await roles.freshFor(30 * minutes);
    now += 20 * minutes;
    assert.equal(await assumed(() => roles.freshFor(30 * minutes)), 0);
    assert.equal(await assumed(() => roles.freshFor(45 * minutes)), 1);
  });

  it('refuses what no chained session can outlive', async () => {
    await assert.rejects(chain().freshFor(60 * minutes), {
      type: 'InvalidInput',
      message: /deadline: 60 minutes ahead/,
    });
  });

  it('names the role it could not become, and no key', async () => {
    const roles = chain({ externalId: 'wrong' });
    await assert.rejects(roles.agentPublish(publisherOf('prod-a'))(), (error: Error) => {
      assert.match(error.message, /sts: assume arn:aws:iam::333333333333:role\/Agent-Publish: 403/);
      return failureType(error) === 'PermissionDenied';
    });
  });

  const answers: Record<string, readonly [Fault, FailureType]> = {
    '403': [ec2Error(403, 'AccessDenied'), 'PermissionDenied'],
    'a dead key': [ec2Error(403, 'InvalidClientTokenId'), 'CredentialRejected'],
    throttling: [ec2Error(400, 'Throttling'), 'RateLimited'],
    '429': [{ mode: 'status', status: 429, body: '' }, 'RateLimited'],
    '503': [{ mode: 'status', status: 503, body: '' }, 'Unavailable'],
    'a hang': [{ mode: 'hang' }, 'Unavailable'],
    'a cut connection': [{ mode: 'lost' }, 'Unavailable'],
  };
  for (const [kind, [fault, type]] of Object.entries(answers))
    it(`meets ${kind}: ${type}; the next call asks again`, async () => {
      const roles = chain();
      await addFault(aws, { ...fault, match: { method: 'POST', body: 'Runner-Role' } });
      await assert.rejects(roles.agentDeploy(), (error: unknown) => failureType(error) === type);
      assert.ok((await roles.agentDeploy()).sessionToken);
    });
});
