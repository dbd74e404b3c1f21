import { z } from 'zod';

/** Only the fields that we read; a site's own further fields pass by (contracts §1.3: documents stay open for live vendors). */

export const Id = z.string().regex(/^[0-9]+$/);

/** Jira writes `2026-11-04T09:36:13.747+0000`, which jira.js turns into a Date in some places only. */
export const Timestamp = z
  .union([z.string(), z.date()])
  .transform((value) => new Date(value))
  .refine((date) => !Number.isNaN(date.getTime()), 'not a date')
  .transform((date) => date.toISOString());

export const JiraStatus = z.object({ id: z.string(), name: z.string() });
export type JiraStatus = z.infer<typeof JiraStatus>;

export const Person = z.object({ accountId: z.string() }).nullish();

/** With what says whether the account is an active person's. */
const Author = z
  .object({ accountId: z.string(), accountType: z.string().nullish(), active: z.boolean().nullish() })
  .nullish();
export type Author = z.infer<typeof Author>;

export const StatusIssue = z.object({ id: Id, key: z.string(), fields: z.object({ status: JiraStatus }) });
export type StatusIssue = z.infer<typeof StatusIssue>;

/** Loose: the Agent-Version field is read by its id. */
export const PromotionIssue = z.object({
  id: Id,
  key: z.string(),
  fields: z.looseObject({
    summary: z.string(),
    status: JiraStatus,
    project: z.object({ key: z.string() }),
    issuetype: z.object({ name: z.string() }),
    creator: Person,
    assignee: Person,
    created: Timestamp,
    labels: z.array(z.string()).nullish(),
  }),
});
export type PromotionIssue = z.infer<typeof PromotionIssue>;

/** `toString` is left out: zod would read the one that every object inherits (contracts §1.3). See changedTo(). */
export const ChangeItem = z.looseObject({
  field: z.string().optional(),
  fieldId: z.string().optional(),
  to: z.string().nullish(),
});
export type ChangeItem = z.infer<typeof ChangeItem>;

export const Change = z.object({ id: Id, created: Timestamp, author: Author, items: z.array(ChangeItem) });
export type Change = z.infer<typeof Change>;

export const ChangePage = z.object({
  values: z.array(Change),
  total: z.number().optional(),
  isLast: z.boolean().optional(),
});

const properties = z.array(z.object({ key: z.string(), value: z.unknown() })).optional();
const JiraComment = z.object({ id: z.string(), author: Person, properties });
export type JiraComment = z.infer<typeof JiraComment>;
export const CommentPage = z.object({ total: z.number().optional(), comments: z.array(JiraComment) });

/** A comment with all that decides whether it counts. The body is external: see commands.ts. */
export const SaidComment = z.object({
  id: Id,
  author: Author,
  updateAuthor: Person,
  created: Timestamp,
  updated: Timestamp,
  body: z.unknown(),
  properties,
});
export type SaidComment = z.infer<typeof SaidComment>;
export const SaidCommentPage = z.object({ total: z.number().optional(), comments: z.array(SaidComment) });

/** The property of a comment of ours that asks for a decision. Anybody may write one: the author is checked besides. */
export const QuestionProperty = z.object({
  key: z.string(),
  requestId: z.string(),
  evidenceDigest: z.string(),
  policy: z.string(),
  workflowId: z.string(),
});
export type QuestionProperty = z.infer<typeof QuestionProperty>;

const Publication = z.object({
  account: z.string(),
  version: z.string(),
  sha256: z.string(),
  s3VersionId: z.string(),
  manifestVersionId: z.string(),
});
export const Publications = z.array(Publication);

/** An issue's property of ours; what else is in it stays. */
export const IssueProperty = z.object({ value: z.looseObject({}) });

export const LabelledPage = z.object({
  issues: z.array(
    z.object({
      id: Id,
      key: z.string(),
      fields: z.object({
        creator: Person,
        status: z.object({ statusCategory: z.object({ key: z.string() }) }),
      }),
      properties: z.record(z.string(), z.unknown()).nullish(),
    }),
  ),
  nextPageToken: z.string().nullish(),
});

export const CreatedIssue = z.object({ id: Id, key: z.string() });

export const MemberPage = z.object({
  values: z.array(z.object({ accountId: z.string(), active: z.boolean().nullish() })),
  total: z.number().optional(),
  isLast: z.boolean().optional(),
});

export const CreatedComment = z.object({ id: z.string() });

export const TransitionList = z.object({
  transitions: z.array(z.object({ id: z.string(), to: JiraStatus, isAvailable: z.boolean().optional() })),
});
export type JiraTransition = z.infer<typeof TransitionList>['transitions'][number];

export const FieldList = z.array(z.object({ id: z.string(), name: z.string() }));

export const Myself = z.object({ accountId: z.string() });

export const SearchPage = z.object({ issues: z.array(StatusIssue), nextPageToken: z.string().nullish() });

export const AssigneeIssue = z.object({ fields: z.object({ assignee: Person }) });
