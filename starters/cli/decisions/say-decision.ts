import { randomUUID } from 'node:crypto';
import type { Verb } from '../../../workflows/approval/messages.ts';
import type { DecisionBody } from '../../decisions/decision-body.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { awaitAnswer } from './ask-workflow.ts';
import { postDecision } from './post-decision.ts';

export type Said = Omit<DecisionBody, 'idempotencyKey'>;

const codes = {
  accepted: exitCodes.ok,
  refused: exitCodes.refused,
  pending: exitCodes.pending,
} as const;

const marks: Readonly<Record<keyof typeof codes, string>> = {
  accepted: 'Accepted',
  refused: 'Refused',
  pending: 'Pending',
};

/** Posts it, waits a moment for the workflow's answer and prints that; the exit code says it too. */
export async function sayDecision(session: Session, said: Said): Promise<ExitCode> {
  const sent = await postDecision(session.config, { ...said, idempotencyKey: randomUUID() });
  const { workflowId, requestId, verb } = said;
  const answer = await awaitAnswer(session, { workflowId, jti: sent.jti });
  const text = answer.state === 'pending' ? pendingText : answer.text;
  const rule = answer.state === 'pending' ? null : answer.rule;
  session.output.print({ workflowId, requestId, verb, ...sent, state: answer.state, rule, text }, [
    `${marks[answer.state]}: ${describe(verb, sent)}: ${text}${rule === null ? '' : ` (${rule})`}`,
  ]);
  return codes[answer.state];
}

const pendingText = 'it is kept, and judged as soon as a worker is there; its time counts, not the worker’s';

function describe(
  verb: Verb,
  { principal, actingFor }: { principal: string; actingFor: string | null },
): string {
  return `${verb} by ${principal}${actingFor === null ? '' : ` for ${actingFor}`}`;
}
