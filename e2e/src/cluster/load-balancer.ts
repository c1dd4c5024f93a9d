import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import { listenOnLoopback } from '../faults/listen-on-loopback.ts';

export interface LoadBalancer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const CHECKED_EVERY_MS = 250;

/** One that has not answered by then is not sent requests. */
const CHECK_TIMEOUT_MS = 2_000;

/**
 * Gives each request to the next replica that is ready, as load balancers do: it asks for `/readyz`, and
 * a request that a replica did not take goes to another one.
 *
 * @param targets the base URLs of the replicas
 */
export async function startLoadBalancer(targets: readonly string[]): Promise<LoadBalancer> {
  const agent = new Agent({ keepAlive: true });
  const closing = new AbortController();
  const ready = new Set(targets);
  let turn = 0;

  async function watch(target: string): Promise<void> {
    while (!closing.signal.aborted) {
      const isReady = await fetch(`${target}/readyz`, {
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(CHECK_TIMEOUT_MS)]),
      }).then(
        async (response) => {
          await response.arrayBuffer();
          return response.ok;
        },
        () => false,
      );
      if (isReady) ready.add(target);
      else ready.delete(target);
      await delay(CHECKED_EVERY_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  /** All of them when none is ready: there is nobody else to ask. */
  function nextTarget(tried: ReadonlySet<string>): string | undefined {
    const candidates = (ready.size > 0 ? [...ready] : targets).filter((one) => !tried.has(one));
    turn += 1;
    return candidates[turn % Math.max(1, candidates.length)];
  }

  function forward(
    incoming: IncomingMessage,
    response: ServerResponse,
    tried: ReadonlySet<string> = new Set(),
  ): void {
    const target = nextTarget(tried);
    if (target === undefined) {
      response.writeHead(502).end();
      return;
    }
    const { method = '', url = '', headers } = incoming;
    const outgoing = request(new URL(url, target), { method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      // A part of an answer must not look like all of it.
      answer.on('aborted', () => response.destroy());
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' && !response.headersSent) {
        ready.delete(target);
        incoming.unpipe(outgoing);
        forward(incoming, response, new Set([...tried, target]));
      } else if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    response.on('close', () => {
      if (!response.writableFinished) outgoing.destroy();
    });
    // Not before there is somebody to take it, so that it can be offered to the next one.
    outgoing.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => incoming.pipe(outgoing));
      else incoming.pipe(outgoing);
    });
  }

  const server = createServer((incoming, response) => {
    forward(incoming, response);
  });
  server.keepAliveTimeout = 120_000;
  const { url, close } = await listenOnLoopback(server);
  const watching = targets.map(watch);
  return {
    url,
    async close() {
      closing.abort();
      await Promise.all(watching);
      agent.destroy();
      await close();
    },
  };
}
