/** Collects what a test opens and closes it in reverse order, all of it, even if one step fails. */
export interface CleanupStack {
  readonly add: (close: () => Promise<unknown>) => void;
  readonly run: () => Promise<void>;
}

/**
 * Has a script that is told to end run a stack first, for processes that would not hear of it otherwise.
 *
 * @returns what takes that back
 */
export function cleanUpOnSignals(stack: CleanupStack): () => void {
  const onSignal = (): void => {
    void stack.run().finally(() => process.exit(1));
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  };
}

export function createCleanupStack(): CleanupStack {
  const steps: (() => Promise<unknown>)[] = [];
  return {
    add(close) {
      steps.push(close);
    },
    async run() {
      const failures: unknown[] = [];
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        try {
          await step();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, 'Cleaning up failed.');
    },
  };
}
