import assert from 'node:assert/strict';
import {
  createFrameReader,
  encodeFrame,
  opcodes,
  WebSocketFault,
} from '../../../sandbox/slack/web-socket-frames.ts';

/** A client's frame: masked. */
function masked(first: number, data: Buffer): Buffer {
  const mask = Buffer.from([1, 2, 3, 4]);
  const length = data.length < 126 ? [data.length] : [126, data.length >> 8, data.length & 0xff];
  const head = Buffer.from([first, 0x80 | (length[0] ?? 0), ...length.slice(1)]);
  return Buffer.concat([head, mask, data.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

describe('Slack stand-in: WebSocket frames (RFC 6455)', () => {
  it('reads a frame that comes in single bytes, and two that come at once', () => {
    const read = createFrameReader();
    const hello = masked(0x81, Buffer.from('hello'));
    const frames = [...hello].flatMap((byte) => read(Buffer.from([byte])));
    frames.push(...read(Buffer.concat([hello, masked(0x89, Buffer.from('?'))])));
    assert.deepEqual(
      frames.map(({ opcode, isLast, data }) => [opcode, isLast, data.toString()]),
      [
        [opcodes.text, true, 'hello'],
        [opcodes.text, true, 'hello'],
        [opcodes.ping, true, '?'],
      ],
    );
  });

  for (const length of [0, 125, 126, 65_535])
    it(`reads ${length} bytes`, () => {
      const [frame] = createFrameReader()(masked(0x81, Buffer.alloc(length, 'x')));
      assert.equal(frame?.data.toString(), 'x'.repeat(length));
    });

  it('writes the three forms of a length', () => {
    assert.deepEqual([...encodeFrame(1, Buffer.alloc(2)).subarray(0, 2)], [0x81, 2]);
    assert.deepEqual([...encodeFrame(1, Buffer.alloc(300)).subarray(0, 4)], [0x81, 126, 1, 44]);
    assert.deepEqual(
      [...encodeFrame(1, Buffer.alloc(70_000)).subarray(0, 10)],
      [0x81, 127, 0, 0, 0, 0, 0, 1, 17, 112],
    );
  });

  const broken: [name: string, code: number, bytes: Buffer][] = [
    ['an unmasked frame', 1002, Buffer.from([0x81, 0x01, 0x61])],
    ['an extension', 1002, Buffer.from([0xc1, 0x81, 1, 2, 3, 4, 0])],
    ['a long control frame', 1002, masked(0x89, Buffer.alloc(126))],
    ['a parted control frame', 1002, masked(0x09, Buffer.alloc(1))],
    ['two gigabytes', 1009, Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x80, 0, 0, 0])],
  ];
  for (const [name, code, bytes] of broken)
    it(`ends a connection on ${name}: ${code}`, () => {
      assert.throws(
        () => createFrameReader()(bytes),
        (error: unknown) => error instanceof WebSocketFault && error.code === code,
      );
    });
});
