import type { z } from 'zod';
import { toFailure } from '../../activities/failures.ts';
import { createFailure } from '../../workflows/shared/failures.ts';

/** The few vendor calls that starters and CLI make by themselves, to look and to set up. */
export interface Rest {
  /** @param action what it is for, as in `read DEVOPS-7` · @throws our failures, as activities do */
  get<T>(action: string, path: string, shape: z.ZodType<T>): Promise<T>;
  /** @returns what was made */
  create<T>(action: string, path: string, body: unknown, shape: z.ZodType<T>): Promise<T>;
  send(action: string, method: 'POST' | 'PUT', path: string, body: unknown): Promise<void>;
}

/** @param headers credentials included · @param timeoutMs of one call */
export function createRest(
  system: string,
  baseUrl: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs = 10_000,
): Rest {
  async function request(action: string, path: string, init: RequestInit): Promise<Response> {
    const call = { system, action };
    const response = await fetch(`${baseUrl}${path}`, {
      ...init,
      headers: { accept: 'application/json', ...headers, ...init.headers },
      // a credential must not follow a redirect to another host
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw toFailure(error, call);
    });
    if (response.ok) return response;
    const said = (await response.text()).slice(0, 300);
    throw toFailure(new Error(said || response.statusText), call, { status: response.status, headers: {} });
  }

  async function read<T>(action: string, response: Response, shape: z.ZodType<T>): Promise<T> {
    const parsed = shape.safeParse(await response.json().catch(() => undefined));
    if (parsed.success) return parsed.data;
    const details = { system, action };
    throw createFailure('UnsupportedResponse', `${system}: ${action}: ${parsed.error.message}`, { details });
  }

  const write = (action: string, method: 'POST' | 'PUT', path: string, body: unknown) =>
    request(action, path, {
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });

  return {
    get: async (action, path, shape) => read(action, await request(action, path, { method: 'GET' }), shape),
    create: async (action, path, body, shape) => read(action, await write(action, 'POST', path, body), shape),
    async send(action, method, path, body) {
      await (await write(action, method, path, body)).body?.cancel();
    },
  };
}
