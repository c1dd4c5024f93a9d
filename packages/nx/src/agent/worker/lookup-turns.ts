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
  const patienceTimers = new Set<NodeJS.Timeout>();

  return {
    async take(lookUp) {
      const patience = new AbortController();
      const timer = setTimeout(() => {
        patience.abort(queuedTooLong(patienceMs));
      }, patienceMs);
      patienceTimers.add(timer);
      const endPatience = () => {
        clearTimeout(timer);
        patienceTimers.delete(timer);
      };
      try {
        return await limit(() => {
          endPatience();
          return lookUp();
        }, patience.signal);
      } finally {
        endPatience();
      }
    },
    noteArrival() {
      for (const timer of patienceTimers) timer.refresh();
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
