import { type AddressInfo, type Server, type Socket } from 'node:net';

export interface OpenServer {
  readonly url: string;
  readonly port: number;
  /** Ends the server and all of its connections, in the middle of whatever they do. */
  readonly close: () => Promise<void>;
}

/** @param port one that was free a moment ago, or 0 for any that is free now */
export async function listenOnLoopback(server: Server, port = 0): Promise<OpenServer> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  server.on('connection', keep);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    async close() {
      server.off('connection', keep);
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
