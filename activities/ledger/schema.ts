import { z } from 'zod';
import type { LedgerVerdict, SecretEvent } from '../../workflows/secret-audit/messages.ts';

const text = z.string();
const maybe = z.string().nullable();

const Ref = z.object({ arn: text, isComplete: z.boolean(), account: text, region: text });
const Actor = z.object({
  ...{ type: maybe, arn: maybe, accountId: maybe, roleArn: maybe, sessionName: maybe },
  ...{ userName: maybe, invokedBy: maybe, sourceIdentity: maybe },
});

/** As it was put; a field that is not named here is not read. */
const StoredEvent = z.object({
  ...{ eventId: text, kind: z.enum(['call', 'service', 'label']), eventTime: text, eventName: text },
  action: z.enum([
    ...(['create', 'value', 'update', 'stage', 'delete', 'restore', 'rotate'] as const),
    ...(['policy', 'tags', 'replication', 'other'] as const),
  ]),
  ...{ account: text, region: text, secret: Ref.nullable(), versionId: maybe, actor: Actor },
  ...{ errorCode: maybe, sourceIp: maybe, userAgent: maybe, details: z.record(text, text) },
}) satisfies z.ZodType<SecretEvent>;

export const ChangeItem = z.object({
  event: StoredEvent,
  found_by: z.enum(['event', 'sweep']),
  recorded_at: text,
});
export type ChangeItem = z.infer<typeof ChangeItem>;

const StoredExplanation = z.object({
  kind: z.enum(['me', 'not-me', 'unanswered', 'approved-afterwards', 'rejected-afterwards']),
  ...{ by: maybe, at: text, text, finding: maybe },
});

export const VersionItem = z.object({
  verdict: z.enum([
    ...(['authorised', 'pending', 'late-approval', 'unapproved', 'wrong-ticket', 'no-ticket'] as const),
    ...(['self-approved', 'rotation', 'pipeline', 'break-glass', 'attempt', 'out-of-scope'] as const),
  ]),
  ...{ ticket: maybe, approver: maybe, approvedAt: maybe, reasons: z.array(text) },
  ...{ version: z.number(), decidedAt: text, isFinal: z.boolean() },
  explanation: StoredExplanation.nullable(),
  deletion: z.enum(['restored', 'ended']).nullable(),
}) satisfies z.ZodType<LedgerVerdict>;

export const TicketItem = z.object({
  ...{ site: text, issue_id: text, ticket: text, at: text, requester: maybe },
  ...{ status: text, status_by: maybe, status_since: text, secrets: z.array(text), actions: z.array(text) },
  ...{ window_start: maybe, window_end: maybe, is_consistent: z.boolean() },
});
export type TicketItem = z.infer<typeof TicketItem>;

export const GapItem = z.object({
  gap: z.enum(['missed', 'unseen']),
  ...{ account: text, region: text, event_id: maybe, secret_arn: maybe, at: text, found_at: text },
});
export type GapItem = z.infer<typeof GapItem>;
