// The way to a database, on which things go wrong when they are told to.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface DatabaseLine {
  /** The address of the database by this line. */
  url: string;
  /** Breaks all connections; new ones are accepted. */
  cut(): void;
  /** Breaks all connections and refuses new ones. */
  refuse(): Promise<void>;
  /** Accepts connections, at the same address. */
  accept(): Promise<void>;
  /** Passes nothing on, and accepts new connections only to keep them waiting as well. */
  stall(): void;
  /** Passes on everything, also what has been waiting. */
  flow(): void;
  /** Breaks the connection by which the next statement comes, instead of passing it on. */
  loseNextQuestion(): void;
  /** Passes the next statement on, and breaks its connection instead of passing on the answer. */
  loseNextAnswer(): void;
  close(): Promise<void>;
}

export async function openDatabaseLine(databaseUrl: string): Promise<DatabaseLine> {
  const target = new URL(databaseUrl);
  const pairs = new Set<readonly [Socket, Socket]>();
  let isStalled = false;
  let lost: 'question' | 'answer' | null = null;

  const forward = (from: Socket, to: Socket, kind: 'question' | 'answer') => {
    from.on('data', (chunk: Buffer) => {
      if (lost === kind) {
        lost = null;
        from.destroy();
        to.destroy();
      } else to.write(chunk);
    });
    from.on('error', () => undefined);
    from.on('close', () => to.destroy());
  };
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname);
    const pair = [client, database] as const;
    pairs.add(pair);
    client.on('close', () => pairs.delete(pair));
    forward(client, database, 'question');
    forward(database, client, 'answer');
    if (isStalled) pair.forEach((socket) => socket.pause());
  });
  const cut = () => {
    for (const [client, database] of pairs) {
      client.destroy();
      database.destroy();
    }
  };
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const refuse = async () => {
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  };
  const port = await listen(0);
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    cut,
    refuse,
    async accept() {
      await listen(port);
    },
    stall() {
      isStalled = true;
      for (const pair of pairs) pair.forEach((socket) => socket.pause());
    },
    flow() {
      isStalled = false;
      for (const pair of pairs) pair.forEach((socket) => socket.resume());
    },
    loseNextQuestion() {
      lost = 'question';
    },
    loseNextAnswer() {
      lost = 'answer';
    },
    async close() {
      if (server.listening) await refuse();
    },
  };
}
