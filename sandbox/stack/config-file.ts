import type { SandboxAws } from '../aws/start-aws.ts';
import type { SandboxPerson } from '../shared/people.ts';
import { sandboxChannels } from '../slack/slack-vendor.ts';

export interface ConfigInputs {
  readonly people: readonly SandboxPerson[];
  readonly aws: SandboxAws;
  readonly jiraUrl: string;
  readonly gitlabUrl: string;
  readonly uiUrl: string;
  readonly taskQueue?: string;
  readonly policy?: Readonly<Record<string, unknown>>;
  /** `jira.sites[0].statuses`, for a site that calls them otherwise. */
  readonly statuses?: Readonly<Record<string, string>>;
}

const statuses = {
  toDo: 'ToDo',
  inProgress: 'In Progress',
  done: 'Done',
  infoNeeded: 'Info Needed',
  failed: 'Failed',
  canceled: 'Canceled',
};

/** The sandbox's lockkeeper.yaml as a plain object: the same keys as a real one. */
export function toSandboxConfig(inputs: ConfigInputs) {
  const { people, aws } = inputs;
  const { roles, accounts, launch, externalId, region, deployment } = aws.provisioned;
  return {
    version: 1,
    deployment,
    temporal: { taskQueue: inputs.taskQueue ?? 'lockkeeper', uiUrl: inputs.uiUrl },
    jira: {
      sites: [
        {
          name: 'main',
          baseUrl: inputs.jiraUrl,
          project: 'DEVOPS',
          issueType: 'Security Agent Deploy Request',
          fields: { agentVersion: 'Agent-Version' },
          statuses: inputs.statuses ?? statuses,
          bot: 'jira-bot',
        },
      ],
    },
    gitlab: {
      baseUrl: inputs.gitlabUrl,
      project: 'devops/agent-promotion',
      ref: 'main',
      verifyJob: 'verify-installer',
    },
    slack: { channels: Object.fromEntries(sandboxChannels.map(({ id, name }) => [name, id])) },
    aws: {
      region,
      roles: { runner: roles.runnerRole, agentDeploy: roles.agentDeploy, externalId },
      accounts: Object.entries(accounts).map(([name, { id, bucket }]) => ({
        name,
        id,
        bucket,
        purpose: name === 'soc' || name === 'test' ? name : 'production',
      })),
      testInstance: {
        imageId: launch.imageId,
        instanceType: launch.instanceType,
        subnetId: launch.subnetId,
        securityGroupIds: [launch.securityGroupId],
        serviceName: 'security-agent',
        versionCommand: '/opt/security-agent/bin/security-agent --version',
      },
    },
    people: people.map((person) => ({
      name: person.name,
      email: person.email,
      jira: person.jira.accountId,
      gitlab: person.gitlab.username,
      slack: person.slack.userId,
    })),
    groups: toGroups(people),
    onCall: 'dev',
    policies: { 'fully-automatic': { version: 1, signature: 'off', ...inputs.policy } },
    processes: { promotion: { policy: 'fully-automatic' } },
  };
}

function toGroups(people: readonly SandboxPerson[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const person of people) for (const group of person.groups) (groups[group] ??= []).push(person.name);
  return groups;
}
