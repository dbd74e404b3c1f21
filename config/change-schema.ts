import { z } from 'zod';
import { Name } from './account-schema.ts';

const status = (fallback: string) => z.string().min(1).default(fallback);
const field = (fallback: string) => z.string().min(1).default(fallback);
const channels = z.array(Name).default([]).describe('names of channels under slack.channels');
const severity = z.enum(['critical', 'high', 'medium', 'low', 'info', 'unknown']);

/** The source document's own scheme, as the sandbox has it. */
export const Statuses = z
  .strictObject({
    draft: status('Draft'),
    waiting: status('Waiting for approval'),
    approved: status('Approved'),
    declined: status('Declined'),
    canceled: status('Canceled'),
    manualReview: status('Manual review required'),
    deploying: status('Deploying'),
    resolved: status('Resolved'),
    closed: status('Closed'),
    deployFailed: status('Deploy failed'),
  })
  .prefault({})
  .describe('the site’s own names of the ten statuses');

export const Fields = z
  .strictObject({
    environment: field('Environment'),
    project: field('Project'),
    buildJob: field('Build job'),
    build: field('Build number'),
    branch: field('Branch'),
    sha: field('Commit SHA'),
    action: field('Deploy action'),
    rollbackPlan: field('Rollback plan'),
    justification: field('Justification'),
    scanStatus: field('Scan status'),
    evidenceDigest: field('Evidence digest'),
  })
  .prefault({})
  .describe('the names of the ticket’s fields; Components is Jira’s own');

const ChangeRules = z
  .strictObject({
    version: z.int().min(1).describe('a whole number that rises with each change of this policy'),
    approval: Name.describe('the approval (under approvals) that a change needs'),
    planApproval: Name.optional().describe('the approval of a risky plan; left out: the same as approval'),
    autoApprove: z.boolean().default(false).describe('true: nobody is asked when every check passes'),
    review: z
      .enum(['strict', 'resolve-squash'])
      .default('strict')
      .describe(
        'strict (a squashed merge needs a person) or resolve-squash (it counts as its merge request was approved)',
      ),
    bots: z.array(z.string().min(1)).default([]).describe('GitLab user names of machines'),
    versionFiles: z
      .array(z.string().min(1))
      .default([])
      .describe('names of files whose version fields may change without review, such as package.json'),
    scans: z
      .strictObject({
        required: z.array(z.string().min(1)).default([]),
        blocking: z.array(severity).default(['critical', 'high']),
        maxAgeHours: z.number().min(1).max(8760).default(72),
      })
      .prefault({})
      .describe('scans: required, blocking, maxAgeHours'),
    plan: z
      .enum(['required', 'optional'])
      .default('optional')
      .describe('required: no deploy begins before its Terraform plan was reported'),
    deployDeadlineMinutes: z.int().min(1).max(1440).default(120).describe('minutes, from 1 to 1440'),
    heartbeatSeconds: z.int().min(1).max(120).default(10).describe('seconds, from 1 to 120'),
    notify: z
      .strictObject({ failure: channels, success: channels })
      .prefault({})
      .describe('who hears of the end: failure, success'),
  })
  .describe(
    'a change policy: version, approval, planApproval, autoApprove, review, bots, versionFiles, scans, plan, notify',
  );

const PlanRule = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
      .describe('a name in lower case, such as no-public-bucket'),
    types: z.array(z.string().min(1)).min(1).describe('resource types; `*` stands for any characters'),
    attributes: z.array(z.string().min(1)).optional().describe('names of attributes; left out: any change'),
    actions: z
      .array(z.enum(['create', 'update', 'delete', 'replace']))
      .optional()
      .describe('create, update, delete, replace; left out: any'),
    reason: z.string().min(1).max(200),
  })
  .describe('a rule of Terraform plans: id, types, attributes, actions, reason');
export type PlanRule = z.infer<typeof PlanRule>;

/** `processes.change`: left out, the process is off. */
export const Change = z
  .strictObject({
    site: Name.describe('the name of a Jira site under jira.sites: its address and bot'),
    project: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]+$/)
      .describe('the project key of change tickets, such as PRODCM'),
    issueType: z.string().min(1).describe('the exact name of the issue type of change tickets'),
    statuses: Statuses,
    fields: Fields,
    environments: z
      .record(Name, Name)
      .refine((all) => Object.keys(all).length > 0, 'names no environment')
      .describe('the controlled environments and the change policy of each; others pass ungated'),
    policies: z.record(Name, ChangeRules).describe('change policies by name'),
    planRules: z.array(PlanRule).default([]).describe('further rules of what makes a Terraform plan risky'),
    incidentJql: z
      .string()
      .min(1)
      .optional()
      .describe(
        'a JQL search for open incidents of the highest severity; left out: only holds of freeze count',
      ),
    gate: z
      .strictObject({
        audience: z.string().min(1).default('lockkeeper').describe('the `aud` of GitLab’s ID tokens'),
        projects: z
          .array(z.string().regex(/^[\w.-]+(\/[\w.-]+)*\/?$/))
          .optional()
          .describe(
            'GitLab projects (`shop/web`) and groups (`shop/`) that may use the gate; left out: all, on gitlab.com none',
          ),
      })
      .prefault({})
      .describe('the gate’s routes: audience, projects'),
    inspection: z
      .strictObject({
        version: z.int().min(1),
        approval: Name.describe(
          'the approval that an inspection is: who inspects, until when, and how they are reminded',
        ),
        switchOnApproval: Name.describe('the approval that switching auto-approval on again needs'),
        percent: z.number().min(1).max(100).default(3),
        least: z.int().min(1).max(1000).default(5),
        findingIssueType: z.string().min(1).default('Task'),
        switchOff: z.boolean().default(true),
        notify: channels,
      })
      .optional()
      .describe(
        'monthly inspections: version, approval, switchOnApproval, percent, least, findingIssueType, switchOff, notify',
      ),
  })
  .describe(
    'change: site, project, issueType, environments, policies, planRules, incidentJql, gate, inspection',
  );
export type ChangeConfig = z.infer<typeof Change>;
