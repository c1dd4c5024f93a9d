import { finished, type Readable } from 'node:stream';
import { createClientError } from './errors/client-errors.ts';

/** One call of the client's user, from its start until nothing of it is left. */
export interface Operation {
  /** Aborted, with a LarderError as reason, by the caller's own signal or by closing the client. */
  readonly signal: AbortSignal;
  /** Makes the operation last beyond the end of the call, until `stream` is closed; aborting destroys it. */
  lastUntilClosed(stream: Readable): void;
}

/** The operations under way, so that closing the client can end them all. */
export interface Operations {
  run<T>(signal: AbortSignal | undefined, work: (operation: Operation) => Promise<T>): Promise<T>;
  /** Refuses further operations, aborts those under way and resolves when they have ended. */
  close(): Promise<void>;
}

export function createOperations(): Operations {
  const running = new Map<AbortController, Promise<void>>();
  let isClosed = false;

  return {
    async run(signal, work) {
      if (isClosed) throw createClosedError();
      if (signal?.aborted === true) throw createAbortedError(signal);

      const controller = new AbortController();
      const abort = (): void => {
        if (signal !== undefined) controller.abort(createAbortedError(signal));
      };
      signal?.addEventListener('abort', abort, { once: true });

      let lasting = null as Readable | null;
      const { promise, resolve } = createDeferred();
      running.set(controller, promise);
      const end = (): void => {
        signal?.removeEventListener('abort', abort);
        running.delete(controller);
        resolve();
      };

      try {
        return await work({
          signal: controller.signal,
          lastUntilClosed(stream) {
            lasting = stream;
            const destroy = () => {
              stream.destroy(controller.signal.reason as Error);
            };
            if (controller.signal.aborted) destroy();
            else controller.signal.addEventListener('abort', destroy);
          },
        });
      } finally {
        if (lasting === null) end();
        else finished(lasting, end);
      }
    },

    async close() {
      isClosed = true;
      for (const controller of running.keys()) controller.abort(createClosedError());
      await Promise.all(running.values());
    },
  };
}

function createAbortedError(signal: AbortSignal) {
  return createClientError(
    'LARDER_REQUEST_ABORTED',
    'The request was aborted by the signal that was given with it',
    signal.reason,
  );
}

function createClosedError() {
  return createClientError('LARDER_CLIENT_CLOSED', 'The client is closed');
}

function createDeferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
