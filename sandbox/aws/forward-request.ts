import http from 'node:http';
import type { VendorRequest, VendorResponse } from '../shared/front.ts';

// Multipart parts and streamed installers take their time; a dead emulator is noticed by its closed socket.
const idleTimeoutMs = 120_000;
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'expect',
  'upgrade',
  'te',
  'trailer',
]);

export interface Forwarder {
  forward(request: VendorRequest): Promise<VendorResponse>;
  stop(): void;
}

/**
 * Passes calls on as they came, Host included, so that signatures over it stay valid; bodies stream both ways.
 * The front stands for the TLS endpoint of AWS, so the emulator is told that the caller came by https.
 */
export function createForwarder(targetUrl: string): Forwarder {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const { hostname, port } = new URL(targetUrl);
  return {
    async forward(request) {
      const body = await bodyOf(request);
      const upstream = http.request({
        agent,
        hostname,
        port,
        method: request.method,
        path: request.url,
        headers: { ...passedOn(request.headers), 'x-forwarded-proto': 'https' },
        timeout: idleTimeoutMs,
      });
      upstream.on('timeout', () => upstream.destroy(new Error('the AWS emulator does not answer')));
      if (Buffer.isBuffer(body)) upstream.end(body);
      else pipeInto(upstream, body);
      const answer = await answerOf(upstream);
      return { status: answer.statusCode ?? 502, headers: passedOn(answer.headers), body: answer };
    },
    stop: () => agent.destroy(),
  };
}

function answerOf(upstream: http.ClientRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    upstream.once('response', resolve);
    // Stays after the answer: an early refusal closes the socket under an upload that is still running.
    upstream.on('error', reject);
  });
}

/** The front has read small JSON and form bodies for its log already; everything else is still in the stream. */
async function bodyOf(request: VendorRequest): Promise<Buffer | http.IncomingMessage> {
  return request.stream.readableDidRead ? request.body() : request.stream;
}

function pipeInto(upstream: http.ClientRequest, stream: http.IncomingMessage) {
  stream.once('close', () => {
    if (!stream.complete) upstream.destroy();
  });
  stream.pipe(upstream);
}

function passedOn(headers: http.IncomingHttpHeaders): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !hopByHop.has(name)) kept[name] = value;
  return kept;
}
