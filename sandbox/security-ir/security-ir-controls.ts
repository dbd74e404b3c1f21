import { z } from 'zod';
import type { AttachmentStore } from './attachment-store.ts';
import type { Refusals } from './caller.ts';
import { eventModes, type CaseEvents } from './case-events.ts';
import type { CaseStore } from './case-store.ts';
import { readForm } from './forms.ts';
import type { Membership } from './model.ts';
import { act } from './responder-acts.ts';
import { SirRefusal } from './sir-refusal.ts';

const Events = z.strictObject({
  mode: z.enum(eventModes),
  delayMs: z.int().min(0).optional(),
  reversed: z.boolean().optional(),
});
const Scan = z.strictObject({
  mode: z.enum(['verify', 'fail', 'hold']),
  ms: z.int().min(0).optional(),
});
const Deny = z.strictObject({ operations: z.array(z.string()), caseId: z.string().optional() });
const SecondsForm = z.strictObject({ seconds: z.number().min(0) });
const MembershipForm = z.strictObject({ status: z.enum(['Active', 'Cancelled', 'Terminated']) });
const CaseForm = z.strictObject({ caseId: z.string() });

/**
 * The stand-in's own verbs (design §10): `act` {act: create|update|status|resolver|comment|edit-comment|attach|pending|close|remove},
 * `events` {mode: deliver|drop|duplicate|hold, delayMs, reversed}, `settled` (when events under way have arrived, and counts),
 * `scan` {mode: verify|fail|hold, ms}, `url-lifetime` {seconds}, `deny` {operations, caseId} (none: everything is allowed again),
 * `throttle` {seconds}, `membership` {status}, `case` {caseId}, `summary`.
 */
export function securityIrControls(parts: {
  readonly store: CaseStore;
  readonly events: CaseEvents;
  readonly attachments: AttachmentStore;
  readonly membership: Membership;
  readonly refusals: Refusals;
  readonly now: () => Date;
}): Readonly<Record<string, (body: unknown) => unknown>> {
  const { store, events, attachments, membership, refusals, now } = parts;
  const controls: Record<string, (body: unknown) => unknown> = {
    act: (body) => act(store, attachments, body),
    events: (body) => events.set(readForm(Events, body)),
    settled: () => events.settled(),
    scan: (body) => attachments.setScan(readForm(Scan, body)),
    'url-lifetime': (body) => attachments.setExpiry(readForm(SecondsForm, body).seconds),
    deny(body) {
      const { operations, caseId } = readForm(Deny, body);
      const more = operations.map((operation) => ({ operation, caseId }));
      refusals.denied = more.length === 0 ? [] : [...refusals.denied, ...more];
    },
    throttle(body) {
      refusals.throttledUntil = now().getTime() + readForm(SecondsForm, body).seconds * 1000;
      refusals.throttled = 0;
    },
    membership: (body) => void (membership.status = readForm(MembershipForm, body).status),
    case: (body) => store.find(readForm(CaseForm, body).caseId) ?? {},
    summary: () => summaryOf(store, refusals),
  };
  return Object.fromEntries(Object.entries(controls).map(([verb, run]) => [verb, plainly(run)]));
}

/** A form of AWS's that is broken in a control is the test's own mistake: told as such. */
const plainly = (run: (body: unknown) => unknown) => (body: unknown) => {
  try {
    return run(body);
  } catch (error) {
    throw error instanceof SirRefusal ? new Error(error.message) : error;
  }
};

function summaryOf(store: CaseStore, { throttled }: Refusals) {
  const statuses: Record<string, number> = {};
  for (const { caseStatus } of store.all()) statuses[caseStatus] = (statuses[caseStatus] ?? 0) + 1;
  const all = store.all();
  return {
    cases: all.length,
    open: all.filter(({ caseStatus }) => caseStatus !== 'Closed').length,
    comments: all.reduce((sum, { comments }) => sum + comments.length, 0),
    attachments: all.reduce((sum, { attachments }) => sum + attachments.length, 0),
    statuses,
    throttled,
  };
}
