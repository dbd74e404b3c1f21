import type { z } from 'zod';
import { GateAccepted, GateSeen, Refused } from '../../gates/answers.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { PlanRules } from './plan-rules.ts';

/** The gate does not answer as a gate: worth a repeat. */
export class GateTrouble extends Error {
  override readonly name = 'GateTrouble';
  /** Milliseconds that the gate asks to wait; 0: it does not say. */
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs = 0) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * One HTTP call each. All may be repeated: a build is one run, an attempt has an id, and the rest says the same twice.
 * @throws GateTrouble · CliError final
 */
export interface GateClient {
  request(body: object): Promise<GateAccepted>;
  view(workflowId: string, query: Readonly<Record<string, string>>): Promise<GateSeen>;
  tell(
    workflowId: string,
    what: 'begin' | 'plan' | 'result' | 'details',
    body: object,
  ): Promise<GateAccepted>;
  planRules(): Promise<PlanRules['rules']>;
}

export interface GateAccess {
  /** Where the starters are, without a slash at its end. */
  readonly url: string;
  /** The credential: a bearer value, in no message. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of one call. Default 15,000. */
  readonly timeoutMs?: number;
}

export function createGateClient({ url, headers, timeoutMs = 15_000 }: GateAccess): GateClient {
  async function call<T>(path: string, shape: z.ZodType<T>, body?: object): Promise<T> {
    const response = await fetch(`${url}${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      // the credential must not follow a redirect to another host
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      const { cause, message } = error as Error;
      throw new GateTrouble(
        `the gate at ${url} does not answer: ${cause instanceof Error ? cause.message : message}`,
      );
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) {
      const parsed = shape.safeParse(answer);
      if (parsed.success) return parsed.data;
      throw new GateTrouble(`${url} answers ${response.status}, and is no gate`);
    }
    throw toError(response, Refused.safeParse(answer).data, url);
  }
  const change = (workflowId: string) => `/gates/change/${encodeURIComponent(workflowId)}`;
  return {
    request: (body) => call('/gates/change', GateAccepted, body),
    view: (workflowId, query) =>
      call(`${change(workflowId)}?${new URLSearchParams(query).toString()}`, GateSeen),
    tell: (workflowId, what, body) => call(`${change(workflowId)}/${what}`, GateAccepted, body),
    planRules: async () => (await call('/gates/plan-rules', PlanRules)).rules,
  };
}

const outcomes: Readonly<Record<number, { readonly code: ExitCode; readonly fix?: string }>> = {
  400: { code: exitCodes.usage },
  401: {
    code: exitCodes.failed,
    fix: 'Set LOCKKEEPER_ID_TOKEN with `id_tokens` of the GitLab job, or LOCKKEEPER_GATE_TOKEN in another CI.',
  },
  403: { code: exitCodes.failed },
  404: { code: exitCodes.notFound },
  409: { code: exitCodes.gateMismatch },
  413: { code: exitCodes.usage },
};

function toError(response: Response, refused: z.infer<typeof Refused> | undefined, url: string): Error {
  const { status } = response;
  const known = outcomes[status];
  // a page of a proxy in between says nothing about the change
  if (!refused) return new GateTrouble(`${url} answers ${status}, and is no gate`);
  const message = `not taken (${refused.error}): ${refused.reason}`;
  if (refused.error === 'not-configured') return new CliError(exitCodes.failed, message);
  if (known) return new CliError(known.code, message, known.fix);
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  return new GateTrouble(message, Number.isFinite(seconds) ? seconds * 1_000 : 0);
}
