/** One frame of RFC 6455, unmasked. */
export interface Frame {
  readonly isLast: boolean;
  readonly opcode: number;
  readonly data: Buffer;
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Nothing that the app acknowledges is longer. */
const longest = 1024 * 1024;

/** What ends a connection, with the code that the close frame carries. */
export class WebSocketFault extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** A server's frame: whole, without a mask. */
export function encodeFrame(opcode: number, data: Buffer): Buffer {
  const { length } = data;
  const head = [0x80 | opcode];
  if (length < 126) return Buffer.concat([Buffer.from([...head, length]), data]);
  if (length < 65_536) return Buffer.concat([Buffer.from([...head, 126, length >> 8, length & 0xff]), data]);
  const long = Buffer.alloc(8);
  long.writeBigUInt64BE(BigInt(length));
  return Buffer.concat([Buffer.from([...head, 127]), long, data]);
}

/** Takes a client's bytes as they come, gives whole frames. The returned function throws `WebSocketFault`. */
export function createFrameReader(): (chunk: Buffer) => Frame[] {
  let waiting = Buffer.alloc(0);
  return (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    const frames: Frame[] = [];
    for (let read = readFrame(waiting); read; read = readFrame(waiting)) {
      frames.push(read.frame);
      waiting = waiting.subarray(read.length);
    }
    return frames;
  };
}

/** Undefined while the frame is not whole. */
function readFrame(bytes: Buffer): { frame: Frame; length: number } | undefined {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  if ((first & 0x70) !== 0) throw new WebSocketFault(1002, 'extensions were not agreed on');
  if ((second & 0x80) === 0) throw new WebSocketFault(1002, 'a client must mask its frames');
  const opcode = first & 0x0f;
  const isLast = (first & 0x80) !== 0;
  const size = readSize(bytes, second & 0x7f);
  if (!size) return undefined;
  if (opcode >= 8 && (size.data > 125 || !isLast))
    throw new WebSocketFault(1002, 'a control frame is short and whole');
  if (size.data > longest) throw new WebSocketFault(1009, 'too long');
  const start = size.head + 4;
  const length = start + size.data;
  if (bytes.length < length) return undefined;
  const mask = bytes.subarray(size.head, start);
  const data = Buffer.from(bytes.subarray(start, length)).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return { frame: { isLast, opcode, data: Buffer.from(data) }, length };
}

function readSize(bytes: Buffer, short: number): { head: number; data: number } | undefined {
  if (short < 126) return { head: 2, data: short };
  if (short === 126) return bytes.length < 4 ? undefined : { head: 4, data: bytes.readUInt16BE(2) };
  return bytes.length < 10 ? undefined : { head: 10, data: Number(bytes.readBigUInt64BE(2)) };
}
