import { z } from 'zod';

/** Only the fields that we read; halo.md §2 and §8 have the whole. */

export const HaloToken = z.object({
  access_token: z.string().min(1),
  /** Seconds. */
  expires_in: z.number().positive().nullish(),
});

/** The rows are read one by one: one that is malformed leaves the others readable. */
export const HaloPage = z.object({
  issues: z.array(z.unknown()),
  /** Another form of `next` is no last page: to take it for one would lose the rest without a word. */
  pagination: z.object({ next: z.string().nullish() }).nullish(),
});

/** Ids become parts of paths. */
export const idForm = /^[A-Za-z0-9-]{1,64}$/;

const text = z.string().nullish();
const list = z.array(z.unknown()).nullish();

/** An element of a list, or what is described by itself: v3, and v1 where the names differ. */
export const HaloIssue = z.object({
  id: z.string().regex(idForm),
  status: z.enum(['active', 'resolved']),
  created_at: z.string(),
  type: text,
  /** v1 */
  issue_type: text,
  name: text,
  rule_key: text,
  critical: z.boolean().nullish(),
  /** Recorded as a number; a text is read as well, so that a change of form does not park every package. */
  max_cvss: z.union([z.number(), z.string()]).nullish(),
  updated_at: text,
  first_seen_at: text,
  last_seen_at: text,
  resolved_at: text,
  resolved_by: text,
  resolution_comment: text,
  comment: text,
  asset_url: text,
  asset_name: text,
  asset_id: text,
  asset_type: text,
  /** v1 */
  agent_url: text,
  agent_id: text,
  group_name: text,
  group_path: text,
  policy_name: text,
  last_finding_urls: list,
  /** v3: texts and objects in one list, which are not read; v1's describe: `{finding: url}`. */
  findings: list,
  cve_ids: list,
});
export type HaloIssue = z.infer<typeof HaloIssue>;

/** The same as Halo gives it, whole. */
export type HaloRow = Readonly<Record<string, unknown>>;
