import { randomUUID } from 'node:crypto';
import type { RequestView, Verb } from '../../workflows/approval/messages.ts';
import type { Endpoints } from '../stack/endpoints.ts';

export interface DecisionReply {
  readonly status: number;
  /** Of a decision that was taken. */
  readonly jti?: string;
  readonly error?: string;
  readonly reason?: string;
}

export type AnsweredRequest = Pick<RequestView, 'workflowId' | 'requestId' | 'evidenceDigest' | 'policy'>;

/** What a person decides without Slack: `POST /decisions` with that person's own Jira credentials, as the CLI does it. */
export function decisionPerson(
  { starters, people }: Pick<Endpoints, 'starters' | 'people'>,
  name: string,
  site = 'gated',
) {
  const person = people[name];
  if (!person) throw new Error(`no person named ${name} in the sandbox`);
  const authorization = `Basic ${Buffer.from(`${person.email}:${person.jira.apiToken}`).toString('base64')}`;

  return {
    async say(verb: Verb, request: AnsweredRequest, reason: string | null = null): Promise<DecisionReply> {
      const { workflowId, requestId, evidenceDigest, policy } = request;
      const said = { workflowId, requestId, evidenceDigest, policy: `${policy.name}@${policy.version}` };
      const response = await fetch(`${starters}/decisions`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', 'x-lockkeeper-site': site },
        body: JSON.stringify({ ...said, verb, reason, idempotencyKey: randomUUID() }),
        signal: AbortSignal.timeout(20_000),
      });
      return { ...((await response.json()) as object), status: response.status };
    },
  };
}
