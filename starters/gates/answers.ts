import { z } from 'zod';
import type { GateState, GateView } from '../../workflows/change-approval/messages.ts';

/** What the gate's routes answer, and what the CLI reads of it: a newer gate may say more. */

export const Refused = z.object({ error: z.string(), reason: z.string() });

/** The environment is not controlled (C-3): nothing was started, nothing stands in the way. */
const Ungated = z.object({ gated: z.literal(false), text: z.string() });

const Accepted = z.object({
  gated: z.literal(true),
  workflowId: z.string(),
  runLink: z.string(),
  text: z.string(),
});
export const GateAccepted = z.union([Ungated, Accepted]);
export type GateAccepted = z.infer<typeof GateAccepted>;

const states = [
  'preparing',
  'needs-info',
  'analysing',
  'waiting',
  'approved',
  'checking',
  'plan-review',
  'go',
  'deploying',
  'deploy-failed',
  'deployed',
  'rejected',
  'cancelled',
  'expired',
] as const satisfies readonly GateState[];

const View = z.object({
  gated: z.literal(true),
  workflowId: z.string(),
  state: z.enum(states),
  text: z.string(),
  ticket: z.string().nullable(),
  ticketUrl: z.string().nullable(),
  runLink: z.string(),
  waitingOn: z.string(),
  missing: z.array(z.enum(['summary', 'justification', 'rollbackPlan', 'components'])),
  attempts: z.array(
    z.object({
      attempt: z.string(),
      answer: z.enum(['pending', 'go', 'mismatch', 'not-approved']),
      text: z.string(),
    }),
  ),
  plan: z
    .object({ digest: z.string(), risky: z.boolean(), state: z.enum(['accepted', 'review', 'rejected']) })
    .nullable(),
  automatic: z.boolean(),
});
export const GateSeen = z.union([Ungated, View]);
export type GateSeen = z.infer<typeof GateSeen>;
export type GateStands = z.infer<typeof View>;

/** `GateView` without the signed decisions: CI needs the answer, not the proof. */
export type GateAnswer = Omit<GateView, 'grant' | 'planGrant'> & {
  readonly gated: true;
  readonly workflowId: string;
};
