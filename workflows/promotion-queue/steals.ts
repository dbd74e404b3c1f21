import { patched, setHandler, sleep } from '@temporalio/workflow';
import type { StealJudgement } from '../../activities/temporal/port.ts';
import { decide, decision, decisions } from '../approval/messages.ts';
import type { DecisionClaims, DecisionRecord, RefusalRule } from '../approval/messages.ts';
import { isRecord } from '../shared/guards.ts';

const most = { records: 200, envelopes: 100, length: 8 * 1024 } as const;
/** A key that this worker does not have yet is waited for, ten minutes in all. */
const unknownKey = { tries: 20, pauseMs: 30_000 } as const;

export interface StealOptions {
  readonly judge: (envelope: string) => Promise<StealJudgement>;
  /** @returns false when this is not the turn that is held */
  readonly steal: (token: number, claims: DecisionClaims) => boolean;
  readonly carried: {
    readonly decisions?: readonly DecisionRecord[];
    readonly envelopes?: readonly string[];
  };
}

export interface Steals {
  /** For continue-as-new: what was not judged is judged again there. */
  carry(): { readonly decisions: readonly DecisionRecord[]; readonly envelopes: readonly string[] };
}

/** Decisions that free the turn (signal `decide`): each is judged by the worker's own configuration, recorded and answered. */
export function createSteals({ judge, steal, carried }: StealOptions): Steals {
  let records: readonly DecisionRecord[] = carried.decisions ?? [];
  const waiting: string[] = [];

  setHandler(decisions, () => records);
  setHandler(decision, (jti) => {
    const found = records.find((record) => record.jti === jti);
    if (!found) return { state: 'pending' };
    const { state, rule, text } = found;
    return { state, rule, text };
  });
  setHandler(decide, (payload) => {
    if (!patched('steal')) return;
    const envelope = isRecord(payload) ? payload['envelope'] : undefined;
    if (typeof envelope === 'string' && envelope.length <= most.length && waiting.length < most.envelopes)
      take(envelope);
    else refuse('malformed', 'no signed decision of at most 8 KB');
  });
  for (const envelope of carried.envelopes ?? []) take(envelope);

  function take(envelope: string) {
    waiting.push(envelope);
    judgeOne(envelope)
      // cancelled with the queue, or what no repeat would mend: it stays pending
      .catch(() => undefined)
      .finally(() => waiting.splice(waiting.indexOf(envelope), 1));
  }

  async function judgeOne(envelope: string) {
    for (let tries = 1; ; tries += 1) {
      const { decision: verified, refusal, token } = await judge(envelope);
      if (verified.state === 'refused') return refuse(verified.rule, verified.reason, { jti: verified.jti });
      if (verified.state === 'valid') return settle(verified.claims, refusal, token);
      if (tries >= unknownKey.tries)
        return refuse('unknown-key', `no worker knows the key ${verified.keyId}`, { jti: verified.jti });
      await sleep(unknownKey.pauseMs, {
        summary: `a key that is not known yet: ${verified.keyId.slice(0, 40)}`,
      });
    }
  }

  function settle(claims: DecisionClaims, refusal: StealJudgement['refusal'], token: number | null) {
    const { jti, verb, principal, via, iat } = claims;
    const said = { jti, verb, principal, via, at: new Date(iat * 1000).toISOString() };
    if (refusal) return refuse(refusal.rule, refusal.text, said);
    // the envelope came twice: it was answered
    if (records.some((known) => known.jti === jti)) return;
    if (token === null || !steal(token, claims))
      return refuse('closed', 'this turn has passed on: look who has it now', said);
    add({ ...said, state: 'accepted', rule: null, text: 'the turn is freed' });
  }

  function refuse(rule: RefusalRule, text: string, said: Partial<DecisionRecord> = {}) {
    const nothing = { jti: null, verb: null, principal: null, via: null, at: new Date().toISOString() };
    add({ ...nothing, ...said, state: 'refused', rule, text });
  }

  function add(record: DecisionRecord) {
    if (record.jti !== null && records.some(({ jti }) => jti === record.jti)) return;
    records = [...records, record].slice(-most.records);
  }

  return { carry: () => ({ decisions: records, envelopes: [...waiting] }) };
}
