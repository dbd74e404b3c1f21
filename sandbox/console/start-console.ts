import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAnswers } from './answers.ts';
import type { ConsoleVendors } from './page.ts';

export interface SandboxConsole {
  /** Without the token: a browser is let in by `<url>/?token=<control>`. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The sandbox console on 127.0.0.1 (design §10): what people do by hand, sent to the vendors as their own requests.
 * @param options.uiUrl of the Temporal Web UI
 */
export async function startConsole(options: {
  vendors: ConsoleVendors;
  uiUrl: string;
  port?: number;
}): Promise<SandboxConsole> {
  const port = () => (server.address() as AddressInfo).port;
  const answer = createAnswers(options.vendors, options.uiUrl, port);
  const server = http.createServer((message, response) => {
    answer(message, response).catch((error: unknown) => {
      process.stderr.write(
        `sandbox console: ${message.method} ${message.url?.split('?')[0]}: ${stackOf(error)}\n`,
      );
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end('The console itself failed; its log says why.');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${port()}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const stackOf = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));
