import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedHook {
  readonly headers: Record<string, string>;
  readonly raw: string;
  readonly body: {
    object_kind: string;
    build_status?: string;
    object_attributes?: { status: string };
  } & Record<string, unknown>;
}

/** Listens for webhooks; answers the statuses of `script` in turn, then 200. */
export async function startReceiver(script: number[] = []) {
  const received: ReceivedHook[] = [];
  const waiting: { enough(): boolean; resolve(): void }[] = [];

  const server = http.createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8');
      const headers = message.headers as Record<string, string>;
      received.push({ headers, raw, body: JSON.parse(raw) as ReceivedHook['body'] });
      response.writeHead(script.shift() ?? 200).end();
      for (const waiter of waiting) if (waiter.enough()) waiter.resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/gitlab`,
    received,
    /** Resolves when the condition holds after some arrival, or holds already. */
    async until(enough: () => boolean): Promise<void> {
      if (enough()) return;
      await new Promise<void>((resolve) => waiting.push({ enough, resolve }));
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
