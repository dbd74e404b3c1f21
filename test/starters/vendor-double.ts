import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface SeenRequest {
  readonly route: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export type Answer = readonly [status: number, body: unknown];

export interface VendorDouble {
  readonly baseUrl: string;
  readonly seen: SeenRequest[];
  close(): Promise<void>;
}

/**
 * A vendor on loopback that knows some routes and refuses all others.
 * @param answers `GET /path` without query → status and body, or what makes them
 */
export async function startVendorDouble(
  answers: Readonly<Record<string, Answer | (() => Answer)>>,
): Promise<VendorDouble> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    // the next server may get this port: its client must not find a connection of this one
    response.shouldKeepAlive = false;
    void text(request).then((raw) => {
      const route = `${request.method} ${(request.url ?? '').split('?')[0]}`;
      seen.push({
        route,
        headers: request.headers,
        body: raw === '' ? undefined : (JSON.parse(raw) as unknown),
      });
      const answer = answers[route] ?? [501, { unexpected: route }];
      const [status, body] = typeof answer === 'function' ? answer() : answer;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
