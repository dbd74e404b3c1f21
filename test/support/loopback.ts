import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  /** JSON and forms parsed; undefined when there was none. */
  readonly body: unknown;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: object | string;
}

/** `lost`: the connection is cut instead of an answer; `hang`: no answer at all. */
export type Respond = Reply | 'lost' | 'hang' | ((request: SeenRequest) => Reply);

export interface Expected {
  readonly method: string;
  /** The path without its query. */
  readonly path: string;
  readonly respond: Respond;
}

/**
 * A vendor on loopback that answers each expected request once, in any order, and closes itself. A request that nobody
 * expected, and an expected one that never came, fail the test.
 */
export async function withLoopback(
  expected: readonly Expected[],
  run: (url: string, seen: readonly SeenRequest[]) => Promise<void>,
): Promise<void> {
  const open = [...expected];
  const seen: SeenRequest[] = [];
  const unexpected: string[] = [];
  const server = http.createServer((message, response) => {
    // the next server may get this port: its client must not find a connection of this one
    response.shouldKeepAlive = false;
    void readRequest(message).then((request) => {
      seen.push(request);
      const at = open.findIndex((one) => one.method === request.method && one.path === request.path);
      if (at < 0) unexpected.push(`${request.method} ${message.url}`);
      const respond = open.splice(at, at < 0 ? 0 : 1)[0]?.respond ?? { status: 599, body: 'not expected' };
      answer(response, typeof respond === 'function' ? respond(request) : respond);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    assert.deepEqual(unexpected, [], 'requests that nobody expected');
  }
  assert.deepEqual(
    open.map(({ method, path }) => `${method} ${path}`),
    [],
    'expected requests that never came',
  );
}

function answer(response: http.ServerResponse, reply: Reply | 'lost' | 'hang') {
  if (reply === 'hang') return;
  if (reply === 'lost') return void response.destroy();
  const { status = 200, headers = {}, body } = reply;
  const isJson = typeof body === 'object';
  response.writeHead(status, { ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers });
  response.end(isJson ? JSON.stringify(body) : body);
}

async function readRequest(message: http.IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const url = new URL(message.url ?? '/', 'http://127.0.0.1');
  const body = parseBody(Buffer.concat(chunks).toString('utf8'), message.headers['content-type'] ?? '');
  return {
    method: message.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: message.headers,
    body,
  };
}

function parseBody(text: string, type: string): unknown {
  if (text === '') return undefined;
  if (type.includes('json')) return JSON.parse(text);
  if (type.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  return text;
}
