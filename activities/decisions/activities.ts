import { createHash } from 'node:crypto';
import { activityInfo, log } from '@temporalio/activity';
import { canonicalJson, digestOf } from '../../config/canonical-json.ts';
import type { VerifiedDecision } from '../../workflows/approval/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { checkInput } from '../activity-input.ts';
import { verifyEnvelope } from './envelope.ts';
import type { KeySource } from './keys.ts';
import type { DecisionsPort } from './port.ts';
import { DigestEvidenceInput, DigestTextsInput, PlanRemindersInput, VerifyDecisionsInput } from './schema.ts';
import { addWorkingMinutes } from './working-hours.ts';

/** Bytes of the canonical form: it travels in every message about the request. */
/** Two hundred authors of a change, each by a long address, are part of what was shown. */
const maxEvidenceBytes = 64 * 1024;

export interface DecisionsOptions {
  /** Undefined: this worker's configuration names no public keys, and every decision is refused. */
  readonly keys: KeySource | undefined;
  readonly namespace: string;
  readonly now: () => number;
}

/** On the workflows' own queue: no vendor, no credential, nothing to repeat safely but a read of one file. */
export function createDecisionsActivities({ keys, namespace, now }: DecisionsOptions): DecisionsPort {
  return {
    async digestEvidence(input) {
      checkInput(DigestEvidenceInput, input, 'digestEvidence');
      const bytes = Buffer.byteLength(canonicalJson(input.evidence));
      if (bytes > maxEvidenceBytes)
        throw createFailure(
          'InvalidInput',
          `digestEvidence: the evidence has ${bytes} bytes, and ${maxEvidenceBytes} are the most`,
        );
      return { digest: digestOf(input.evidence) };
    },
    async digestTexts(input) {
      checkInput(DigestTextsInput, input, 'digestTexts');
      const digest = (text: string) => createHash('sha256').update(text).digest('hex');
      return { digests: input.texts.map(digest) };
    },
    async verifyDecisions(input) {
      checkInput(VerifyDecisionsInput, input, 'verifyDecisions');
      const audience = `${namespace}/${activityInfo().workflowExecution?.workflowId ?? ''}`;
      const verify = async (envelope: unknown): Promise<VerifiedDecision> => {
        if (!keys) return notConfigured;
        return await verifyEnvelope(envelope, { keys: orUnknown(keys), audience, nowMs: now() });
      };
      return Promise.all(input.envelopes.map(verify));
    },
    async planReminders(input) {
      checkInput(PlanRemindersInput, input, 'planReminders');
      const { from, afterMinutes, workingHours } = input;
      requireTimeZone(workingHours?.timeZone);
      return afterMinutes.map((minutes) =>
        addWorkingMinutes(new Date(from), minutes, workingHours).toISOString(),
      );
    },
  };
}

const notConfigured: VerifiedDecision = {
  state: 'refused',
  rule: 'key-not-allowed',
  reason: 'this worker takes no decisions: decisions.publicKeys is not configured',
  jti: null,
};

/** A file that cannot be read now may be there in a minute: the decision is looked at again, like one of a new key. */
function orUnknown(keys: KeySource): KeySource {
  return {
    async find(kid) {
      try {
        return await keys.find(kid);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log.error('the public keys of decisions cannot be read', { reason });
        return undefined;
      }
    },
  };
}

function requireTimeZone(timeZone: string | undefined): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    throw createFailure('InvalidInput', `planReminders: workingHours.timeZone: no such time zone`, { cause });
  }
}
