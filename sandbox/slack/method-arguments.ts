import type { VendorRequest } from '../shared/front.ts';
import { SlackRefusal } from './slack-refusal.ts';

/** Slack reads numbers and booleans as text or as themselves, so do these. */
export interface MethodArguments {
  /** Undefined when absent or empty. */
  text(name: string): string | undefined;
  /** Throws `invalid_arguments`, as Slack does for a missing argument without a code of its own. */
  required(name: string): string;
  flag(name: string): boolean;
  /** Lists and objects: in forms they are JSON text. Throws `code` when they are not readable. */
  json(name: string, code: string): unknown;
}

/** Arguments of a Web API method, from the query and a form or JSON body (Slack docs, "Using the Web API"). */
export async function readArguments(request: VendorRequest): Promise<MethodArguments> {
  return argumentsOf({ ...Object.fromEntries(request.query), ...(await readBody(request)) });
}

export function argumentsOf(values: Readonly<Record<string, unknown>>): MethodArguments {
  const text = (name: string): string | undefined => {
    const value = values[name];
    if (typeof value === 'string') return value === '' ? undefined : value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  };

  return {
    text,
    required(name) {
      const value = text(name);
      if (value === undefined) throw new SlackRefusal('invalid_arguments');
      return value;
    },
    flag: (name) => text(name) === 'true' || text(name) === '1',
    json(name, code) {
      const value = values[name];
      return typeof value === 'string' ? parse(value, code) : value;
    },
  };
}

/** The token: as Bearer, or as the argument `token` of a form. */
export async function readToken(request: VendorRequest): Promise<string | undefined> {
  const bearer = bearerToken(request);
  if (bearer !== undefined) return bearer;
  const isForm = request.headers['content-type']?.includes('x-www-form-urlencoded') ?? false;
  return isForm ? (await readArguments(request)).text('token') : undefined;
}

export function bearerToken(request: VendorRequest): string | undefined {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

async function readBody(request: VendorRequest): Promise<Record<string, unknown>> {
  if (request.method === 'GET') return {};
  const text = (await request.body()).toString('utf8');
  const type = request.headers['content-type'] ?? '';
  if (text === '') return {};
  if (type.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  if (!type.includes('json')) throw new SlackRefusal('invalid_post_type');
  const value = parse(text, 'invalid_json');
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SlackRefusal('json_not_object');
  return value as Record<string, unknown>;
}

function parse(text: string, code: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new SlackRefusal(code);
  }
}
