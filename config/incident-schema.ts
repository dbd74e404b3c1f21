import { z } from 'zod';
import { caseFields, caseStatuses } from '../workflows/incident-sync/sides.ts';
import { Name } from './account-schema.ts';
import {
  defaultIssueType,
  documentFields,
  documentToCase,
  documentToIssue,
  fieldDefaults,
} from './incident-defaults.ts';

const status = z.string().min(1).max(255);
const ways = z.enum(['both', 'to-issue', 'to-case', 'off']).default('both');
const wholeNumber = (unit: string, least: number, most: number, fallback: number) =>
  z
    .int()
    .min(least)
    .max(most)
    .default(fallback)
    .describe(`a whole number of ${unit} from ${least} to ${most}`);
const CaseField = z.enum(caseFields);
const EngagementType = z.enum(['Security Incident', 'Investigation']);
const ResolverType = z.enum(['AWS', 'Self']);
const AccountId = z.string().regex(/^[0-9]{12}$/);
const Region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-[0-9]$/);
/** A condition of a route: the case has one of these. An empty list would never hold. */
const oneOf = <T extends z.ZodType>(one: T, what: string) =>
  z.array(one).min(1).optional().describe(`a list of at least one: ${what}`);
const SettableStatus = z.enum(caseStatuses);

const FieldMap = z
  .strictObject({
    case: CaseField.describe(`one of ${caseFields.join(', ')}`),
    issue: z.string().min(1).describe('the exact name or the id of a Jira field, such as summary'),
    direction: z
      .enum(['both', 'to-issue', 'to-case'])
      .default(fieldDefaults.direction)
      .describe('both, to-issue (case to Jira) or to-case (Jira to case)'),
    conflict: z
      .enum(['case', 'issue', 'newest', 'ask'])
      .default(fieldDefaults.conflict)
      .describe('who wins when both changed: case, issue, newest, or ask (a person, in Slack)'),
    values: z
      .record(z.string().min(1), z.string().min(1))
      .default({})
      .describe('{value of the case: value in Jira}'),
  })
  .describe('a field: case, issue, direction, conflict, values');

const Route = z
  .strictObject({
    name: Name,
    when: z
      .strictObject({
        engagementType: oneOf(EngagementType, 'Security Incident or Investigation'),
        resolverType: oneOf(ResolverType, 'AWS or Self'),
        impactedAccounts: oneOf(AccountId, '12 digits of an AWS account, in quotes'),
        impactedAwsRegions: oneOf(Region, 'AWS regions'),
      })
      .describe(
        '{engagementType, resolverType, impactedAccounts, impactedAwsRegions}: each a list; all must hold',
      ),
    project: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]+$/)
      .optional()
      .describe('a project key in capitals'),
    issueType: z.string().min(1).optional().describe('the exact name of the issue type'),
    priority: z.string().min(1).optional().describe('the exact name of a priority'),
    securityLevel: z.string().min(1).optional().describe('the exact name of an issue security level'),
    components: z.array(z.string().min(1)).default([]).describe('names of components'),
    assignee: Name.optional().describe('a person under people'),
    sync: z.boolean().default(true).describe('false: such cases get no issue'),
    severe: z
      .boolean()
      .default(false)
      .describe('true: while such a case is open, promotions and changes wait (freeze must be configured)'),
  })
  .describe(
    'a route: name, when, project, issueType, priority, securityLevel, components, assignee, sync, severe',
  );

const Connection = z
  .strictObject({
    name: Name.describe('the name of this connection; part of every id, never to be changed'),
    version: z.int().min(1).default(1).describe('a whole number that rises with each change of these rules'),
    site: Name.describe('a Jira site under jira.sites'),
    project: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]+$/)
      .describe('the project key of new issues, such as SEC'),
    issueType: z.string().min(1).default(defaultIssueType).describe('the exact name of the issue type'),
    account: AccountId.describe('the 12 digits of the AWS account with the membership, in quotes'),
    region: Region.describe('the AWS region of the membership'),
    role: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::[0-9]{12}:role\/[\w+=,.@/-]+$/)
      .optional()
      .describe('the ARN of the role with the rights on cases; left out: the process’s own credentials'),
    externalId: z
      .string()
      .regex(/^[\w+=,.@:/-]{2,1224}$/)
      .optional()
      .describe('the external id of that role’s trust policy'),
    starterRole: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::[0-9]{12}:role\/[\w+=,.@/-]+$/)
      .optional()
      .describe(
        'the ARN of the role with the starters’ rights on queue and topics; left out: the process’s own credentials',
      ),
    queueUrl: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe(
        'the SQS queue of EventBridge’s aws.security-ir events; left out: the sweep alone finds changes',
      ),
    topics: z
      .array(z.string().regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[\w-]{1,256}$/))
      .default([])
      .describe('ARNs of SNS topics that Jira Automation publishes to; others are refused'),
    fields: z
      .array(FieldMap)
      .max(100)
      .default(() => documentFields.map((one) => ({ ...one })))
      .describe('the mapped fields'),
    statuses: z
      .strictObject({
        toIssue: z
          .partialRecord(SettableStatus, status)
          .default(documentToIssue)
          .describe('{status of the case: Jira status}'),
        toCase: z
          .record(status, SettableStatus)
          .default(documentToCase)
          .describe('{Jira status: status of the case}'),
        conflict: z
          .enum(['case', 'issue'])
          .default('case')
          .describe('who wins when both moved: case or issue'),
        gone: status.optional().describe('the Jira status of an issue whose case is not there any more'),
      })
      .prefault({})
      .describe('statuses: toIssue, toCase, conflict, gone'),
    routes: z
      .array(Route)
      .max(200)
      .default([])
      .describe('which issue a case gets; the first that holds counts'),
    deletedIssue: z
      .enum(['comment', 'close'])
      .default('comment')
      .describe('comment or close: the case of a deleted issue'),
    reopened: z
      .enum(['new-case', 'alert'])
      .default('alert')
      .describe('new-case or alert: an issue reopened after its case was closed'),
    comments: ways.describe('both, to-issue, to-case or off'),
    attachments: ways.describe('both, to-issue, to-case or off'),
    watchers: ways.describe('both, to-issue, to-case or off'),
    internalPrefix: z
      .string()
      .min(1)
      .max(40)
      .default('[internal]')
      .describe('comments that begin so stay on their side'),
    maxAttachmentMb: wholeNumber('megabytes', 1, 100, 50),
    intake: z
      .strictObject({
        issueTypes: z.array(z.string().min(1)).min(1).describe('issue types of which cases are made'),
        labels: z
          .array(z.string().regex(/^\S{1,255}$/))
          .default([])
          .describe('of these labels one must be there; none: any'),
        engagementType: EngagementType.default('Security Incident').describe(
          'of new cases: Security Incident or Investigation',
        ),
        resolverType: ResolverType.default('Self').describe('of new cases: AWS or Self'),
        // the limits are CreateCase's
        impactedAccounts: z
          .array(AccountId)
          .min(1)
          .max(200)
          .describe(
            '1 to 200 accounts of 12 digits, in quotes; of new cases, unless a mapped field says otherwise',
          ),
        impactedAwsRegions: z
          .array(Region)
          .max(50)
          .default([])
          .describe('at most 50 AWS regions; of new cases, unless a mapped field says otherwise'),
        impactedServices: z
          .array(z.string().min(2).max(50))
          .max(600)
          .default([])
          .describe('at most 600 names of services; of new cases, unless a mapped field says otherwise'),
        watchers: z
          .array(
            z.strictObject({
              email: z.email().describe('an e-mail address'),
              name: z.string().min(1).max(50).optional().describe('at most 50 characters'),
              jobTitle: z.string().min(1).max(50).optional().describe('at most 50 characters'),
            }),
          )
          .min(1)
          .max(30)
          .describe('1 to 30 people who watch new cases: email, name, jobTitle; nobody is made up'),
      })
      .optional()
      .describe(
        'cases made from issues: issueTypes, labels, engagementType, resolverType, impactedAccounts, …; left out: none are',
      ),
    channels: z
      .array(Name)
      .default([])
      .describe('names of channels under slack.channels that hear of conflicts and delays'),
    conflictApproval: Name.optional().describe(
      'the approval (under approvals) whose group answers conflicts; needed for conflict: ask',
    ),
    pendingMinutes: z
      .array(z.int().min(1).max(43_200))
      .max(10)
      .default([60, 240, 1440])
      .describe('minutes until each reminder while AWS waits for the customer; the last goes to on-call'),
    tailDays: wholeNumber('days', 0, 365, 14),
    heartbeatSeconds: wholeNumber('seconds', 1, 120, 10),
    jiraCallsPerSecond: wholeNumber('calls', 1, 10_000, 20),
    caseCallsPerSecond: wholeNumber('calls', 1, 10_000, 10),
  })
  .describe(
    'a connection: name, site, project, issueType, account, region, role, queueUrl, topics, fields, statuses, routes, intake, …',
  );
export type ConnectionConfig = z.infer<typeof Connection>;

/** `processes.incidents`: left out, the process is off. */
export const Incidents = z
  .strictObject({ connections: z.array(Connection).min(1).describe('the list of connections, at least one') })
  .describe('incidents: connections');
