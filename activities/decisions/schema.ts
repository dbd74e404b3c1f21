import { z } from 'zod';
import { verbs, vias } from '../../workflows/approval/messages.ts';

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Id = z.string().min(1).max(500);
const PersonName = z.string().min(1).max(200);
const Seconds = z.int().min(0);

/** What a decision says. A member that we do not know is no reason to refuse: a newer gateway may write it. */
export const DecisionClaims = z
  .object({
    jti: Id,
    iat: Seconds,
    exp: Seconds,
    aud: Id,
    requestId: Id,
    evidenceDigest: Digest,
    policy: z.string().regex(/^[a-z][a-z0-9-]*@[0-9]{1,9}$/),
    verb: z.enum(verbs),
    principal: PersonName,
    actingFor: PersonName.nullable(),
    groups: z.array(PersonName).max(100),
    via: z.enum(vias),
    sourceEventId: Id,
    reason: z.string().max(4000).nullable(),
    until: z.iso.datetime().nullable().exactOptional(),
    choice: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,31}$/)
      .nullable()
      .exactOptional(),
  })
  .refine(({ iat, exp }) => exp > iat, 'it ends before it begins');

/** The one signature that counts; any further member, such as `crit` or `jwk`, would change how it is read. */
export const EnvelopeHeader = z.strictObject({
  alg: z.string(),
  kid: z.string().min(1).max(200),
  typ: z.string().exactOptional(),
});

export const DigestEvidenceInput = z.object({
  evidence: z.looseObject({
    kind: z.string(),
    title: z.string(),
    subject: z.looseObject({ runId: z.string() }),
  }),
});

export const DigestTextsInput = z.object({ texts: z.array(z.string()) });

export const VerifyDecisionsInput = z.object({ envelopes: z.array(z.unknown()).max(1000) });

const ClockTime = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$/);

export const PlanRemindersInput = z.object({
  from: z.iso.datetime({ offset: true }),
  afterMinutes: z.array(z.number().min(0).max(525_600)).max(100),
  workingHours: z
    .object({
      timeZone: z.string().min(1).max(100),
      days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
      from: ClockTime,
      to: ClockTime,
    })
    .nullable(),
});
