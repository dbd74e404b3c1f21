import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedHook {
  readonly headers: http.IncomingHttpHeaders;
  readonly raw: string;
}

/** The parts of a webhook's body that tests look at. */
export interface HookBody {
  readonly webhookEvent: string;
  readonly issue_event_type_name?: string;
  readonly user?: { readonly displayName: string };
  readonly issue: {
    readonly key: string;
    readonly self: string;
    readonly fields: Readonly<Record<string, unknown>>;
  };
  readonly comment?: { readonly body: unknown; readonly author: { readonly displayName: string } };
  readonly changelog?: { readonly items: readonly { readonly field: string }[] };
}

/** What the endpoint does with one call: answer a status, cut the connection, or never answer. */
export type Reaction = number | 'cut' | 'hang';

/** A webhook endpoint that reacts as the script says, call by call, then with 200. */
export async function startEndpoint(script: Reaction[] = []) {
  const received: ReceivedHook[] = [];
  let busy = 0;
  let busiest = 0;

  const server = http.createServer((message, response) => {
    busy += 1;
    busiest = Math.max(busiest, busy);
    response.once('close', () => (busy -= 1));
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      received.push({ headers: message.headers, raw: Buffer.concat(chunks).toString('utf8') });
      const reaction = script.shift() ?? 200;
      if (reaction === 'cut') response.destroy();
      else if (reaction !== 'hang') response.writeHead(reaction).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/jira`,
    received,
    bodies: () => received.map(({ raw }) => JSON.parse(raw) as HookBody),
    busiest: () => busiest,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
