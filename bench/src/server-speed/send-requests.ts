import { Agent, type IncomingMessage, request } from 'node:http';

/** Where requests go. */
export interface Target {
  readonly url: string;
  readonly token: string;
}

export interface Requests {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  readonly sizeBytes: number;
  readonly count: number;
  /** Sent at once, over as many connections. */
  readonly atOnce: number;
  /** In front of the number of each artifact, so that uploads can be of new ones. */
  readonly prefix: string;
}

const CHUNK = Buffer.alloc(1_000_000, 'larder');

/** Sends requests over connections that stay open from one call to the next. */
export interface Sender {
  send(requests: Requests): Promise<void>;
  close(): void;
}

export function createSender(target: Target): Sender {
  const agent = new Agent({ keepAlive: true });
  return {
    async send({ count, atOnce, ...each }) {
      let next = 0;
      const sendSome = async (): Promise<void> => {
        while (next < count) {
          next += 1;
          await sendOne(target, agent, { ...each, hash: `${each.prefix}${next}` });
        }
      };
      await Promise.all(Array.from({ length: atOnce }, sendSome));
    },
    close() {
      agent.destroy();
    },
  };
}

/** A server may close a connection that it has kept open for long: then the request goes over another. */
function sendOne(
  target: Target,
  agent: Agent,
  artifact: Pick<Requests, 'method' | 'sizeBytes'> & { hash: string },
): Promise<void> {
  const { url, token } = target;
  const { method, sizeBytes, hash } = artifact;
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/v8/artifacts/${hash}?teamId=team_bench`, {
      method,
      agent,
      headers: {
        authorization: `Bearer ${token}`,
        ...(method === 'PUT'
          ? { 'content-type': 'application/octet-stream', 'content-length': sizeBytes }
          : {}),
      },
    });
    outgoing.on('error', (error) => {
      if (outgoing.reusedSocket) resolve(sendOne(target, agent, artifact));
      else reject(error);
    });
    outgoing.on('response', (incoming) => {
      readAnswer(incoming, method === 'GET' ? sizeBytes : null).then(resolve, reject);
    });
    if (method === 'PUT') writeBody(outgoing, sizeBytes);
    else outgoing.end();
  });
}

function writeBody(outgoing: ReturnType<typeof request>, sizeBytes: number): void {
  let leftBytes = sizeBytes;
  const writeMore = (): void => {
    while (leftBytes > CHUNK.length) {
      leftBytes -= CHUNK.length;
      if (!outgoing.write(CHUNK)) {
        outgoing.once('drain', writeMore);
        return;
      }
    }
    outgoing.end(CHUNK.subarray(0, leftBytes));
  };
  writeMore();
}

async function readAnswer(incoming: IncomingMessage, sizeBytes: number | null): Promise<void> {
  let seenBytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) seenBytes += chunk.length;
  const status = incoming.statusCode ?? 0;
  if (status < 200 || status > 299) throw new Error(`A request is answered with ${status}.`);
  if (sizeBytes !== null && seenBytes !== sizeBytes) {
    throw new Error(`${seenBytes} of ${sizeBytes} bytes came.`);
  }
}
