import { condition, log } from '@temporalio/workflow';
import type { DecisionsPort } from '../../activities/decisions/port.ts';
import { failureMessage } from '../shared/failures.ts';
import { isRecord } from '../shared/guards.ts';
import { detach } from './detach.ts';
import { claimedId } from './envelope-id.ts';
import type { DecisionClaims, RefusalRule, VerifiedDecision } from './messages.ts';

const longestEnvelope = 8 * 1024;
const mostWaiting = 200;
const batchSize = 20;
const tryAgainMs = 20_000;
/** A gateway may sign with a new key before this worker has it; longer than this, nobody has it. */
const unknownKeyMs = 15 * 60_000;

export interface InboxOptions {
  readonly verify: DecisionsPort['verifyDecisions'];
  /** One verified decision, in the order of arrival; the next waits for it. */
  readonly onClaims: (claims: DecisionClaims, envelope: string) => Promise<void>;
  /** @param jti as far as anybody knows it */
  readonly onRefused: (jti: string | null, rule: RefusalRule, text: string) => void;
}

/** Envelopes in the order of their arrival, and the one loop that has them verified (design §3). */
export interface Inbox {
  /** For the handler of `decide`: total, stores and returns. */
  readonly receive: (payload: unknown) => void;
  /** Envelopes that a vendor's queue attested; known ones are left out. */
  readonly add: (envelopes: readonly string[]) => void;
  /** None waits: only then may a clock or a point of no return be acted on. */
  readonly idle: () => boolean;
  /** As `idle`, not counting those whose key is not known yet. */
  readonly quiet: () => boolean;
}

interface Waiting {
  readonly envelope: string;
  notBeforeMs: number;
  /** When its key was missed first. */
  missedSinceMs: number | undefined;
}

export function createInbox({ verify, onClaims, onRefused }: InboxOptions): Inbox {
  let waiting: readonly Waiting[] = [];
  let arrived = 0;
  /** Attested ones are read again and again; each counts once. */
  const attested = new Set<string>();

  function push(envelope: string) {
    arrived += 1;
    waiting = [...waiting, { envelope, notBeforeMs: 0, missedSinceMs: undefined }];
  }

  function receive(payload: unknown) {
    const envelope = isRecord(payload) ? payload['envelope'] : undefined;
    if (typeof envelope !== 'string' || envelope.length > longestEnvelope)
      return onRefused(null, 'malformed', 'no signed decision of at most 8 KB');
    if (waiting.length >= mostWaiting)
      return onRefused(
        claimedId(envelope),
        'closed',
        'too many decisions wait to be verified: say it again later',
      );
    push(envelope);
  }

  async function verifyForEver() {
    for (;;) {
      const due = waiting.filter(({ notBeforeMs }) => notBeforeMs <= Date.now()).slice(0, batchSize);
      if (due.length === 0) await nextDue();
      else await verifyBatch(due);
    }
  }

  async function nextDue() {
    const seen = arrived;
    const newcomer = () => arrived > seen;
    if (waiting.length === 0) return condition(newcomer);
    const next = Math.min(...waiting.map(({ notBeforeMs }) => notBeforeMs));
    await condition(newcomer, Math.max(1, next - Date.now()), { summary: 'a key that is not known yet' });
  }

  async function verifyBatch(batch: readonly Waiting[]) {
    const answers = await verifyAll(batch);
    for (const [index, one] of batch.entries()) {
      const verified = answers?.[index];
      if (!verified || !(await settle(one, verified))) one.notBeforeMs = Date.now() + tryAgainMs;
      else waiting = waiting.filter((other) => other !== one);
    }
  }

  /** Verifying is a look at a file: safe to repeat. @returns undefined when this worker cannot do it now */
  async function verifyAll(batch: readonly Waiting[]): Promise<readonly VerifiedDecision[] | undefined> {
    try {
      return await verify({ envelopes: batch.map(({ envelope }) => envelope) });
    } catch (error) {
      log.error('decisions cannot be verified', { reason: failureMessage(error) });
      return undefined;
    }
  }

  /** @returns false when it is to be verified again */
  async function settle(one: Waiting, verified: VerifiedDecision): Promise<boolean> {
    if (verified.state === 'valid') {
      await onClaims(verified.claims, one.envelope);
      return true;
    }
    const jti = verified.jti ?? claimedId(one.envelope);
    if (verified.state === 'refused') {
      onRefused(jti, verified.rule, verified.reason);
      return true;
    }
    one.missedSinceMs ??= Date.now();
    if (Date.now() - one.missedSinceMs < unknownKeyMs) return false;
    onRefused(jti, 'unknown-key', `no worker knows the key ${verified.keyId}`);
    return true;
  }

  detach(verifyForEver);
  return {
    receive,
    add(envelopes) {
      for (const envelope of envelopes) {
        const id = claimedId(envelope) ?? envelope;
        if (attested.has(id)) continue;
        attested.add(id);
        push(envelope);
      }
    },
    idle: () => waiting.length === 0,
    quiet: () => waiting.every(({ missedSinceMs }) => missedSinceMs !== undefined),
  };
}
