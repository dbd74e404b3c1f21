import { z } from 'zod';
import { canonicalJson, digestOf } from '../../../config/canonical-json.ts';
import type { ChangePolicy } from '../../../workflows/change-approval/messages.ts';
import type { PromotionPolicy } from '../../../workflows/agent-promotion/messages.ts';
import type { AutoApproved } from '../../../workflows/change-inspection/messages.ts';
import type { Evidence, Grant, RequestView } from '../../../workflows/approval/messages.ts';
import { ChangeWrite } from './change-write.ts';
import { FindingWrite } from './finding-write.ts';

/** Characters of one document; a history has 50 MB at most. */
export const maxBundleLength = 64 * 1024 * 1024;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const EventId = z.int().min(1);
const Time = z.iso.datetime();

/** One thing that happened, by its place in the run's history. */
const event = { event_id: EventId, at: Time };

const EvidenceForm = z.looseObject({
  kind: z.string(),
  title: z.string(),
  subject: z.looseObject({ runId: z.string() }),
  requester: z.string().nullable(),
  authors: z.array(z.string()),
  changers: z.array(z.string()),
});

const ApprovalPolicyForm = z.looseObject({
  name: z.string(),
  version: z.number(),
  digest: z.string(),
  quorum: z.array(z.object({ group: z.string(), count: z.int().min(1).max(1000) })),
  exclude: z.array(z.string()),
});

/** A `decide` that reached the run, or what Jira's queue attested; and what the run made of it. */
export const BundleDecision = z.object({
  ...event,
  source: z.enum(['signal', 'ticket']),
  /** As it came; null: the signal carried no text of at most 8 KB, and the run refused it. */
  envelope: z.string().nullable(),
  /** Null: not verified when this was made. */
  verified: z
    .object({ ...event, state: z.enum(['valid', 'refused', 'unknown-key']), rule: z.string().nullable() })
    .nullable(),
});
export type BundleDecision = z.infer<typeof BundleDecision>;

const Showing = z.object({
  ...event,
  to: z.enum(['slack', 'reminder', 'ticket']),
  /** When the vendor had it, or refused it; null: it was on its way when this was made. */
  ended_event_id: EventId.nullable(),
  state: z.enum(['open', 'info-requested', 'approved', 'committed', 'rejected', 'expired', 'void']),
  overridden: z.boolean(),
  opened_at: z.string(),
  deadline: z.string().nullable(),
  decisions: z.array(z.looseObject({ principal: z.string(), verb: z.string(), via: z.string() })),
  missing: z.array(z.object({ group: z.string(), count: z.number() })),
  refusals: z.number(),
  note: z.string().nullable(),
});
export type Showing = Omit<z.infer<typeof Showing>, 'decisions'> & Pick<RequestView, 'decisions'>;

const BundleRequest = z.object({
  request_id: z.string().min(1),
  evidence: EvidenceForm,
  evidence_digest: z.string(),
  policy: ApprovalPolicyForm,
  /** Every view that was on its way to people, in the order of the history. */
  shown: z.array(Showing),
});
export type BundleRequest = Omit<z.infer<typeof BundleRequest>, 'evidence' | 'policy' | 'shown'> & {
  readonly evidence: Evidence;
  readonly policy: RequestView['policy'];
  readonly shown: readonly Showing[];
};

export const guardedActivities = ['publishObject', 'publishManifest', 'rollBackManifest'] as const;

const BundleWrite = z.object({
  ...event,
  activity: z.enum(guardedActivities),
  account: z.string(),
  /** Of the bytes that were to be published. */
  version: z.string().nullable(),
  sha256: z.string().nullable(),
  size: z.number().nullable(),
  from_version: z.string().nullable(),
  to_version: z.string().nullable(),
  /** What the manifest was to say of the approval. */
  approval: z.object({ request_id: z.string(), approvers: z.array(z.string()) }).nullable(),
  permission: z.object({
    /** `input`: the very policy of the run's input. */
    policy: z.union([z.literal('input'), z.looseObject({})]),
    wave: z.string(),
    /** Keys of `grants`. */
    grant: Sha256.nullable(),
    exception: Sha256.nullable(),
  }),
  state: z.enum(['done', 'failed', 'not-ended']),
  result: z.unknown(),
  failure: z.object({ type: z.string().nullable(), message: z.string() }).nullable(),
});
export type BundleWrite = z.infer<typeof BundleWrite>;

/** Of an inspection: from what its sample was drawn, so that it can be drawn again. */
const BundleInspection = z.object({
  month: z.string(),
  percent: z.number().min(0).max(100),
  least: z.number().min(0),
  /** As the run read it from the tickets. */
  approved: z.array(z.looseObject({ ticket: z.string() })),
});
export type BundleInspection = Omit<z.infer<typeof BundleInspection>, 'approved'> & {
  readonly approved: readonly AutoApproved[];
};

const EvidenceBundle = z.object({
  schema_version: z.literal(1),
  generated_at: Time,
  namespace: z.string().min(1),
  run: z.object({
    workflow_id: z.string().min(1),
    run_id: z.string().min(1),
    type: z.string(),
    started_at: Time,
    closed_at: Time.nullable(),
    status: z.string(),
    /** What the run returned. */
    outcome: z.unknown(),
    events: z.int(),
  }),
  /** The whole of it, so that its digest can be computed again. */
  input_policy: z.looseObject({ name: z.string(), version: z.number(), digest: z.string() }).nullable(),
  decisions: z.array(BundleDecision),
  /** What Jira's queue did not attest, and why. */
  ignored_comments: z.array(z.object({ ...event, comment_id: z.string(), reason: z.string() })),
  requests: z.array(BundleRequest),
  /** By the SHA-256 of their canonical form. */
  grants: z.record(Sha256, z.unknown()),
  waves: z.array(
    z.object({
      ...event,
      wave: z.string(),
      opened_at: z.string(),
      override_request_id: z.string().nullable(),
    }),
  ),
  writes: z.array(BundleWrite),
  /** Of a change; left out: none. */
  change_writes: z.array(ChangeWrite).exactOptional(),
  /** Of an accepted risk; left out: none. */
  finding_writes: z.array(FindingWrite).exactOptional(),
  inspection: BundleInspection.exactOptional(),
});
export type EvidenceBundle = Omit<
  z.infer<typeof EvidenceBundle>,
  'requests' | 'input_policy' | 'grants' | 'inspection' | 'change_writes' | 'finding_writes'
> & {
  /** Of a promotion, a rollback or a change; of other runs an approval's, an inspection's, or null. */
  readonly input_policy: PromotionPolicy | ChangePolicy | RequestView['policy'] | null;
  readonly requests: readonly BundleRequest[];
  readonly grants: Readonly<Record<string, Grant>>;
  readonly inspection?: BundleInspection;
  readonly change_writes?: readonly ChangeWrite[];
  readonly finding_writes?: readonly FindingWrite[];
};

export interface SealedBundle {
  readonly bundle: EvidenceBundle;
  /** As the file says, and as its content has it. */
  readonly claimed: string;
  readonly found: string;
}

/** Canonical JSON with the SHA-256 of all the rest as its last member. */
export function sealBundle(bundle: EvidenceBundle): string {
  return `${canonicalJson(bundle).slice(0, -1)},"bundle_sha256":"${digestOf(bundle)}"}`;
}

/** @returns undefined when it is no evidence in the form of this version */
export function parseBundle(text: string): SealedBundle | undefined {
  try {
    const { bundle_sha256: claimed, ...rest } = JSON.parse(text) as Record<string, unknown>;
    const form = EvidenceBundle.safeParse(rest);
    if (!form.success || typeof claimed !== 'string') return undefined;
    // what was parsed may have lost members that the form does not know: all of it is hashed
    return { bundle: rest as unknown as EvidenceBundle, claimed, found: digestOf(rest) };
  } catch {
    return undefined;
  }
}
