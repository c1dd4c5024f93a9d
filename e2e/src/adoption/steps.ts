import { performance } from 'node:perf_hooks';

/** What has to go well in a cell, in this order. */
export const STEPS = [
  'create',
  'nx add',
  'first build',
  'second build',
  'init again',
  'remove',
  'end',
] as const;

export type Step = (typeof STEPS)[number];

/** What came of a step. */
export interface StepResult {
  readonly step: Step;
  readonly durationMs: number;
  /** Why it failed. */
  readonly error?: unknown;
}

/** The steps of one cell. */
export interface StepLog {
  readonly results: readonly StepResult[];
  /** Takes a step; rejects when it fails, so that those behind it are not taken. */
  readonly take: <T>(step: Step, action: () => Promise<T>) => Promise<T>;
}

/** @param onStep told each step when it is done */
export function createStepLog(onStep: (result: StepResult) => void): StepLog {
  const results: StepResult[] = [];
  return {
    results,
    async take(step, action) {
      const startedAt = performance.now();
      const note = (failure: Pick<StepResult, 'error'>): void => {
        const result = { step, durationMs: performance.now() - startedAt, ...failure };
        results.push(result);
        onStep(result);
      };
      try {
        const value = await action();
        note({});
        return value;
      } catch (error) {
        note({ error });
        throw error;
      }
    },
  };
}
