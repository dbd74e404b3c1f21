import { randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { LoggedRequest } from './logged-request.ts';
import { findFault, parseFault, type ActiveFault, type Fault } from './faults.ts';

/** One call as a vendor's stand-in sees it. `body()` reads the stream once and remembers it. */
export interface VendorRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  /** Path and query as received. */
  readonly url: string;
  readonly stream: http.IncomingMessage;
  body(): Promise<Buffer>;
}

/** A plain object is sent as JSON; a stream is piped. */
export interface VendorResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer | Readable | object | null;
}

/** A vendor on loopback: real paths and answers, state inside, faults and the request log outside (see startFront). */
export interface Vendor {
  readonly name: string;
  /** Who the credentials of this call belong to, for the request log. */
  actor(request: VendorRequest): string | undefined;
  handle(request: VendorRequest): Promise<VendorResponse>;
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

const maxLoggedBody = 64 * 1024;

/**
 * Serves a vendor on 127.0.0.1 with the control surface every stand-in shares (design §10):
 * `GET /_sandbox/requests?since=N`, `GET|POST|DELETE /_sandbox/faults`, `POST /_sandbox/{latency,reset,seed}` and the
 * vendor's own controls, all behind the header `X-Sandbox-Token`.
 */
export async function startFront(vendor: Vendor, options: { port?: number; token: string }): Promise<Front> {
  const state = { requests: [] as LoggedRequest[], n: 0, faults: [] as ActiveFault[], latencyMs: 0 };

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
      n: ++state.n,
      at: new Date().toISOString(),
      method: request.method,
      path: request.path,
      query: request.query.toString(),
      ...(body === undefined ? {} : { body }),
      status: 0,
      actor: vendor.actor(request),
    };
    state.requests.push(entry);
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
      return { status: 200, body: state.requests.filter((entry) => entry.n > since) };
    }
    if (request.method === 'GET' && verb === 'faults')
      return { status: 200, body: state.faults.map(toShownFault) };
    if (request.method === 'DELETE' && verb === 'faults') {
      for (const fault of state.faults.splice(0)) fault.release();
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
    if (verb === 'reset') {
      for (const fault of state.faults.splice(0)) fault.release();
      state.requests.length = 0;
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
    requests: state.requests,
    async stop() {
      for (const fault of state.faults.splice(0)) fault.release();
      await vendor.stop?.();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function applyFault(
  fault: ActiveFault,
  response: http.ServerResponse,
  closed: Promise<'closed'>,
): Promise<VendorResponse | 'go on' | 'stop'> {
  switch (fault.mode) {
    case 'status':
      return { status: fault.status, headers: fault.headers, body: fault.body ?? '' };
    case 'lost':
      response.destroy();
      return 'stop';
    case 'hang':
      await Promise.race([closed, fault.released]);
      response.destroy();
      return 'stop';
    case 'delay':
      await Promise.race([closed, delay(fault.ms)]);
      return 'go on';
    case 'hold': {
      fault.waiting += 1;
      const end = await Promise.race([closed, fault.released.then(() => 'released' as const)]);
      fault.waiting -= 1;
      return end === 'closed' ? 'stop' : 'go on';
    }
  }
}

function toShownFault({ id, match, mode, when, left, used, waiting }: ActiveFault) {
  return { id, match, mode, when, left, used, waiting };
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

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Large and binary bodies are never read here: they stream through to the vendor. */
async function readableBody(request: VendorRequest): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  const length = Number(request.headers['content-length'] ?? 0);
  if (length === 0 || length > maxLoggedBody) return undefined;
  if (type.includes('json')) {
    const text = (await request.body()).toString('utf8');
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  if (type.includes('x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams((await request.body()).toString('utf8')));
  return undefined;
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

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
