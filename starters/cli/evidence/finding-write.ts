import { z } from 'zod';

/** The guarded write of an accepted risk: what closes the ticket of a finding that is still there. */
export const guardedOfFindings = 'acceptFinding';

export const FindingWrite = z.object({
  event_id: z.int().min(1),
  at: z.iso.datetime(),
  activity: z.literal(guardedOfFindings),
  source: z.string(),
  finding_id: z.string(),
  issue_id: z.string(),
  comment_id: z.string(),
  until: z.string(),
  /** Key of `grants`. */
  grant: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  state: z.enum(['done', 'failed', 'not-ended']),
  failure: z.object({ type: z.string().nullable(), message: z.string() }).nullable(),
});
export type FindingWrite = z.infer<typeof FindingWrite>;
