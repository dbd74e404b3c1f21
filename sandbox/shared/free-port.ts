import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';

/** Below the ports that Linux gives to outgoing connections (32768 and up): one that is free now is not theirs a moment later. */
const [lowest, highest] = [20_000, 32_000];
const tries = 50;

/** @returns a port of loopback for a process that is started later, or again */
export async function freePort(): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = randomInt(lowest, highest);
    const server = net.createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
      return port;
    } catch (error) {
      if (attempt >= tries) throw error;
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }
}
