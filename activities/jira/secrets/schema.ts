import { z } from 'zod';
import { Change, Id, JiraStatus, Person, Timestamp } from '../schema.ts';

/** The newest entries only, newest first, where there are more than `maxResults`. */
const ExpandedLog = z.object({ total: z.number().optional(), histories: z.array(Change) }).optional();

/** A ticket that approves changes of secrets; loose: its own fields are read by their ids. */
export const SecretIssue = z.object({
  id: Id,
  key: z.string(),
  fields: z.looseObject({
    status: JiraStatus,
    project: z.object({ key: z.string() }),
    issuetype: z.object({ name: z.string() }),
    creator: Person,
    created: Timestamp,
    updated: Timestamp,
  }),
  changelog: ExpandedLog,
});
export type SecretIssue = z.infer<typeof SecretIssue>;

export const SecretPage = z.object({
  issues: z.array(SecretIssue),
  nextPageToken: z.string().nullish(),
});
