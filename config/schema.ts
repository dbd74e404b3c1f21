import { z } from 'zod';
import { Aws, Name } from './account-schema.ts';
import { Approval, Delegation, Freeze, Group, Probe } from './approval-schema.ts';
import { Change } from './change-schema.ts';
import { Halo } from './halo-schema.ts';
import { Incidents } from './incident-schema.ts';
import { SecretAudit } from './secret-schema.ts';
import { LongWave } from './wave-schema.ts';

const BaseUrl = z
  .url({ protocol: /^https?$/ })
  .transform((url) => url.replace(/\/+$/, ''))
  .describe('a base URL, such as https://example.atlassian.net');

const statusName = (meaning: string) =>
  z.string().min(1).describe(`the site’s exact name of the status ${meaning}`);

/** The names of the source document (P-11): they stand in only when a site maps no status at all. */
const documentStatuses = {
  toDo: 'ToDo',
  inProgress: 'In Progress',
  done: 'Done',
  infoNeeded: 'Info Needed',
  failed: 'Failed',
  canceled: 'Canceled',
};

const JiraSite = z
  .strictObject({
    name: Name,
    baseUrl: BaseUrl,
    project: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]+$/)
      .describe('a project key in capitals, such as DEVOPS'),
    issueType: z.string().min(1).describe('the exact name of the issue type'),
    fields: z
      .strictObject({ agentVersion: z.string().min(1).describe('the exact name of the field Agent-Version') })
      .default({ agentVersion: 'Agent-Version' })
      .describe('the names of fields: agentVersion'),
    statuses: z
      .strictObject({
        toDo: statusName('ToDo'),
        inProgress: statusName('In Progress'),
        done: statusName('Done'),
        infoNeeded: statusName('Info Needed'),
        failed: statusName('Failed'),
        canceled: statusName('Canceled'),
      })
      .default(documentStatuses)
      .describe('all six of toDo, inProgress, done, infoNeeded, failed, canceled, or none of them'),
    bot: Name.describe('the person whose Jira account Lockkeeper uses'),
    policy: Name.optional().describe(
      'the policy (under policies) of this project’s requests; left out: processes.promotion.policy',
    ),
  })
  .describe('a Jira site and project: name, baseUrl, project, issueType, fields, statuses, bot, policy');

const Person = z
  .strictObject({
    name: Name,
    email: z.email().optional().describe('an e-mail address'),
    jira: z
      .string()
      .regex(/^[\w:-]{1,128}$/)
      .optional()
      .describe('the Jira account id'),
    gitlab: z.string().min(1).optional().describe('the GitLab user name'),
    slack: z
      .string()
      .regex(/^[UW][A-Z0-9]+$/)
      .optional()
      .describe('the Slack user id, such as U0123456789'),
  })
  .describe('a person: name, email, jira, gitlab, slack');

const Wave = z
  .union([z.array(Name).min(1), LongWave, z.record(z.string(), z.string())])
  .describe(
    'a list of account names, {tag: value} of the accounts, or {accounts | tags, approval, bakeMinutes, probe, maxFailed}',
  );

const wholeNumber = (unit: string, most: number, fallback: number) =>
  z.int().min(1).max(most).default(fallback).describe(`a whole number of ${unit} from 1 to ${most}`);
const channels = (fallback: string[]) =>
  z.array(Name).default(fallback).describe('names of channels under slack.channels');

const Policy = z
  .strictObject({
    version: z.int().min(1).describe('a whole number that rises with each change of this policy'),
    waves: z
      .array(Wave)
      .min(1)
      .optional()
      .describe('the order of the production accounts; one wave of all when left out'),
    approval: Name.optional().describe(
      'the approval (under approvals) that people must give before production; left out: fully automatic',
    ),
    downgrade: z
      .enum(['refuse', 'allow'])
      .default('refuse')
      .describe('refuse or allow: a version older than what production has'),
    sameVersion: z
      .enum(['repair', 'refuse'])
      .default('repair')
      .describe('repair (write what is missing) or refuse: a version that every account has already'),
    supersede: z
      .boolean()
      .default(false)
      .describe('true: a newer request ends older ones that still wait, as Info Needed'),
    hotfixLabel: z
      .string()
      .regex(/^\S{1,100}$/)
      .default('hotfix')
      .describe('the Jira label that puts a request at the head of the line'),
    signature: z.enum(['required', 'if-present', 'off']).describe('one of required, if-present, off'),
    pipelineDeadlineMinutes: wholeNumber('minutes', 1440, 30),
    pipelinePollSeconds: wholeNumber('seconds', 3600, 30),
    // AWS: a chained role session lasts an hour, and the presigned URLs of the instance die with it.
    instanceDeadlineMinutes: z
      .number()
      .min(0.1)
      .max(55)
      .default(20)
      .describe('a number of minutes from 0.1 to 55'),
    heartbeatSeconds: wholeNumber('seconds', 120, 10),
    notify: z
      .strictObject({ failure: channels(['soc', 'devops']), success: channels([]) })
      .default({ failure: ['soc', 'devops'], success: [] })
      .describe('who hears of the end: failure, success'),
  })
  .describe('a policy: version, waves, approval, signature, deadlines, notify');

/** The whole of lockkeeper.yaml: the form of each key. What refers to what is checked in references.ts. */
export const ConfigFile = z.strictObject({
  version: z.literal(1).describe('1, the version of this file’s form'),
  deployment: Name.describe(
    'the name of this installation; it marks what belongs to it, such as test instances',
  ),
  temporal: z
    .strictObject({
      taskQueue: Name.default('lockkeeper'),
      uiUrl: BaseUrl.describe('the base URL of the Temporal Web UI'),
    })
    .describe('Temporal: taskQueue, uiUrl'),
  jira: z
    .strictObject({ sites: z.array(JiraSite).min(1).describe('the list of Jira sites, at least one') })
    .describe('Jira: sites'),
  gitlab: z
    .strictObject({
      baseUrl: BaseUrl,
      project: z
        .union([z.string().regex(/^[\w.-]+(\/[\w.-]+)+$/), z.int().positive()])
        .describe('the path group/project or the number of the project'),
      ref: z.string().min(1).default('main').describe('the branch that the pipeline runs on'),
      verifyJob: z
        .string()
        .min(1)
        .default('verify-installer')
        .describe('the name of the CI job that verifies the installer'),
    })
    .describe('GitLab: baseUrl, project, ref, verifyJob'),
  slack: z
    .strictObject({
      channels: z
        .record(
          Name,
          z
            .string()
            .regex(/^[CG][A-Z0-9]+$/)
            .describe('the id of a Slack channel, such as C0123456789'),
        )
        .describe('channel ids by name'),
      teamId: z
        .string()
        .regex(/^T[A-Z0-9]+$/)
        .optional()
        .describe('the id of the workspace, such as T0123456789; without it nobody decides in Slack'),
    })
    .describe('Slack: channels, teamId'),
  aws: Aws,
  people: z.array(Person).describe('the list of people'),
  groups: z
    .record(Name, Group)
    .default({})
    .describe('groups by name: a list of people, {slackUserGroup: id} or {jiraGroup: name}'),
  delegations: z.array(Delegation).default([]).describe('who decides for whom, from when to when'),
  approvals: z.record(Name, Approval).default({}).describe('what people must approve, by name'),
  freeze: Freeze.optional(),
  probes: z.record(Name, Probe).default({}).describe('health probes by name'),
  decisions: z
    .strictObject({
      gatewayUrl: BaseUrl.describe(
        'where people’s CLIs reach the starters, such as https://lockkeeper.example.com',
      ),
      publicKeys: z
        .string()
        .min(1)
        .describe('the file of public keys that `lockkeeper setup keys` writes; relative to this file'),
    })
    .optional()
    .describe('signed decisions: gatewayUrl, publicKeys; needed as soon as anything is approved'),
  onCall: Name.describe('the person who is assigned what failed'),
  policies: z.record(Name, Policy).describe('policies by name'),
  processes: z
    .strictObject({
      promotion: z
        .strictObject({
          policy: Name.describe('the name of a policy under policies'),
          rollback: Name.optional().describe(
            'the approval that a rollback needs; left out: nobody can roll back',
          ),
          steal: Name.optional().describe('the approval whose group may free the turn; left out: nobody'),
          driftIssueType: z
            .string()
            .min(1)
            .optional()
            .describe('the issue type of the ticket that reports drift; left out: no drift sweep'),
        })
        .describe('promotion: policy, rollback, steal, driftIssueType'),
      change: Change.optional(),
      halo: Halo.optional(),
      incidents: Incidents.optional(),
      secrets: SecretAudit.optional(),
    })
    .describe('processes: promotion, change, halo, incidents, secrets'),
});
export type ConfigFile = z.infer<typeof ConfigFile>;
