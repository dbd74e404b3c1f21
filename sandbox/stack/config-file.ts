import type { SandboxPerson } from '../shared/people.ts';
import { toIncidentConnection, type IncidentInputs } from './incident-config.ts';
import { toSecretAudit, type SecretInputs } from './secret-config.ts';
import { sandboxChannels } from '../slack/slack-vendor.ts';

export interface ConfigInputs extends IncidentInputs, SecretInputs {
  readonly jiraUrl: string;
  readonly gitlabUrl: string;
  readonly uiUrl: string;
  readonly taskQueue?: string;
  readonly policy?: Readonly<Record<string, unknown>>;
  /** Overrides rules of the change policy `standard`, such as `autoApprove`. */
  readonly changePolicy?: Readonly<Record<string, unknown>>;
  /** Controlled environments more than production and infrastructure; each has a policy of its own name, of these rules. */
  readonly changeEnvironments?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Overrides keys of the source `halo`; one that is undefined is left out. */
  readonly halo?: Readonly<Record<string, unknown>> | 'off';
  /** Where the CLI reaches the decision gateway. */
  readonly gatewayUrl: string;
  /** The public keys' file, relative to the configuration. */
  readonly publicKeys: string;
  /** Sets `freeze`: every wave is opened there. */
  readonly freeze?: boolean;
  /** Overrides approvals by name. */
  readonly approvals?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Who decides for whom, and when. */
  readonly delegations?: readonly Readonly<Record<'from' | 'to' | 'start' | 'end', string>>[];
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
        toSite(inputs, { name: 'main', project: 'DEVOPS' }),
        toSite(inputs, { name: 'gated', project: 'GATED', policy: 'gated' }),
      ],
    },
    gitlab: {
      baseUrl: inputs.gitlabUrl,
      project: 'devops/agent-promotion',
      ref: 'main',
      verifyJob: 'verify-installer',
    },
    slack: {
      channels: Object.fromEntries(sandboxChannels.map(({ id, name }) => [name, id])),
      teamId: 'T0SANDBOX',
    },
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
    groups: { ...toGroups(people), 'security-in-slack': { slackUserGroup: 'S0SECURITY' } },
    onCall: 'dev',
    ...(inputs.delegations ? { delegations: inputs.delegations } : {}),
    approvals: toApprovals(inputs),
    ...(inputs.freeze ? { freeze: { approval: 'lift', exception: 'exception' } } : {}),
    decisions: { gatewayUrl: inputs.gatewayUrl, publicKeys: inputs.publicKeys },
    policies: {
      'fully-automatic': { version: 1, signature: 'off', downgrade: 'allow', ...inputs.policy },
      gated: {
        ...{ version: 1, signature: 'off', downgrade: 'refuse', supersede: true, approval: 'production' },
        waves: [['prod-a'], { accounts: ['prod-b', 'prod-c'] }],
        ...inputs.policy,
      },
    },
    processes: {
      promotion: { policy: 'fully-automatic', rollback: 'rollback', steal: 'lift', driftIssueType: 'Task' },
      change: toChange(inputs),
      ...(inputs.halo === 'off' ? {} : { halo: { sources: [toHalo(inputs.halo)] } }),
      ...(inputs.incidents === 'off' ? {} : { incidents: { connections: [toIncidentConnection(inputs)] } }),
      ...(inputs.secrets === 'off' ? {} : { secrets: toSecretAudit(inputs) }),
    },
  };
}

function toSite(
  { jiraUrl, statuses: named }: ConfigInputs,
  own: { readonly name: string; readonly project: string; readonly policy?: string },
) {
  return {
    ...own,
    baseUrl: jiraUrl,
    issueType: 'Security Agent Deploy Request',
    fields: { agentVersion: 'Agent-Version' },
    statuses: named ?? statuses,
    bot: 'jira-bot',
  };
}

/** Nothing is approved automatically unless a test or the demo asks for it. */
function toChange({ changePolicy = {}, changeEnvironments = {} }: ConfigInputs) {
  const rules = {
    ...{ version: 1, approval: 'change', planApproval: 'plan' },
    scans: { required: ['sast', 'secret_detection'] },
    versionFiles: ['package.json', 'package-lock.json', 'pom.xml', 'VERSION'],
    notify: { failure: ['devops'] },
  };
  const more = Object.keys(changeEnvironments);
  return {
    site: 'main',
    project: 'PRODCM',
    issueType: 'Change Request',
    environments: {
      ...{ production: 'standard', infrastructure: 'infrastructure' },
      ...Object.fromEntries(more.map((name) => [name, name])),
    },
    policies: {
      standard: { ...rules, ...changePolicy },
      infrastructure: { ...rules, plan: 'required' },
      ...Object.fromEntries(more.map((name) => [name, { ...rules, ...changeEnvironments[name] }])),
    },
    inspection: {
      ...{ version: 1, approval: 'inspection', switchOnApproval: 'switch-on' },
      ...{ findingIssueType: 'Task', notify: ['soc'] },
    },
  };
}

/** One project, no routes: demo and tests bring their own. */
function toHalo(halo: Exclude<ConfigInputs['halo'], 'off'> = {}) {
  const source = {
    ...{ name: 'halo', site: 'main', project: 'SEC', issueType: 'Security Finding' },
    idField: 'Halo Issue ID',
    mapping: {
      issue_rule_key: 'Halo Rule Key',
      issue_critical: 'Halo Critical',
      asset_group_path: 'Asset Group Path',
      server_hostname: 'Server Hostname',
      issue_first_seen_at: 'First Seen',
    },
    ...{ close: 'Close', reopen: 'Reopen', closedStatuses: ['Done'], hardClosedStatuses: ["Won't Fix"] },
    dueDays: { critical: 7, high: 30, medium: 90, low: 180 },
    flood: { limit: 5_000, approval: 'flood', groupBy: '{issue_rule_key}' },
    acceptance: { approval: 'acceptance', maxDays: 90 },
    heartbeatSeconds: 2,
    // nobody else is on these servers
    ...{ haloCallsPerSecond: 200, jiraCallsPerSecond: 200 },
  };
  return Object.fromEntries(
    Object.entries({ ...source, ...halo }).filter(([, value]) => value !== undefined),
  );
}

/** What people decide in the sandbox; the ladder is short, so that it can be watched. */
function toApprovals({ approvals = {} }: ConfigInputs) {
  const base = { version: 1, channel: 'approvals', expiresAfterMinutes: 1440 };
  const one = (group: string) => [{ group, count: 1 }];
  const rules: Record<string, Record<string, unknown>> = {
    production: {
      ...{ ...base, quorum: one('devops') },
      reminders: [
        { afterMinutes: 15, to: 'thread' },
        { afterMinutes: 60, to: 'dm' },
        { afterMinutes: 120, to: 'on-call' },
      ],
      override: { group: 'devops-leads', reviewers: 'security', reviewWithinMinutes: 1440 },
    },
    rollback: { ...base, quorum: one('devops'), risk: 'high' },
    lift: { ...base, quorum: one('devops-leads'), exclude: [] },
    exception: {
      ...base,
      quorum: [...one('devops-leads'), ...one('security')],
      risk: 'high',
      buttons: false,
    },
  };
  Object.assign(rules, toChangeApprovals(base, one));
  rules['flood'] = { ...base, quorum: one('security'), exclude: [] };
  rules['conflict'] = { ...base, quorum: one('soc'), exclude: [] };
  // the group's own changes are the others' to judge
  rules['secret-question'] = { ...base, quorum: one('security'), exclude: [] };
  rules['secret-afterwards'] = { ...base, quorum: one('security'), exclude: ['changer'] };
  rules['acceptance'] = { ...base, quorum: one('security'), risk: 'high' };
  for (const [name, part] of Object.entries(approvals)) rules[name] = { ...rules[name], ...part };
  return rules;
}

type Quorum = readonly { readonly group: string; readonly count: number }[];

function toChangeApprovals(
  base: object,
  one: (group: string) => Quorum,
): Record<string, Record<string, unknown>> {
  return {
    change: { ...base, quorum: [...one('security'), ...one('release')] },
    plan: { ...base, quorum: [...one('security'), ...one('devops-leads')], risk: 'high' },
    inspection: { ...base, quorum: one('security'), exclude: ['requester', 'author'] },
    'switch-on': { ...base, quorum: [...one('security'), ...one('devops-leads')], exclude: [] },
  };
}

function toGroups(people: readonly SandboxPerson[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const person of people) for (const group of person.groups) (groups[group] ??= []).push(person.name);
  return groups;
}
