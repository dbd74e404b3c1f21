import { setTimeout as delay } from 'node:timers/promises';
import { asyncLocalStorage } from '@temporalio/activity';
import { createFailure } from '../../workflows/shared/failures.ts';
import type { HealthPort } from './port.ts';

export interface Probe {
  /** `{account}` in it stands for the account's name. */
  readonly url: string;
  readonly expectStatus: number;
  readonly attempts: number;
}

export interface HealthOptions {
  readonly probes: Readonly<Record<string, Probe>>;
  /** Names of the accounts that may be asked about. */
  readonly accounts: readonly string[];
  /** The sandbox asks nobody but this machine. */
  readonly loopbackOnly: boolean;
  /** Between two attempts, ms. Default 10,000. */
  readonly pauseMs?: number;
  /** Of one attempt, ms. Default 5,000. */
  readonly timeoutMs?: number;
}

/** Asks without credentials and follows no redirect: what answers is the configured host or nobody. */
export function createHealthClient(options: HealthOptions): HealthPort {
  const { pauseMs = 10_000, timeoutMs = 5_000 } = options;
  return {
    async probe({ probe: name, account }) {
      const probe = findProbe(options, name);
      const url = toUrl(options, probe, account);
      const context = asyncLocalStorage.getStore();
      const signal = context?.cancellationSignal;
      for (let attempt = 1; ; attempt += 1) {
        context?.heartbeat({ attempt });
        const found = await ask(url, timeoutMs, signal);
        if (found === probe.expectStatus) return { healthy: true, detail: `answered ${found}` };
        const detail = `${describe(found)}, expected ${probe.expectStatus} (attempt ${attempt} of ${probe.attempts})`;
        if (attempt >= probe.attempts) return { healthy: false, detail };
        await delay(pauseMs, undefined, signal ? { signal } : {}).catch(() => undefined);
        signal?.throwIfAborted();
      }
    },
  };
}

/**
 * A read, repeated freely: every failure to answer counts as an attempt and is no failure of the activity.
 * @returns the status, or why there was none
 */
async function ask(url: URL, timeoutMs: number, signal: AbortSignal | undefined): Promise<number | string> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      credentials: 'omit',
      signal: signal ? AbortSignal.any([limit, signal]) : limit,
    });
    // nothing in the body is of interest, and it may be endless
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    signal?.throwIfAborted();
    if (limit.aborted) return `no answer within ${timeoutMs} ms`;
    if (error instanceof TypeError && error.cause instanceof Error) return codeOf(error.cause);
    throw error;
  }
}

function codeOf(cause: Error): string {
  const { code } = cause as Error & { code?: unknown };
  return `no answer: ${typeof code === 'string' ? code : cause.name}`;
}

function describe(found: number | string): string {
  return typeof found === 'number' ? `answered ${found}` : found;
}

function findProbe({ probes }: HealthOptions, name: string): Probe {
  const probe = Object.hasOwn(probes, name) ? probes[name] : undefined;
  if (probe) return probe;
  throw invalid(`probe: ${name} is none of probes: ${Object.keys(probes).join(', ')}`);
}

function toUrl({ accounts, loopbackOnly }: HealthOptions, probe: Probe, account: string): URL {
  if (!accounts.includes(account)) throw invalid(`account: ${account} is none of ${accounts.join(', ')}`);
  const url = new URL(probe.url.replaceAll('{account}', encodeURIComponent(account)));
  if (url.username || url.password) throw invalid('probe: its URL has credentials in it');
  if (loopbackOnly && !isLoopback(url))
    throw invalid(`probe: the sandbox asks this machine only, not ${url.hostname}`);
  return url;
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.[0-9]{1,3}){3}$/.test(hostname);
}

function invalid(message: string) {
  return createFailure('InvalidInput', message, { details: { system: 'health' } });
}
