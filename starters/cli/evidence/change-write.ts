import { z } from 'zod';

/** Guarded writes of a change: the ticket's approval and the playing of its deploy job. */
export const guardedOfChanges = ['approveChange', 'playDeployJob'] as const;

const Key = z.string().regex(/^[0-9a-f]{64}$/);

export const ChangeWrite = z.object({
  event_id: z.int().min(1),
  at: z.iso.datetime(),
  activity: z.enum(guardedOfChanges),
  build: z.looseObject({ environment: z.string(), project: z.string(), build: z.string(), sha: z.string() }),
  /** GitLab's number of the job that was to be played. */
  job_id: z.int().nullable(),
  permission: z.object({
    /** `input`: the very policy of the run's input. */
    policy: z.union([z.literal('input'), z.looseObject({})]),
    plan: z.looseObject({ digest: z.string() }).nullable(),
    /** Keys of `grants`. */
    grant: Key.nullable(),
    plan_grant: Key.nullable(),
  }),
  state: z.enum(['done', 'failed', 'not-ended']),
  failure: z.object({ type: z.string().nullable(), message: z.string() }).nullable(),
});
export type ChangeWrite = z.infer<typeof ChangeWrite>;
