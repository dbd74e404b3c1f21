import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import { OpenAPIBackend, type Document, type OpenAPIValidator, type Operation } from 'openapi-backend';

/**
 * What is wrong with one exchange, judged by the vendor's document; [] = nothing.
 * `path` is as sent (without query); `query` in any form that URLSearchParams takes.
 */
export type Judge = (
  method: string,
  path: string,
  query: string | URLSearchParams | Record<string, string>,
  requestBody: unknown,
  status: number,
  responseBody: unknown,
) => string[];

export interface JudgeOptions {
  /** File name of the OpenAPI document in SPECS_DIR, e.g. `jira-v3.trimmed.json`. */
  readonly document: string;
  /** Section of `required.overlay.json`: the keys that each response schema must hold. */
  readonly overlayKey: string;
  /** Keys of the overlay that a right answer may lack, by schema: the overlay comes from examples, not from a rule. */
  readonly optional?: Readonly<Record<string, readonly string[]>>;
}

interface Schema {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: unknown;
  allOf?: Schema[];
}

type Overlay = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** The directory of the vendors' documents; they are not in the repository. Without it the test is skipped, loudly. */
export function specsDirOrSkip(test: Mocha.Context): string {
  const directory = process.env['SPECS_DIR'];
  if (directory) return directory;
  console.warn('      SKIPPED: SPECS_DIR is not set, so no vendor document judges this sandbox');
  return test.skip();
}

/** Requests are judged by the document as it is, answers by a copy that is closed and knows the required keys. */
export async function createJudge(
  options: JudgeOptions,
  directory = process.env['SPECS_DIR'],
): Promise<Judge> {
  if (!directory) throw new Error('SPECS_DIR: set it to the directory of the vendors’ documents');
  const document = readFileSync(path.join(directory, options.document), 'utf8');
  const overlay = JSON.parse(readFileSync(path.join(directory, 'required.overlay.json'), 'utf8')) as Overlay;
  const open = JSON.parse(document) as Document;
  const strict = JSON.parse(document) as Document;
  closeSchemas(strict, overlay[options.overlayKey] ?? {}, options.optional ?? {});
  const requests = await createValidator(open);
  const responses = await createValidator(strict);
  return (method, url, query, requestBody, status, responseBody) => {
    const request = { method, path: url, headers: {}, query: toQuery(query), body: requestBody };
    const operation = requests.router.matchOperation(request);
    if (!operation) return [`${method} ${url}: not in ${options.document}`];
    return [
      ...judgeRequest(requests, { ...request, headers: mediaType(operation) }, operation),
      ...judgeResponse(responses, operation, status, responseBody),
    ];
  };
}

function judgeRequest(
  validator: OpenAPIValidator,
  request: Parameters<OpenAPIValidator['validateRequest']>[0],
  operation: Operation,
): string[] {
  return describe('request', validator.validateRequest(request, operation.operationId).errors);
}

// An undeclared status is no error to openapi-backend, and a body where none is declared neither.
function judgeResponse(
  validator: OpenAPIValidator,
  operation: Operation,
  status: number,
  body: unknown,
): string[] {
  const declared = validator.router.getOperation(operation.operationId ?? '')?.responses?.[String(status)];
  if (!declared || '$ref' in declared) return [`response: status ${status} is not declared`];
  const json = Object.entries(declared.content ?? {}).find(([type]) => type.includes('json'))?.[1];
  if (!json?.schema) return [];
  return describe('response', validator.validateResponse(body, operation.operationId ?? '', status).errors);
}

async function createValidator(document: Document): Promise<OpenAPIValidator> {
  const backend = new OpenAPIBackend({
    definition: document,
    quick: true,
    coerceTypes: true,
    ajvOpts: { strict: false, allErrors: true, ownProperties: true },
    customizeAjv: (ajv) => addFormats.default(ajv),
  });
  await backend.init();
  return backend.validator;
}

function closeSchemas(
  document: Document,
  overlay: Readonly<Record<string, readonly string[]>>,
  optional: Readonly<Record<string, readonly string[]>>,
): void {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  // A member of a composed schema must stay open: it sees the other members' properties.
  const composed = new Set(
    Object.values(schemas)
      .flatMap((schema) => allOfs(schema).filter((members) => members.length > 1))
      .flatMap((members) => members.map((member) => member.$ref?.split('/').at(-1))),
  );
  for (const [name, schema] of Object.entries(schemas)) {
    if (schema.properties && !composed.has(name) && typeof schema.additionalProperties !== 'object')
      schema.additionalProperties = false;
    const required = (overlay[name] ?? []).filter((key) => !optional[name]?.includes(key));
    if (required.length > 0) schema.required = [...new Set([...(schema.required ?? []), ...required])];
  }
}

/** Every `allOf` list in a schema, at any depth. */
function allOfs(schema: unknown): Schema[][] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = Array.isArray((schema as Schema).allOf) ? [(schema as Schema).allOf as Schema[]] : [];
  return [...own, ...Object.values(schema).flatMap(allOfs)];
}

function toQuery(
  query: string | URLSearchParams | Record<string, string>,
): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const before = result[name];
    result[name] = before === undefined ? value : [before, value].flat();
  }
  return result;
}

function mediaType(operation: Operation): Record<string, string> {
  const body = operation.requestBody;
  const type = body && 'content' in body ? Object.keys(body.content)[0] : undefined;
  return type ? { 'content-type': type } : {};
}

function describe(side: string, errors: ErrorObject[] | null | undefined): string[] {
  return (errors ?? []).map((error) => {
    const detail = Object.values(error.params as Record<string, unknown>).map(String);
    return `${side}${error.instancePath}: ${error.message ?? error.keyword} (${detail.join(', ')})`;
  });
}
