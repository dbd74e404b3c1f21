import { z } from 'zod';
import type { PromotionPolicy, WaveRules } from '../../workflows/agent-promotion/messages.ts';
import type { ApprovalPolicy, Evidence, Grant } from '../../workflows/approval/messages.ts';
import type { Permission as PermissionType } from './port.ts';

// Only form and bounds. What it says is compared by the guard; fields that are unknown here fail there, by the digest.

const Text = (most: number) => z.string().min(1).max(most);
const Name = Text(100);
const Minutes = z.number().nonnegative();
const ref = {
  name: Name,
  version: z.int().positive(),
  digest: z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits are needed'),
};

const ApprovalRules: z.ZodType<ApprovalPolicy> = z.object({
  ...ref,
  quorum: z
    .array(z.object({ group: Name, count: z.int().positive().max(20) }))
    .min(1)
    .max(20),
  exclude: z.array(z.enum(['requester', 'author', 'changer'])).max(3),
  risk: z.enum(['normal', 'high']),
  channel: Name,
  buttons: z.boolean(),
  reminders: z.array(z.object({ afterMinutes: Minutes, to: z.enum(['thread', 'dm', 'on-call']) })).max(10),
  workingHours: z
    .object({
      timeZone: Name,
      days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).max(7),
      from: Text(5),
      to: Text(5),
    })
    .nullable(),
  expiresAfterMinutes: Minutes,
  override: z.object({ group: Name, reviewers: Name, reviewWithinMinutes: Minutes }).nullable(),
});

const Wave: z.ZodType<WaveRules> = z.object({
  accounts: z.array(Name).max(1000),
  approval: ApprovalRules.nullable(),
  bakeMinutes: Minutes,
  probe: Name.nullable(),
  maxFailed: z.int().nonnegative(),
});

const Channels = z.array(Name).max(100);

const Policy: z.ZodType<PromotionPolicy> = z.object({
  ...ref,
  waves: z.array(Wave).max(100),
  approval: ApprovalRules.nullable(),
  exception: ApprovalRules.nullable(),
  rollback: ApprovalRules.nullable(),
  freezes: z.boolean(),
  downgrade: z.enum(['refuse', 'allow']),
  sameVersion: z.enum(['repair', 'refuse']),
  supersede: z.boolean(),
  hotfixLabel: Text(255),
  signature: z.enum(['required', 'if-present', 'off']),
  verifyJob: Text(255),
  pipelineDeadlineMinutes: Minutes,
  pipelinePollSeconds: z.number().positive(),
  instanceDeadlineMinutes: Minutes,
  heartbeatSeconds: z.number().positive(),
  notify: z.object({ failure: Channels, success: Channels }),
  pipelineVariables: z.record(Name, z.string().max(2000)),
  runLinkBase: Text(2000),
});

const People = z.array(Text(200)).max(200);
const maxEvidenceBytes = 16 * 1024;

const Shown: z.ZodType<Evidence> = z
  .object({
    kind: z.enum([
      'agent-promotion',
      'promotion-rollback',
      'freeze-hold',
      'freeze-override',
      'override-review',
    ]),
    title: Text(2000),
    subject: z
      .object({ runId: Name })
      .catchall(z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
    facts: z.array(z.object({ label: z.string(), value: z.string() })),
    links: z.array(z.object({ label: z.string(), href: z.string() })),
    requester: Text(200).nullable(),
    authors: People,
    changers: People,
  })
  .refine(
    (evidence) => Buffer.byteLength(JSON.stringify(evidence)) <= maxEvidenceBytes,
    `at most ${maxEvidenceBytes} bytes of evidence are taken`,
  );

const maxEnvelopeCharacters = 1024 * 1024;

/** The envelopes as they came, malformed ones too: one of those is no reason to refuse the others. */
const Approved: z.ZodType<Grant> = z.object({
  requestId: Name,
  evidence: Shown,
  policy: ApprovalRules,
  envelopes: z
    .array(z.string())
    .max(1000)
    .refine(
      (envelopes) => envelopes.reduce((sum, { length }) => sum + length, 0) <= maxEnvelopeCharacters,
      `at most ${maxEnvelopeCharacters} characters of envelopes are taken`,
    ),
});

export const Permission: z.ZodType<PermissionType> = z.object({
  policy: Policy,
  wave: Name,
  grant: Approved.nullable(),
  exception: Approved.nullable(),
});
