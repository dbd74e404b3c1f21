import { z } from 'zod';
import { Complaint } from '../form-schema.ts';
import { CreatedIssue, Id, JiraStatus, Person, Timestamp } from '../schema.ts';

/** Anybody who may edit the issue may write the property: what is no mark of ours is none. */
export const Mark = z.object({
  source: z.string(),
  findingId: z.string(),
  contentHash: z.string(),
  latestHash: z.string().nullable(),
  left: z.enum(['open', 'closed']),
  reopened: z.int().min(0),
  at: z.iso.datetime(),
  accepted: z
    .object({ until: z.string(), acceptance: z.string(), grant: z.unknown().optional() })
    .exactOptional(),
  due: z.string().exactOptional(),
  reminded: z.object({ due: z.string(), percent: z.number() }).exactOptional(),
  title: z.string().exactOptional(),
});

const properties = z.record(z.string(), z.unknown()).nullish();
const Kind = z.object({ name: z.string() });
const PlacedStatus = JiraStatus.extend({ statusCategory: z.object({ key: z.string() }) });

/** Loose: the id field is read by its id. */
const FoundTicket = z.object({
  id: Id,
  key: z.string(),
  fields: z.looseObject({
    status: PlacedStatus,
    project: z.object({ key: z.string() }),
    issuetype: Kind,
    created: Timestamp,
    creator: Person,
    statuscategorychangedate: Timestamp.nullish(),
    duedate: z.string().nullish(),
  }),
  properties,
});
export type FoundTicket = z.infer<typeof FoundTicket>;
export const TicketPage = z.object({ issues: z.array(FoundTicket), nextPageToken: z.string().nullish() });
export const IdPage = z.object({
  issues: z.array(z.object({ id: Id })),
  nextPageToken: z.string().nullish(),
});
export const FetchedTickets = z.object({
  issues: z.array(FoundTicket).nullish(),
  issueErrors: z.array(z.object({ id: z.string() })).nullish(),
});

export const PlacedIssue = z.object({
  id: Id,
  key: z.string(),
  fields: z.object({ status: PlacedStatus, project: z.object({ key: z.string() }), issuetype: Kind }),
  properties,
});

const WorkflowTransition = z.object({
  id: z.string(),
  name: z.string(),
  to: JiraStatus,
  isAvailable: z.boolean().optional(),
  /** Every screen takes a comment; Jira never lists it among the fields. */
  hasScreen: z.boolean().optional(),
});
export type WorkflowTransition = z.infer<typeof WorkflowTransition>;
export const WorkflowTransitions = z.object({ transitions: z.array(WorkflowTransition) });

export const BulkAnswer = z.object({
  issues: z.array(CreatedIssue).nullish(),
  errors: z
    .array(z.object({ failedElementNumber: z.int().min(0), elementErrors: Complaint.nullish() }))
    .nullish(),
});
export type BulkAnswer = z.infer<typeof BulkAnswer>;

export const LinkedIssue = z.object({
  fields: z.object({
    issuelinks: z
      .array(
        z.object({
          type: z.object({ name: z.string() }),
          outwardIssue: z.object({ id: z.string() }).nullish(),
          inwardIssue: z.object({ id: z.string() }).nullish(),
        }),
      )
      .nullish(),
  }),
});

export const AttachedIssue = z.object({
  fields: z.object({ attachment: z.array(z.object({ filename: z.string() })).nullish() }),
});

export const Member = z.object({
  id: z.string(),
  name: z.string(),
  asset: z.string(),
  severity: z.string(),
  since: z.string(),
});
/** One chunk of a group's members; the first has the number of chunks. */
export const MemberChunk = z.object({ chunks: z.int().min(0).optional(), members: z.array(z.unknown()) });
export const GroupIssue = z.object({ properties });
