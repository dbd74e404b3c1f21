import { z } from 'zod';
import { Name } from './account-schema.ts';

/** Hosts that may be sent the API key: the vendor's own. */
const haloHost = /^([A-Za-z0-9-]+\.){1,2}cloudpassage\.com$/;
/** Of the source document's version 1 (H-6, X-21). */
export const haloTypes = ['sva', 'csm', 'fim', 'lids'] as const;

const wholeNumber = (unit: string, least: number, most: number, fallback: number) =>
  z
    .int()
    .min(least)
    .max(most)
    .default(fallback)
    .describe(`a whole number of ${unit} from ${least} to ${most}; ${fallback} when left out`);
const ProjectKey = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]+$/)
  .describe('a project key in capitals, such as SEC');
const Scalar = z.union([z.string().min(1), z.number(), z.boolean()]);
const status = z.string().min(1);
const days = z.int().min(0).max(3650).optional();
const Template = z.string().min(1).max(500);

const Route = z
  .strictObject({
    name: Name.describe('the name of this route, in lower case'),
    when: z
      .record(z.string().min(1), z.union([Scalar, z.array(Scalar).min(1)]))
      .refine((all) => Object.keys(all).length > 0, 'has no conditions: no later route would ever be tried')
      .describe(
        '{field: value or [values]} of findings, all of which must hold; `*` stands for any characters',
      ),
    project: ProjectKey.optional().describe('the project of its tickets; left out: that of the source'),
    issueType: z
      .string()
      .min(1)
      .optional()
      .describe('the issue type of its tickets; left out: that of the source'),
    priority: z.string().min(1).optional().describe('the name of a Jira priority'),
    components: z.array(z.string().min(1)).default([]).describe('names of components of the project'),
    assignee: Name.optional().describe('the person (under people) whom its tickets are assigned to'),
    groupBy: Template.optional().describe(
      'a template such as "{issue_rule_key}": findings of one value share a ticket; left out: a ticket each',
    ),
    sync: z.boolean().default(true).describe('false: such findings get no ticket'),
  })
  .describe('a route: name, when, project, issueType, priority, components, assignee, groupBy, sync');

const DueRule = z
  .strictObject({
    when: z
      .record(z.string().min(1), z.union([Scalar, z.array(Scalar).min(1)]))
      .refine((all) => Object.keys(all).length > 0, 'has no conditions: dueDays is for all')
      .describe('{field: value or [values]} of findings, as in a route'),
    days: z
      .strictObject({ critical: days, high: days, medium: days, low: days, unknown: days })
      .describe('{critical, high, medium, low, unknown}: days from first seen'),
  })
  .describe('a rule of due dates: when, days');

const Source = z
  .strictObject({
    name: Name.default('halo').describe('the name of this source; halo when left out'),
    version: z.int().min(1).default(1).describe('a whole number that rises with each change of these rules'),
    kind: z.enum(['halo', 'file']).default('halo').describe('halo (CloudPassage Halo) or file'),
    api: z.enum(['v3', 'v1']).default('v3').describe('v3 or v1, the version of Halo’s issues API'),
    hostname: z
      .string()
      .regex(haloHost)
      .default('api.cloudpassage.com')
      .describe('the host of Halo’s API, such as api.cloudpassage.com'),
    path: z.string().min(1).optional().describe('for kind: file, the file; relative to this one'),
    format: z.enum(['json', 'sarif']).optional().describe('for kind: file, json (the default) or sarif'),
    everyMinutes: wholeNumber('minutes', 1, 1440, 15),
    site: Name.describe('the name of a Jira site under jira.sites: its address and bot'),
    project: ProjectKey.describe('the project of new tickets that no route sends elsewhere, such as SEC'),
    issueType: z.string().min(1).describe('the exact name of the issue type of new tickets'),
    idField: z
      .string()
      .min(1)
      .describe('the name or id of the custom field of one line that holds a finding’s id'),
    mapping: z
      .record(z.string().min(1), z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]))
      .default({})
      .describe('{field of a finding: Jira field by name or id, or a list of them}'),
    static: z.record(z.string().min(1), Scalar).default({}).describe('{Jira field: value} of every ticket'),
    close: status.describe('the name of the transition that closes a ticket, or of the status it leads to'),
    reopen: status.describe('the name of the transition that reopens a ticket, or of the status it leads to'),
    newStatus: status
      .optional()
      .describe('the status that new tickets are moved to; left out: where they begin'),
    closedStatuses: z
      .array(status)
      .default([])
      .describe(
        'statuses of closed tickets that may be reopened; none: every done one that is not hard-closed',
      ),
    hardClosedStatuses: z
      .array(status)
      .default([])
      .describe('statuses of tickets that are never reopened: a finding that comes back gets a new one'),
    types: z
      .array(z.string().regex(/^[a-z][\w-]{0,39}$/))
      .min(1)
      .optional()
      .describe(
        `types of findings that get tickets; for Halo of ${haloTypes.join(', ')}, all when left out; for a file what it calls them, in SARIF the scanner’s name`,
      ),
    criticalOnly: z.boolean().default(false).describe('true: only critical findings get tickets'),
    filters: z
      .record(z.string().regex(/^[\w.[\]-]+$/), Scalar)
      .default({})
      .describe('{query parameter of the source: value}, such as group_name: Web servers'),
    routes: z.array(Route).max(200).default([]).describe('where tickets go; the first that holds counts'),
    unrouted: z
      .enum(['default', 'park'])
      .default('default')
      .describe(
        'what no route takes gets a ticket in the project of the source (default), or none: it is parked and shown until a route takes it (park)',
      ),
    recordResolved: z
      .boolean()
      .default(true)
      .describe('true: a resolved finding without a ticket gets one that is closed at once'),
    comments: z
      .enum(['each-finding', 'changes', 'digest', 'off'])
      .default('each-finding')
      .describe(
        'each-finding (a comment for each new scan result), changes, digest (one a day, at night), or off',
      ),
    updateFields: z
      .boolean()
      .default(true)
      .describe('true: mapped fields are written again when the finding changed'),
    dueDays: z
      .strictObject({ critical: days, high: days, medium: days, low: days, unknown: days })
      .default({})
      .describe('{critical, high, medium, low, unknown}: days from first seen until a ticket is due'),
    dueRules: z
      .array(DueRule)
      .max(100)
      .default([])
      .describe('due dates of special findings; the first rule that holds and names the severity counts'),
    dueCalendar: z
      .strictObject({
        weekdays: z
          .array(z.int().min(1).max(7))
          .min(1)
          .default([1, 2, 3, 4, 5])
          .describe('the days that count, from 1 (Monday) to 7 (Sunday)'),
        holidays: z.array(z.iso.date()).default([]).describe('days off, such as 2026-12-25'),
      })
      .optional()
      .describe('the days that count until a ticket is due: weekdays, holidays; left out: all do'),
    remindAt: z
      .array(z.int().min(1).max(100))
      .max(10)
      .default([])
      .describe(
        'per cent of the time until due at which open tickets are reminded of, such as [50, 80, 100]',
      ),
    closeAfterMinutes: wholeNumber('minutes', 0, 525_600, 0),
    reopenAfterMinutes: z
      .int()
      .min(0)
      .max(525_600)
      .nullable()
      .default(0)
      .describe(
        'minutes until a ticket is reopened that a person closed though the finding is there; null: never',
      ),
    flapLimit: wholeNumber('reopenings', 1, 1000, 3),
    missing: z
      .enum(['close', 'keep'])
      .default('close')
      .describe('close or keep: open tickets whose finding the source does not have any more'),
    flood: z
      .strictObject({
        limit: z.int().min(1).describe('so many new tickets in one pass are created without a word'),
        approval: Name.describe('the approval (under approvals) that decides on more'),
        groupBy: Template.default('{issue_rule_key}').describe(
          'the template of groups, should they be wanted',
        ),
      })
      .optional()
      .describe('{limit, approval, groupBy}: more new tickets wait for people; left out: no limit'),
    acceptance: z
      .strictObject({
        approval: Name.describe('the approval (under approvals) that accepting a risk needs'),
        maxDays: wholeNumber('days', 1, 3650, 90),
      })
      .optional()
      .describe('{approval, maxDays}: who accepts risks, and for how long; left out: nobody'),
    overlapMinutes: wholeNumber('minutes', 0, 1440, 10),
    indexLagSeconds: wholeNumber('seconds', 0, 3600, 120),
    concurrency: wholeNumber('calls at once', 1, 64, 16),
    pageSize: wholeNumber('findings', 1, 10_000, 1000),
    heartbeatSeconds: wholeNumber('seconds', 1, 120, 10),
    haloCallsPerSecond: wholeNumber('calls', 1, 10_000, 20),
    jiraCallsPerSecond: wholeNumber('calls', 1, 10_000, 20),
  })
  .describe(
    'a source of findings: name, kind, site, project, issueType, idField, mapping, static, close, reopen, routes, …',
  );
export type FindingSourceConfig = z.infer<typeof Source>;

/** `processes.halo`: left out, the process is off. */
export const Halo = z
  .strictObject({
    sources: z.array(Source).min(1).describe('the list of sources of findings, at least one'),
  })
  .describe('halo: sources');
