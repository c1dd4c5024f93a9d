import { pluginError } from '../../errors/plugin-error.ts';
import { createWorkLimit } from './work-limit.ts';

/**
 * Lookups of a run take turns. One that waits for its turn goes on waiting as long as artifacts keep
 * coming, because then it is likely to be worth it; otherwise it holds its task up for nothing.
 */
export interface LookupTurns {
  /** Rejects with `LARDER_AGENT_LOOKUP_QUEUED_TOO_LONG` when the turn does not come in time. */
  take<T>(lookUp: () => Promise<T>): Promise<T>;
  /** An artifact has come. */
  noteArrival(): void;
}

export interface LookupTurnsOptions {
  readonly maxAtOnce: number;
  /** How long a lookup waits for its turn, counted anew whenever an artifact has come. */
  readonly patienceMs: number;
}

export function createLookupTurns({ maxAtOnce, patienceMs }: LookupTurnsOptions): LookupTurns {
  const limit = createWorkLimit(maxAtOnce);
  let lastArrivalAt = -Infinity;

  /** Calls `onEnd` unless it is stopped before. An arrival costs nothing, however many lookups wait. */
  function startPatience(onEnd: () => void): { stop: () => void } {
    let timer = setTimeout(look, patienceMs);
    function look(): void {
      const restMs = lastArrivalAt + patienceMs - performance.now();
      if (restMs > 0) timer = setTimeout(look, restMs);
      else onEnd();
    }
    return {
      stop() {
        clearTimeout(timer);
      },
    };
  }

  return {
    async take(lookUp) {
      const ended = new AbortController();
      const patience = startPatience(() => {
        ended.abort(queuedTooLong(patienceMs));
      });
      try {
        return await limit(() => {
          patience.stop();
          return lookUp();
        }, ended.signal);
      } finally {
        patience.stop();
      }
    },
    noteArrival() {
      lastArrivalAt = performance.now();
    },
  };
}

function queuedTooLong(patienceMs: number) {
  return pluginError(
    'LARDER_AGENT_LOOKUP_QUEUED_TOO_LONG',
    `A lookup was given up before its turn came: those before it brought nothing for ${patienceMs} ms`,
    { hint: 'Check the network to the server, or raise the option "minDownloadMs".' },
  );
}
