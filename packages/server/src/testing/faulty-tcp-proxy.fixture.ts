// The way to an engine, on which connections break or come to a standstill.
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** What happens to answers to requests whose head matches. */
export interface TcpFault {
  match: RegExp;
  /** How much of an answer still comes through, its head included. */
  afterBytes: number;
  how: 'cut' | 'stall';
  /** To how many requests. Default: all. */
  times?: number;
}

export interface FaultyTcpProxy {
  url: string;
  /** Heads of all requests so far, in order of arrival. */
  requests: string[];
  /** Replaces what is to happen from now on. */
  inject(...faults: TcpFault[]): void;
  /** Breaks every connection. What they had not delivered is lost. */
  cutAll(): void;
  /** How many connections there are. */
  connections(): number;
  close(): Promise<void>;
}

export async function startFaultyTcpProxy(target: string): Promise<FaultyTcpProxy> {
  const { hostname, port } = new URL(target);
  const requests: string[] = [];
  const cuts = new Set<() => void>();
  let faults: Required<TcpFault>[] = [];

  function faultFor(head: string): TcpFault | null {
    const fault = faults.find(({ match, times }) => times > 0 && match.test(head));
    if (fault === undefined) return null;
    fault.times -= 1;
    return fault;
  }

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let fault: TcpFault | null = null;
    let leftBytes = 0;
    const cut = () => {
      client.resetAndDestroy();
      upstream.destroy();
      cuts.delete(cut);
    };
    cuts.add(cut);
    client.on('data', (chunk) => {
      const head = headOf(chunk);
      if (head !== null) {
        requests.push(head);
        fault = faultFor(head);
        leftBytes = fault?.afterBytes ?? 0;
      }
      passOn(chunk, client, upstream);
    });
    upstream.on('data', (chunk) => {
      if (fault === null || chunk.length <= leftBytes) {
        leftBytes -= chunk.length;
        passOn(chunk, upstream, client);
        return;
      }
      const { how } = fault;
      upstream.pause();
      client.write(chunk.subarray(0, leftBytes), () => {
        if (how === 'cut') cut();
      });
      leftBytes = 0;
    });
    client.on('error', cut).on('end', () => upstream.end());
    client.on('close', () => {
      cuts.delete(cut);
      upstream.destroy();
    });
    upstream.on('error', cut).on('end', () => client.end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port: ownPort } = server.address() as AddressInfo;
  const cutAll = () => {
    for (const cut of [...cuts]) cut();
  };
  return {
    url: `http://127.0.0.1:${ownPort}`,
    requests,
    inject(...injected) {
      faults = injected.map((fault) => ({ times: Infinity, ...fault }));
    },
    cutAll,
    connections: () => cuts.size,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      cutAll();
      await closed;
    },
  };
}

function passOn(chunk: Buffer, from: Socket, to: Socket): void {
  if (to.write(chunk)) return;
  from.pause();
  to.once('drain', () => from.resume());
}

/** A client writes the head of a request by itself or in front of its body. Null when this is none. */
function headOf(chunk: Buffer): string | null {
  const end = chunk.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const head = chunk.toString('latin1', 0, end);
  return /^[A-Z]+ \S+ HTTP\/1\.1\r\n/.test(head) ? head : null;
}
