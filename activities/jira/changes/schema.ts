import { z } from 'zod';
import { Id, JiraStatus, Person, Timestamp } from '../schema.ts';

const properties = z.record(z.string(), z.unknown()).nullish();

/** Loose: custom fields are read by their ids. */
export const ChangeIssue = z.object({
  id: Id,
  key: z.string(),
  fields: z.looseObject({
    summary: z.string(),
    status: JiraStatus,
    project: z.object({ key: z.string() }),
    issuetype: z.object({ name: z.string() }),
    creator: Person,
    created: Timestamp,
    components: z.array(z.object({ name: z.string() })).nullish(),
  }),
  properties,
});
export type ChangeIssue = z.infer<typeof ChangeIssue>;

/** What a search gives, which may be minutes old. */
const FoundIssue = z.object({
  id: Id,
  key: z.string(),
  fields: z.looseObject({ summary: z.string(), status: JiraStatus, creator: Person, updated: Timestamp }),
  properties,
});
export type FoundIssue = z.infer<typeof FoundIssue>;
export const FoundPage = z.object({ issues: z.array(FoundIssue), nextPageToken: z.string().nullish() });

export const ProjectComponents = z.object({ components: z.array(z.object({ name: z.string() })) });

/** Fields that are written again, whatever their type. */
export const FilledIssue = z.object({
  fields: z.looseObject({ components: z.array(z.object({ name: z.string() })).nullish() }),
});

/** In the entity property: who or what approved which build. `entry`: when the ticket had entered the status it was approved in. */
export const ApprovalRecord = z.object({
  automatic: z.boolean(),
  /** `<name>@<version>` of the change policy. */
  policy: z.string(),
  requestId: z.string().nullable(),
  planRequestId: z.string().nullable(),
  evidenceDigest: z.string().nullable(),
  approvers: z.array(z.string()),
  authors: z.array(z.string()),
  requester: z.string().nullable(),
  environment: z.string(),
  project: z.string(),
  build: z.string(),
  sha: z.string(),
  at: z.iso.datetime(),
  entry: z.iso.datetime(),
  workflowId: z.string(),
  runId: z.string(),
});
export type ApprovalRecord = z.infer<typeof ApprovalRecord>;

/** Requests that earlier approvals of the same ticket used up. */
export const UsedRequests = z.array(z.string());

export const IncidentPage = z.object({
  issues: z.array(z.object({ key: z.string(), fields: z.object({ summary: z.string() }) })),
});
