import type { SandboxAws } from '../aws/start-aws.ts';
import type { SandboxPerson } from '../shared/people.ts';

export interface SecretInputs {
  readonly people: readonly SandboxPerson[];
  readonly aws: Pick<SandboxAws, 'url' | 'provisioned'>;
  /** Overrides keys of `processes.secrets`; one that is undefined is left out. `off`: secrets are not audited. */
  readonly secrets?: Readonly<Record<string, unknown>> | 'off';
}

/** All accounts but test, whose events are a stranger's; sessions carry people's names. */
export function toSecretAudit({ people, aws, secrets }: SecretInputs) {
  const { accounts, region, externalId, secrets: plumbing } = aws.provisioned;
  const audited = (['soc', 'prod-a', 'prod-b', 'prod-c'] as const).map((name) => ({
    id: accounts[name].id,
    role: plumbing.lookupRoles[name],
  }));
  const audit = {
    ...{ name: 'secrets', version: 1, site: 'main', project: 'SECCHG', issueType: 'Secret change' },
    ...{ account: accounts.soc.id, region, organization: plumbing.organization, table: plumbing.table },
    // in the sandbox one role has the rights of worker and starters
    ...{ role: plumbing.roleArn, starterRole: plumbing.roleArn, externalId },
    queueUrl: `${aws.url}${plumbing.queuePath}`,
    deadLetterUrl: `${aws.url}${plumbing.deadLetterPath}`,
    topics: [plumbing.ticketTopicArn],
    ...{ accounts: audited, regions: [region], home: { account: accounts['prod-a'].id, region } },
    outOfScope: ['scratch/*'],
    rotationRoles: ['arn:aws:iam::*:role/rotation-*'],
    pipelineRoles: ['arn:aws:iam::*:role/pipeline-*'],
    breakGlassRoles: ['arn:aws:iam::*:role/break-glass'],
    principals: people
      .filter(({ name }) => name !== 'jira-bot')
      .map(({ name }) => ({ arn: `arn:aws:sts::*:assumed-role/*/${name}`, person: name })),
    owners: [
      { secrets: 'payments/*', people: ['dana'] },
      { secrets: '*', people: ['dev'] },
    ],
    graceMinutes: 0.1,
    finding: {
      ...{ issueType: 'Finding', question: 'secret-question', approval: 'secret-afterwards' },
      ...{ channels: ['soc'], collectSeconds: 2 },
    },
    export: { bucket: plumbing.bucket },
    ...{ sweepMinutes: 1, heartbeatSeconds: 2 },
    // nobody else is on this server
    jiraCallsPerSecond: 200,
  };
  const given = secrets === 'off' ? {} : secrets;
  return Object.fromEntries(
    Object.entries({ ...audit, ...given }).filter(([, value]) => value !== undefined),
  );
}
