import net from 'node:net';

export interface SocketBridge {
  close(): void;
}

/** Leads a unix socket of the host to one TCP address: the only thing an isolated system may then reach there. */
export async function openSocketBridge(target: {
  socketPath: string;
  host: string;
  port: number;
}): Promise<SocketBridge> {
  const open = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (inside) => {
    const outside = net.connect({ host: target.host, port: target.port, allowHalfOpen: true });
    inside.pipe(outside).pipe(inside);
    for (const [one, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => open.delete(one));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(target.socketPath, resolve);
  });
  return {
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
