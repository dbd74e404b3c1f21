import { pipelineChanged } from '../../../workflows/agent-promotion/messages.ts';
import { deliveryIdOf, type WebhookHandler } from '../delivery.ts';
import { parseBody } from '../parse-body.ts';
import { WebhookRefusal } from '../refusal.ts';
import { decideCodeEvent, takeCodeEvent } from './changes.ts';
import { decideGitlabEvent } from './events.ts';
import { verifyGitlabDelivery } from './signature.ts';

/** A project webhook of GitLab: a pipeline of ours has changed. */
export const handleGitlabWebhook: WebhookHandler = async ({ rawBody, headers }, context) => {
  verifyGitlabDelivery({
    rawBody,
    headers: {
      signature: headers['webhook-signature'],
      id: headers['webhook-id'],
      timestamp: headers['webhook-timestamp'],
      token: headers['x-gitlab-token'],
      statusCheck: headers['x-gitlab-signature'],
    },
    secrets: {
      token: context.secrets.gitlabWebhookToken,
      signingToken: context.secrets.gitlabSigningToken,
    },
    now: context.now(),
  });
  const body = parseBody(rawBody);
  const deliveryId = deliveryIdOf(headers['idempotency-key'] ?? headers['webhook-id'], rawBody);
  const decision = decideGitlabEvent(body);
  if (decision.kind === 'malformed') throw new WebhookRefusal('malformed', decision.reason);
  if (decision.kind === 'ignore') {
    const code = context.config.processes.change ? decideCodeEvent(body) : undefined;
    return code ? takeCodeEvent(code, deliveryId, context) : { result: 'ignored', reason: decision.reason };
  }
  const { workflowId, pipelineId } = decision;
  const payload = { deliveryId, pipelineId };
  const runs = await context.temporal.signal(workflowId, { name: pipelineChanged.name, payload });
  return { result: runs ? 'signalled' : 'not-running' };
};
