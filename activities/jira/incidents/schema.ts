import { z } from 'zod';
import { AllowedValue } from '../form-schema.ts';
import { Id, JiraStatus, Timestamp } from '../schema.ts';

/** Only the fields that we read; custom fields are read by their ids, so these objects are loose. */

export const Mark = z.object({
  workflowId: z.string().min(1),
  connection: z.string().min(1),
  caseId: z.string().min(1),
});

const properties = z.record(z.string(), z.unknown()).nullish();
const Named = z.object({ name: z.string() });
const Account = z.object({
  accountId: z.string(),
  accountType: z.string().nullish(),
  displayName: z.string().nullish(),
  emailAddress: z.string().nullish(),
  active: z.boolean().nullish(),
});
export type Account = z.infer<typeof Account>;
export const AccountList = z.array(Account);

const Attachment = z.object({
  id: z.string(),
  filename: z.string(),
  size: z.number(),
  created: Timestamp,
  author: Account.nullish(),
});
export const AddedFiles = z.array(z.object({ id: z.string() }));
const Attachments = z.array(Attachment).nullish();
export type Attachments = z.infer<typeof Attachments>;
export const AttachedIssue = z.object({ fields: z.object({ attachment: Attachments }) });

const PlacedStatus = JiraStatus.extend({ statusCategory: z.object({ key: z.string() }) });
export type PlacedStatus = z.infer<typeof PlacedStatus>;

const place = { status: PlacedStatus, project: z.object({ key: z.string() }), issuetype: Named };
export const PlacedIssue = z.object({ id: Id, key: z.string(), fields: z.looseObject(place) });
export type PlacedIssue = z.infer<typeof PlacedIssue>;

export const ReadIssue = z.object({
  id: Id,
  key: z.string(),
  fields: z.looseObject({
    ...place,
    created: Timestamp,
    updated: Timestamp,
    creator: Account.nullish(),
    resolution: Named.nullish(),
    labels: z.array(z.string()).nullish(),
    attachment: Attachments,
  }),
  properties,
});

export const IncidentComment = z.object({
  id: Id,
  author: Account.nullish(),
  body: z.unknown().optional(),
  created: Timestamp,
  updated: Timestamp,
  /** Who may read it, where not everybody may. */
  visibility: z.unknown().optional(),
  /** Jira Service Management: false for a comment among agents. */
  jsdPublic: z.boolean().nullish(),
  properties: z.array(z.object({ key: z.string(), value: z.unknown() })).nullish(),
});
export type IncidentComment = z.infer<typeof IncidentComment>;
export const IncidentCommentPage = z.object({
  total: z.number().optional(),
  comments: z.array(IncidentComment),
});

export const WatcherList = z.object({ watchers: z.array(Account).nullish() });

export const FoundPage = z.object({
  issues: z.array(
    z.object({
      id: Id,
      key: z.string(),
      fields: z.object({
        issuetype: Named,
        creator: Account.nullish(),
        labels: z.array(z.string()).nullish(),
        updated: Timestamp,
      }),
      properties,
    }),
  ),
  nextPageToken: z.string().nullish(),
});
export type FoundPage = z.infer<typeof FoundPage>;

const ScreenField = z.object({
  name: z.string(),
  required: z.boolean(),
  hasDefaultValue: z.boolean().nullish(),
  allowedValues: z.array(AllowedValue).nullish(),
});
const Transition = z.object({
  id: z.string(),
  name: z.string(),
  to: PlacedStatus,
  isAvailable: z.boolean().nullish(),
  /** Every screen takes a comment; Jira never lists it among the fields. */
  hasScreen: z.boolean().nullish(),
  fields: z.record(z.string(), ScreenField).nullish(),
});
export type Transition = z.infer<typeof Transition>;
export const Transitions = z.object({ transitions: z.array(Transition) });

export const Permissions = z.object({
  permissions: z.record(z.string(), z.object({ havePermission: z.boolean().nullish() })),
});
