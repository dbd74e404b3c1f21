import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export interface WebsocketPeer {
  send(message: object): void;
  /** The next message that came and was not taken before. */
  next(): Promise<unknown>;
  /** Cuts the connection without a word. */
  cut(): void;
}

export interface WebsocketServer {
  readonly url: string;
  /** The next connection that nobody has taken. */
  accept(): Promise<WebsocketPeer>;
  close(): Promise<void>;
}

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const;

/** As much of RFC 6455 as Slack's Socket Mode needs: short text messages, ping and close, no extensions, no fragments. */
export async function startWebsocketServer(): Promise<WebsocketServer> {
  const peers = createQueue<WebsocketPeer>();
  const sockets = new Set<Duplex>();
  const server = http.createServer((_request, response) => void response.writeHead(426).end());
  server.on('upgrade', (request, socket) => {
    const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}${magic}`).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
    );
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    peers.put(toPeer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/link`,
    accept: () => peers.take(),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function toPeer(socket: Duplex): WebsocketPeer {
  const messages = createQueue<unknown>();
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let frame = readFrame(rest); frame; frame = readFrame(rest)) {
      rest = rest.subarray(frame.length);
      if (frame.opcode === opcodes.text) messages.put(JSON.parse(frame.payload.toString('utf8')));
      if (frame.opcode === opcodes.ping) socket.write(toFrame(opcodes.pong, frame.payload));
      if (frame.opcode === opcodes.close) socket.end(toFrame(opcodes.close, frame.payload));
    }
  });
  return {
    send: (message) => void socket.write(toFrame(opcodes.text, Buffer.from(JSON.stringify(message)))),
    next: () => messages.take(),
    cut: () => void socket.destroy(),
  };
}

/** Clients mask what they send. @returns undefined until the frame is complete */
function readFrame(bytes: Buffer): { opcode: number; payload: Buffer; length: number } | undefined {
  const short = (bytes[1] ?? 0) & 0x7f;
  const start = short === 126 ? 8 : 6;
  if (bytes.length < start) return undefined;
  const size = short === 126 ? bytes.readUInt16BE(2) : short;
  if (bytes.length < start + size) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const payload = Buffer.from(
    bytes.subarray(start, start + size).map((byte, at) => byte ^ (mask[at % 4] ?? 0)),
  );
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload, length: start + size };
}

function toFrame(opcode: number, payload: Buffer): Buffer {
  const head = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...head]), payload]);
}

function createQueue<T>() {
  const items: T[] = [];
  const takers: ((item: T) => void)[] = [];
  return {
    put(item: T) {
      const taker = takers.shift();
      if (taker) taker(item);
      else items.push(item);
    },
    take: () =>
      new Promise<T>((resolve) => {
        const [item] = items.splice(0, 1);
        if (item === undefined) takers.push(resolve);
        else resolve(item);
      }),
  };
}
