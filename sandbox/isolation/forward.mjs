// Runs inside the namespace: each TCP address the isolated system may reach leads to a unix socket of the host.
// Plain JavaScript: it stands alone in there.
import { readFileSync } from 'node:fs';
import net from 'node:net';

/** @type {{host: string, port: number, socketPath: string}[]} */
const forwards = JSON.parse(readFileSync(process.argv[2], 'utf8'));

function join(client, socketPath) {
  const host = net.connect(socketPath);
  client.pipe(host).pipe(client);
  client.on('error', () => host.destroy());
  host.on('error', () => client.destroy());
}

const listening = forwards.map(
  ({ host, port, socketPath }) =>
    new Promise((resolve, reject) => {
      const server = net.createServer({ allowHalfOpen: true }, (client) => join(client, socketPath));
      server.once('error', reject).listen(port, host, resolve);
    }),
);
await Promise.all(listening);
process.stdout.write('ready\n');
