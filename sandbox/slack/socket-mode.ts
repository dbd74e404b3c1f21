import { randomBytes, randomUUID } from 'node:crypto';
import type http from 'node:http';
import type { Duplex } from 'node:stream';
import { acceptWebSocket, refuseUpgrade, type WebSocketConnection } from './web-socket.ts';

/** Why Slack ends a connection: it is to be opened anew, or Socket Mode was switched off. */
export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled';

/** Socket Mode: the app's connections, and what is sent over them. */
export interface SocketMode {
  /** A path with a ticket that opens one connection. */
  ticket(appId: string): string;
  upgrade(request: http.IncomingMessage, socket: Duplex, head: Buffer): void;
  isConnected(): boolean;
  /** To the newest connection. @returns the acknowledgement, or undefined when none came in time */
  deliver(
    type: string,
    payload: object,
    withinMs: number,
    retry: { num: number; reason: string } | undefined,
  ): Promise<{ payload: unknown } | undefined>;
  disconnect(reason: DisconnectReason): void;
  stop(): void;
}

/** Clients give up a connection that is silent for 30 s. */
const pingEveryMs = 10_000;
const debugInfo = { host: 'sandbox', approximate_connection_time: 3600 };

export function createSocketMode(): SocketMode {
  const tickets = new Map<string, string>();
  const connections = new Set<WebSocketConnection>();
  const waiting = new Map<string, (payload: unknown) => void>();
  const heartbeat = setInterval(() => {
    for (const connection of connections) connection.ping();
  }, pingEveryMs).unref();

  /** Whatever is no acknowledgement of something sent is passed over, as Slack does. */
  function receive(text: string): void {
    const message = parse(text);
    waiting.get(String(message['envelope_id']))?.(message['payload']);
  }

  function upgrade(request: http.IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const ticket = url.searchParams.get('ticket') ?? '';
    const appId = tickets.get(ticket);
    if (url.pathname !== '/link/' || appId === undefined) return refuseUpgrade(socket, '404 Not Found');
    tickets.delete(ticket);
    const connection = acceptWebSocket(request, socket, head, {
      text: receive,
      end: () => void (connection && connections.delete(connection)),
    });
    if (!connection) return;
    connections.add(connection);
    const info = { num_connections: connections.size, connection_info: { app_id: appId } };
    connection.send(JSON.stringify({ type: 'hello', ...info, debug_info: debugInfo }));
  }

  return {
    upgrade,
    ticket(appId) {
      const ticket = randomBytes(18).toString('base64url');
      tickets.set(ticket, appId);
      return `/link/?ticket=${ticket}&app_id=${appId}`;
    },
    isConnected: () => connections.size > 0,
    async deliver(type, payload, withinMs, retry) {
      const connection = [...connections].at(-1);
      const envelopeId = randomUUID();
      const acknowledged = Promise.withResolvers<{ payload: unknown } | undefined>();
      waiting.set(envelopeId, (answer) => acknowledged.resolve({ payload: answer }));
      const timer = setTimeout(() => acknowledged.resolve(undefined), withinMs);
      const attempt = type === 'events_api' && {
        ...{ retry_attempt: retry?.num ?? 0, retry_reason: retry?.reason ?? '' },
      };
      const accepts = type === 'slash_commands' || Reflect.get(payload, 'type') === 'view_submission';
      const envelope = { envelope_id: envelopeId, type, accepts_response_payload: accepts, payload };
      connection?.send(JSON.stringify({ ...envelope, ...(attempt || {}) }));
      try {
        return await acknowledged.promise;
      } finally {
        clearTimeout(timer);
        waiting.delete(envelopeId);
      }
    },
    disconnect(reason) {
      for (const connection of connections) {
        connection.send(JSON.stringify({ type: 'disconnect', reason, debug_info: debugInfo }));
        connections.delete(connection);
      }
    },
    stop() {
      clearInterval(heartbeat);
      for (const connection of connections) connection.destroy();
    },
  };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
