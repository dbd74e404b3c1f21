import { z } from 'zod';
import { Name } from './account-schema.ts';

const AccountId = z.string().regex(/^[0-9]{12}$/);
const Region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-[0-9]$/);
const RoleArn = z.string().regex(/^arn:aws[a-z-]*:iam::[0-9]{12}:role\/[\w+=,.@/-]+$/);
const ExternalId = z.string().regex(/^[\w+=,.@:/-]{2,1224}$/);
const Url = z.url({ protocol: /^https?$/ });
const wholeNumber = (unit: string, least: number, most: number, fallback: number) =>
  z
    .int()
    .min(least)
    .max(most)
    .default(fallback)
    .describe(`a whole number of ${unit} from ${least} to ${most}`);
const rolePatterns = (which: string) =>
  z
    .array(z.string().min(1).max(300))
    .default([])
    .describe(`ARNs of IAM roles ${which}; * stands for any characters`);
const fieldName = (what: string, fallback: string) =>
  z.string().min(1).default(fallback).describe(`the exact name or the id of the Jira field ${what}`);

const AuditedAccount = z
  .strictObject({
    id: AccountId.describe('the 12 digits of an AWS account, in quotes'),
    role: RoleArn.optional().describe(
      'the ARN of the role there that may look events and secrets up; left out: that account is not compared with the ledger',
    ),
  })
  .describe('an account: id, role');

/** Process 5: every change of a secret, matched to an approval that stood when it happened. */
export const SecretAudit = z
  .strictObject({
    name: Name.default('secrets').describe('the name of these rules'),
    version: z.int().min(1).default(1).describe('a whole number that rises with each change of these rules'),
    site: Name.describe('a Jira site under jira.sites'),
    project: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]+$/)
      .default('SECCHG')
      .describe('the project key of the tickets that approve, such as SECCHG'),
    issueType: z.string().min(1).default('Secret change').describe('the exact name of the issue type'),
    fields: z
      .strictObject({
        secrets: fieldName('with the secrets, a line each', 'Secret ARN'),
        actions: fieldName('with the actions that are allowed', 'Actions'),
        windowStart: fieldName('with the begin of the window', 'Window start'),
        windowEnd: fieldName('with the end of the window', 'Window end'),
      })
      .prefault({})
      .describe('the names of fields: secrets, actions, windowStart, windowEnd'),
    approvedStatuses: z
      .array(z.string().min(1).max(255))
      .min(1)
      .default(['Approved'])
      .describe('the statuses in which a ticket approves'),
    lookBackDays: wholeNumber('days for which a ticket without a change is still looked at', 1, 3650, 365),
    account: AccountId.describe(
      'the 12 digits of the account with ledger and queue (CDK_DEFAULT_ACCOUNT), in quotes',
    ),
    region: Region.describe('the region of ledger and queue (CDK_DEFAULT_REGION)'),
    organization: z
      .string()
      .regex(/^o-[a-z0-9]{10,32}$/)
      .describe(
        'the id of the organisation whose accounts are audited (AWS_PRINCIPAL_ORG_ID), such as o-a1b2c3d4e5',
      ),
    table: z
      .string()
      .regex(/^[\w.-]{3,255}$/)
      .describe('the name of the ledger’s DynamoDB table (DYNAMODB_TABLE_NAME)'),
    role: RoleArn.optional().describe(
      'the ARN of the worker’s role for ledger and export; left out: the process’s own credentials',
    ),
    externalId: ExternalId.optional().describe('the external id of the roles’ trust policies'),
    starterRole: RoleArn.optional().describe(
      'the ARN of the starters’ role for queue and topics; left out: the process’s own credentials',
    ),
    queueUrl: Url.optional().describe(
      'the SQS queue of Secrets Manager’s events; left out: the sweep alone finds changes',
    ),
    deadLetterUrl: Url.optional().describe(
      'the dead-letter queue: what cannot be read goes there without values; left out: SQS moves it as it came',
    ),
    topics: z
      .array(z.string().regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[\w-]{1,256}$/))
      .default([])
      .describe('ARNs of SNS topics that Jira Automation publishes tickets to; others are refused'),
    accounts: z
      .array(AuditedAccount)
      .min(1)
      .describe(
        'the accounts of the organisation that are audited: {id, role}; events of others are refused',
      ),
    regions: z.array(Region).min(1).describe('the regions that are compared with the ledger'),
    home: z
      .strictObject({ account: AccountId, region: Region })
      .optional()
      .describe('{account, region} that a bare name in a ticket means; left out: tickets need ARNs'),
    outOfScope: z
      .array(z.string().min(1).max(300))
      .default([])
      .describe('names of secrets that are not audited; * stands for any characters'),
    rotationRoles: rolePatterns('that rotate secrets'),
    pipelineRoles: rolePatterns('of pipelines whose changes come from reviewed code'),
    breakGlassRoles: rolePatterns('for emergencies'),
    principals: z
      .array(z.strictObject({ arn: z.string().min(1).max(300), person: Name }))
      .default([])
      .describe('who is who: [{arn (* stands for any characters), person}]; the first that fits counts'),
    owners: z
      .array(z.strictObject({ secrets: z.string().min(1).max(300), people: z.array(Name).min(1) }))
      .default([])
      .describe('who answers for secrets: [{secrets (a name, * stands for any characters), people}]'),
    singleUse: z
      .boolean()
      .default(true)
      .describe('true: an approval counts for one change; false: for each within its window'),
    requireKnownActor: z
      .boolean()
      .default(true)
      .describe('true: a changer who is nobody of people is not authorised by any ticket'),
    graceMinutes: z.number().min(0).max(1440).default(15).describe('a number of minutes from 0 to 1440'),
    graceDays: wholeNumber('days', 1, 365, 30),
    finding: z
      .strictObject({
        project: z
          .string()
          .regex(/^[A-Z][A-Z0-9_]+$/)
          .optional()
          .describe('the project key of findings; left out: the tickets’ own'),
        issueType: z.string().min(1).default('Finding').describe('the exact name of the issue type'),
        question: Name.describe(
          'the approval whose channel and reminders “was this you?” uses; its quorum does not count',
        ),
        approval: Name.describe('the approval by which others approve a change afterwards'),
        channels: z.array(Name).default(['soc']).describe('who hears of a change that nobody explains'),
        collectSeconds: wholeNumber('seconds', 1, 3600, 60),
      })
      .describe(
        'what is done about a change without approval: project, issueType, question, approval, channels, collectSeconds',
      ),
    export: z
      .strictObject({
        bucket: z
          .string()
          .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
          .describe('the bucket that Athena reads'),
        prefix: z
          .string()
          .regex(/^(?:[\w.-]+\/)*$/)
          .default('secret-audit/')
          .describe('a prefix that ends with /'),
      })
      .optional()
      .describe('export for Athena: bucket, prefix; left out: none'),
    sweepMinutes: wholeNumber('minutes', 1, 1440, 15),
    jiraCallsPerSecond: z.number().min(0.1).max(1000).default(5).describe('a number from 0.1 to 1000'),
    heartbeatSeconds: wholeNumber('seconds', 2, 120, 10),
  })
  .describe(
    'the audit of secrets: site, project, account, region, organization, table, accounts, regions, finding, …',
  );
export type SecretAuditConfig = z.infer<typeof SecretAudit>;
