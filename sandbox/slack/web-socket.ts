import { createHash } from 'node:crypto';
import type http from 'node:http';
import type { Duplex } from 'node:stream';
import { createFrameReader, encodeFrame, opcodes, WebSocketFault, type Frame } from './web-socket-frames.ts';

/** A connection that a client opened. Socket Mode sends text only. */
export interface WebSocketConnection {
  send(text: string): void;
  ping(): void;
  /** Says goodbye; the client's goodbye ends the connection. */
  close(code: number): void;
  /** Cuts it. */
  destroy(): void;
}

/** Part of the protocol itself (RFC 6455 §1.3). */
const protocolKey = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * The server's side of RFC 6455, as far as Socket Mode needs it: the stack has no WebSocket server, and Node has none.
 * @param on.text one whole message @param on.end once, however the connection ended
 */
export function acceptWebSocket(
  request: http.IncomingMessage,
  socket: Duplex,
  head: Buffer,
  on: { text(message: string): void; end(): void },
): WebSocketConnection | undefined {
  const key = request.headers['sec-websocket-key'];
  if (key === undefined || request.headers['sec-websocket-version'] !== '13') {
    refuseUpgrade(socket, '426 Upgrade Required');
    return undefined;
  }
  const accept = createHash('sha1').update(`${key}${protocolKey}`).digest('base64');
  const lines = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`];
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);

  const write = (opcode: number, data: Buffer) => {
    if (socket.writable) socket.write(encodeFrame(opcode, data));
  };
  const close = (code: number) => write(opcodes.close, Buffer.from([code >> 8, code & 0xff]));
  const read = createFrameReader();
  let parts: Buffer[] = [];

  function take({ opcode, data, isLast }: Frame): void {
    if (opcode === opcodes.ping) return write(opcodes.pong, data);
    if (opcode === opcodes.pong) return undefined;
    if (opcode === opcodes.close) {
      write(opcodes.close, data.subarray(0, 2));
      return void socket.end();
    }
    if (opcode !== opcodes.text && opcode !== opcodes.continuation)
      throw new WebSocketFault(1003, 'text only');
    parts.push(data);
    if (!isLast) return undefined;
    const whole = Buffer.concat(parts.splice(0)).toString('utf8');
    return on.text(whole);
  }

  function receive(chunk: Buffer): void {
    try {
      for (const frame of read(chunk)) take(frame);
    } catch (error) {
      close(error instanceof WebSocketFault ? error.code : 1011);
      socket.end();
    }
  }

  socket.on('data', receive);
  socket.on('error', () => socket.destroy());
  socket.once('close', () => {
    parts = [];
    on.end();
  });
  if (head.length > 0) receive(head);
  return {
    send: (text) => write(opcodes.text, Buffer.from(text, 'utf8')),
    ping: () => write(opcodes.ping, Buffer.from('ping')),
    close,
    destroy: () => void socket.destroy(),
  };
}

export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
