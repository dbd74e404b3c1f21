import { z } from 'zod';
import type { Config } from '../../../config/parse-config.ts';
import type { DecisionBody } from '../../decisions/decision-body.ts';
import type { SentDecision } from '../../decisions/gateway.ts';
import { toBasic } from '../../decisions/group-sources.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { demand } from '../vendors.ts';

const timeoutMs = 10_000;
const elsewhere = 'Try again; meanwhile the buttons in Slack and the comments in Jira work.';

const Sent = z.object({ jti: z.string(), principal: z.string(), actingFor: z.string().nullable() });
const Refused = z.object({ error: z.string(), reason: z.string() });

/**
 * Says it to the decision gateway with the operator's own Jira credentials. An answer that is lost is asked for once more: the
 * idempotency key makes both the same decision.
 * @throws CliError that says what to do
 */
export async function postDecision(config: Config, body: DecisionBody): Promise<SentDecision> {
  const url = toGatewayUrl(config);
  const { jiraEmail, jiraApiToken } = demand(config, ['jiraEmail', 'jiraApiToken']);
  const site = siteOf(config, body.workflowId);
  const call = () =>
    fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: toBasic(jiraEmail.reveal(), jiraApiToken.reveal()),
        ...(site === undefined ? {} : { 'x-lockkeeper-site': site }),
      },
      body: JSON.stringify(body),
      // the credential must not follow a redirect to another host
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
  const response = await call()
    .catch(call)
    .catch((error: unknown) => {
      const { cause, message } = error as Error;
      const reason = cause instanceof Error ? cause.message : message;
      throw new CliError(
        exitCodes.unavailable,
        `the decision gateway at ${url} does not answer: ${reason}`,
        elsewhere,
      );
    });
  const answer: unknown = await response.json().catch(() => undefined);
  const sent = Sent.safeParse(answer);
  if (response.status === 202 && sent.success) return sent.data;
  throw toError(response.status, Refused.safeParse(answer).data, url);
}

function toGatewayUrl({ decisions }: Config): string {
  if (decisions) return `${decisions.gatewayUrl}/decisions`;
  throw new CliError(exitCodes.usage, 'decisions: is not in the configuration', 'Set decisions: gatewayUrl.');
}

/** The site where the operator has his account: that of the ticket, else the first. */
function siteOf({ jira: { sites } }: Config, workflowId: string): string | undefined {
  const [, named] = workflowId.split(':');
  return (sites.find(({ name }) => name === named) ?? sites[0])?.name;
}

const outcomes: Readonly<Record<number, { readonly code: ExitCode; readonly fix?: string }>> = {
  400: { code: exitCodes.failed },
  401: {
    code: exitCodes.failed,
    fix: 'Set LOCKKEEPER_JIRA_EMAIL and LOCKKEEPER_JIRA_API_TOKEN to your own; a token is made in your Atlassian account.',
  },
  403: {
    code: exitCodes.failed,
    fix: 'Ask for your Jira account id under people in the configuration of the starters.',
  },
  404: { code: exitCodes.notFound },
  409: {
    code: exitCodes.refused,
    fix: 'Your configuration and the gateway’s differ, or the request is an older one.',
  },
  429: { code: exitCodes.unavailable, fix: 'Wait a minute, then check LOCKKEEPER_JIRA_API_TOKEN.' },
  503: { code: exitCodes.unavailable, fix: elsewhere },
};

function toError(status: number, refused: z.infer<typeof Refused> | undefined, url: string): CliError {
  const { code, fix } = outcomes[status] ?? { code: exitCodes.unavailable, fix: elsewhere };
  if (!refused)
    return new CliError(
      exitCodes.unavailable,
      `${url} answers ${status}, and is no decision gateway`,
      elsewhere,
    );
  return new CliError(code, `not taken (${refused.error}): ${refused.reason}`, fix);
}
