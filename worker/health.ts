import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Worker } from '@temporalio/worker';

/** `/livez`: the process answers; `/readyz`: every worker polls. For healthchecks of containers. */
export async function serveHealth(
  workers: readonly Worker[],
  at: { host: string; port: number },
): Promise<string> {
  const server = http.createServer((request, response) => {
    const states = workers.map((worker) => ({
      taskQueue: worker.options.taskQueue,
      state: worker.getState(),
    }));
    const ready = states.every(({ state }) => state === 'RUNNING');
    response.statusCode = request.url === '/livez' || (request.url === '/readyz' && ready) ? 200 : 503;
    if (request.url !== '/livez' && request.url !== '/readyz') response.statusCode = 404;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ready, workers: states }));
  });
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  return `http://${at.host}:${(server.address() as AddressInfo).port}`;
}
