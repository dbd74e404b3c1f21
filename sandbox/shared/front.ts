import { randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createCallLog, kindOfPath, readableBody } from './call-log.ts';
import type { LoggedRequest } from './logged-request.ts';
import {
  applyFault,
  delay,
  findFault,
  parseFault,
  toShownFault,
  type ActiveFault,
  type Fault,
} from './faults.ts';
import type { VendorRequest, VendorResponse } from './vendor-call.ts';

export type { VendorRequest, VendorResponse } from './vendor-call.ts';

/** A vendor on loopback: real paths and answers, state inside, faults and the request log outside (see startFront). */
export interface Vendor {
  readonly name: string;
  /** Who the credentials of this call belong to, for the request log. */
  actor(request: VendorRequest): string | undefined;
  handle(request: VendorRequest): Promise<VendorResponse>;
  /** What `GET /_sandbox/calls` counts this call as; default: method and path without ids. */
  kind?(request: VendorRequest): string;
  reset(): void | Promise<void>;
  /** Vendor-shaped fixtures; answers what was made. */
  seed(fixtures: unknown): unknown;
  /** Further verbs of the control surface: `POST /_sandbox/<verb>`. */
  readonly controls?: Readonly<Record<string, (body: unknown) => unknown>>;
  /** Before it listens: for a protocol beside plain requests, such as WebSocket. */
  attach?(server: http.Server): void;
  stop?(): void | Promise<void>;
}

export interface Front {
  readonly url: string;
  readonly requests: readonly LoggedRequest[];
  stop(): Promise<void>;
}

/**
 * Serves a vendor on 127.0.0.1 with the control surface every stand-in shares (design §10):
 * `GET /_sandbox/requests?since=N`, `GET /_sandbox/calls`, `GET|POST|DELETE /_sandbox/faults`, `POST /_sandbox/{latency,reset,seed}`,
 * `POST /_sandbox/log {keep}` (how many requests are remembered; null: all) and the vendor's own controls, all behind the header
 * `X-Sandbox-Token`.
 */
export async function startFront(vendor: Vendor, options: { port?: number; token: string }): Promise<Front> {
  const calls = createCallLog();
  const state = { faults: [] as ActiveFault[], latencyMs: 0 };

  const releaseFaults = () => {
    for (const fault of state.faults.splice(0)) fault.release();
  };

  async function answer(message: http.IncomingMessage, response: http.ServerResponse) {
    const request = toVendorRequest(message);
    if (!isLoopbackHost(message.headers.host))
      return send(response, { status: 421, body: 'not a loopback host' });
    if (request.path.startsWith('/_sandbox/')) return send(response, await control(request));
    const entry = await log(request);
    const fault = findFault(state.faults, entry);
    if (state.latencyMs > 0) await delay(state.latencyMs);
    const closed = new Promise<'closed'>((resolve) => response.once('close', () => resolve('closed')));
    if (fault && fault.when === 'before') {
      await readWhole(request);
      const decided = await applyFault(fault, response, closed);
      if (decided === 'stop') return;
      if (decided !== 'go on') return finish(entry, response, decided);
    }
    const result = await vendor.handle(request);
    if (fault && fault.when === 'after') {
      const decided = await applyFault(fault, response, closed);
      if (decided === 'stop') return discard(result);
      if (decided !== 'go on') return (discard(result), finish(entry, response, decided));
    }
    return finish(entry, response, result);
  }

  async function log(request: VendorRequest): Promise<LoggedRequest> {
    const body = await readableBody(request);
    const entry: LoggedRequest = {
      n: calls.number(),
      at: new Date().toISOString(),
      method: request.method,
      path: request.path,
      query: request.query.toString(),
      ...(body === undefined ? {} : { body }),
      status: 0,
      actor: vendor.actor(request),
    };
    calls.add(entry, vendor.kind?.(request) ?? kindOfPath(request.method, request.path));
    return entry;
  }

  function finish(entry: LoggedRequest, response: http.ServerResponse, result: VendorResponse) {
    entry.status = result.status;
    entry.ms = Date.now() - Date.parse(entry.at);
    return send(response, result);
  }

  async function control(request: VendorRequest): Promise<VendorResponse> {
    if (request.headers['x-sandbox-token'] !== options.token)
      return {
        status: 401,
        body: { error: 'X-Sandbox-Token is missing or wrong: see control in .run/endpoints.json' },
      };
    const verb = request.path.slice('/_sandbox/'.length);
    if (request.method === 'GET' && verb === 'requests') {
      const since = Number(request.query.get('since') ?? 0);
      return { status: 200, body: calls.requests.filter((entry) => entry.n > since) };
    }
    if (request.method === 'GET' && verb === 'calls') return { status: 200, body: calls.counts() };
    if (request.method === 'GET' && verb === 'faults')
      return { status: 200, body: state.faults.map(toShownFault) };
    if (request.method === 'DELETE' && verb === 'faults') {
      releaseFaults();
      return { status: 204 };
    }
    if (request.method !== 'POST') return { status: 405, body: { error: `${request.method} ${verb}` } };
    const raw = await request.body();
    const body: unknown = raw.length === 0 ? {} : JSON.parse(raw.toString('utf8'));
    return post(verb, body);
  }

  async function post(verb: string, body: unknown): Promise<VendorResponse> {
    if (verb === 'faults') {
      const fault = parseFault(body as Fault, randomUUID());
      state.faults.push(fault);
      return { status: 201, body: { id: fault.id } };
    }
    if (verb === 'latency') {
      state.latencyMs = Number((body as { ms?: unknown }).ms ?? 0);
      return { status: 204 };
    }
    if (verb === 'log') {
      calls.bound((body as { keep?: number | null }).keep ?? Infinity);
      return { status: 204 };
    }
    if (verb === 'reset') {
      releaseFaults();
      calls.clear();
      state.latencyMs = 0;
      await vendor.reset();
      return { status: 204 };
    }
    if (verb === 'seed') return { status: 200, body: (await vendor.seed(body)) ?? {} };
    const own = vendor.controls?.[verb];
    if (!own) return { status: 404, body: { error: `no control named ${verb}` } };
    return { status: 200, body: (await own(body)) ?? {} };
  }

  const server = http.createServer((message, response) => {
    answer(message, response).catch((error: unknown) => {
      // whoever asked has gone, such as a poll of the queue when everything ends
      if (message.socket.destroyed) return;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`sandbox ${vendor.name}: ${message.method} ${message.url}: ${text}\n`);
      if (!response.headersSent) send(response, { status: 500, body: { error: text.split('\n')[0] } });
      else response.destroy();
    });
  });
  server.keepAliveTimeout = 30_000;
  vendor.attach?.(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: calls.requests,
    async stop() {
      releaseFaults();
      await vendor.stop?.();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function toVendorRequest(message: http.IncomingMessage): VendorRequest {
  const url = new URL(message.url ?? '/', 'http://127.0.0.1');
  let body: Promise<Buffer> | undefined;
  return {
    method: message.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: message.headers,
    url: message.url ?? '/',
    stream: message,
    body: () => (body ??= collect(message)),
  };
}

/** A connection of which nothing is read any more does not tell that it is gone: a held call would wait for ever. */
async function readWhole(request: VendorRequest): Promise<void> {
  if (request.headers['content-type']?.includes('json')) await request.body();
}

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(response: http.ServerResponse, result: VendorResponse) {
  if (response.destroyed) return discard(result);
  const { body } = result;
  for (const [name, value] of Object.entries(result.headers ?? {})) response.setHeader(name, value);
  response.statusCode = result.status;
  if (body === undefined || body === null) return void response.end();
  if (body instanceof Readable) {
    body.on('error', () => response.destroy());
    response.on('close', () => body.destroy());
    return void body.pipe(response);
  }
  if (typeof body === 'string' || Buffer.isBuffer(body)) return void response.end(body);
  response.setHeader('content-type', response.getHeader('content-type') ?? 'application/json;charset=UTF-8');
  response.end(JSON.stringify(body));
}

function discard(result: VendorResponse) {
  if (result.body instanceof Readable) result.body.destroy();
}

function isLoopbackHost(host: string | undefined): boolean {
  const name = (host ?? '').replace(/:\d+$/, '');
  return name === '127.0.0.1' || name === 'localhost' || name === '[::1]';
}
