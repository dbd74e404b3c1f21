import type { SandboxPerson } from '../shared/people.ts';
import type { VendorResponse } from '../shared/front.ts';
import { JiraError, badRequest } from './answers.ts';
import type { StoredFile } from './model.ts';

/** One authenticated call: path parameters decoded, the body parsed (undefined when there is none). */
export interface Call {
  readonly actor: SandboxPerson;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of a multipart body, the parts named `file`. */
  readonly files: readonly UploadedFile[];
}

export interface UploadedFile {
  readonly filename: string;
  readonly mimeType: string;
  readonly content: StoredFile;
}

export type Handler = (call: Call) => VendorResponse;

/** By method and pattern, e.g. `GET /rest/api/3/issue/{issueIdOrKey}`. The first match wins. */
export type Routes = Readonly<Record<string, Handler>>;

export interface Match {
  /** As in Routes: what a call is counted as. */
  readonly route: string;
  readonly handler: Handler;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the handler of a call; an unknown path is 404, a known one with another method 405. */
export function createRouter(routes: Routes): (method: string, path: string) => Match {
  const table = Object.entries(routes).map(([route, handler]) => {
    const [method = '', pattern = ''] = route.split(' ');
    return { route, method, regExp: toRegExp(pattern), handler };
  });
  return (method, path) => {
    const samePath = table.filter((route) => route.regExp.test(path));
    const route = samePath.find((candidate) => candidate.method === method);
    if (route)
      return {
        ...{ route: route.route, handler: route.handler },
        params: decode(route.regExp.exec(path)?.groups ?? {}),
      };
    throw samePath.length > 0
      ? new JiraError(405, [`Method ${method} is not allowed for ${path}`])
      : new JiraError(404, [`null for uri: ${path}`]);
  };
}

// A parameter never spans a slash: clients must encode one, as property keys may hold it.
function toRegExp(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

function decode(groups: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    throw badRequest('The path is not correctly percent-encoded.');
  }
}

/** A path parameter that the pattern of the route guarantees. */
export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`route without {${name}}`);
  return value;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The body where only a JSON object makes sense; anything else is a 400. */
export function bodyObject(call: Call): JsonObject {
  if (isJsonObject(call.body)) return call.body;
  throw badRequest('Invalid request payload. Refer to the REST API documentation and try again.');
}

/** A list parameter: repeated, comma-separated or both. */
export function listParam(query: URLSearchParams, name: string): string[] | undefined {
  const values = query.getAll(name);
  return values.length === 0 ? undefined : splitList(values);
}

export function splitList(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).filter((value) => value !== '');
}

/** A whole number of at least 0, or the default; anything else is a 400. */
export function countParam(value: unknown, name: string, standard: number, max: number): number {
  if (value === undefined || value === null) return standard;
  const count = Number(value);
  if (!Number.isInteger(count) || count < 0)
    throw badRequest(`${name}: a whole number of at least 0 is expected`);
  return Math.min(count, max);
}

/** The strings of a JSON list; anything else counts as absent. */
export const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
