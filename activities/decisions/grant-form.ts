import { z } from 'zod';
import type { Grant } from '../../workflows/approval/messages.ts';

const Name = z.string().max(500);
const Names = z.array(Name).max(1000);

/** The members that the guard reads. Others are part of the digests and are kept as they are. */
const GrantForm = z.looseObject({
  requestId: z.string().min(1).max(500),
  evidence: z.looseObject({
    kind: z.string(),
    subject: z.looseObject({ runId: z.string().min(1) }),
    requester: Name.nullable(),
    authors: Names,
    changers: Names,
  }),
  policy: z.looseObject({ name: z.string(), version: z.number(), digest: z.string() }),
  envelopes: z.array(z.string()).max(1000),
});

export function isGrant(value: unknown): value is Grant {
  return GrantForm.safeParse(value).success;
}
