import { constants } from 'node:os';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

export interface StopSignal {
  /** Resolves at the first signal. */
  signal: Promise<void>;
  dispose(): void;
}

/** Waits for SIGTERM or SIGINT; a second one ends the process at once, as nobody wants to wait. */
export function waitForStopSignal(): StopSignal {
  let isStopping = false;
  let stop: () => void;
  const signal = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const listener = (name: NodeJS.Signals): void => {
    if (isStopping) process.exit(128 + constants.signals[name]);
    isStopping = true;
    stop();
  };
  for (const name of STOP_SIGNALS) process.on(name, listener);
  return {
    signal,
    dispose() {
      for (const name of STOP_SIGNALS) process.off(name, listener);
    },
  };
}
