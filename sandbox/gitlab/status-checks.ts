import { createHmac } from 'node:crypto';
import type { MergeRequest } from './merge-request.ts';

/** An external status check service of the project (Ultimate). */
export interface StatusCheck {
  readonly id: number;
  readonly name: string;
  readonly externalUrl: string;
  /** Signs what is sent: `X-GitLab-Signature`, hex without a prefix (`ExternalStatusChecks::DispatchService`). */
  readonly sharedSecret?: string | undefined;
}

export type CheckStatus = 'pending' | 'passed' | 'failed';

export interface StatusChecks {
  readonly all: readonly StatusCheck[];
  add(input: Omit<StatusCheck, 'id'>): StatusCheck;
  /** At the merge request's head; pending for more than two minutes is failed (GitLab 16.6). */
  statusOf(check: StatusCheck, mergeRequest: MergeRequest): CheckStatus;
  respond(check: StatusCheck, mergeRequest: MergeRequest, status: CheckStatus): number;
  /** Tells the service of the merge request: the event's body with `external_approval_rule`. Resolves when it was heard or not. */
  ask(check: StatusCheck, mergeRequest: MergeRequest, event: object): Promise<void>;
}

const pendingMs = 120_000;
const answerMs = 10_000;

export function createStatusChecks(now: () => Date): StatusChecks {
  const all: StatusCheck[] = [];
  const responses = new Map<string, { status: CheckStatus; since: Date }>();
  let lastResponse = 0;
  const keyOf = (check: StatusCheck, { iid, headSha }: MergeRequest) => `${check.id}/${iid}/${headSha}`;

  function respond(check: StatusCheck, mergeRequest: MergeRequest, status: CheckStatus): number {
    responses.set(keyOf(check, mergeRequest), { status, since: now() });
    return (lastResponse += 1);
  }

  function statusOf(check: StatusCheck, mergeRequest: MergeRequest): CheckStatus {
    const said = responses.get(keyOf(check, mergeRequest));
    const { status, since } = said ?? { status: 'pending' as const, since: mergeRequest.updatedAt };
    return status === 'pending' && now().getTime() - since.getTime() > pendingMs ? 'failed' : status;
  }

  async function ask(check: StatusCheck, mergeRequest: MergeRequest, event: object) {
    if (statusOf(check, mergeRequest) !== 'passed') respond(check, mergeRequest, 'pending');
    const { id, name, externalUrl, sharedSecret } = check;
    const body = JSON.stringify({
      ...event,
      external_approval_rule: { id, name, external_url: externalUrl },
    });
    const signature = sharedSecret && createHmac('sha256', sharedSecret).update(body).digest('hex');
    const headers = {
      'content-type': 'application/json',
      ...(signature ? { 'X-GitLab-Signature': signature } : {}),
    };
    const signal = AbortSignal.timeout(answerMs);
    // What the service says is not read, here as there: it answers by the API.
    await fetch(externalUrl, { method: 'POST', headers, body, signal }).then(
      (response) => response.arrayBuffer(),
      () => undefined,
    );
  }

  function add(input: Omit<StatusCheck, 'id'>): StatusCheck {
    const check = { ...input, id: all.length + 1 };
    all.push(check);
    return check;
  }

  return { all, add, statusOf, respond, ask };
}
