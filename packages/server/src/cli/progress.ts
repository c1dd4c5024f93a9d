const TOLD_EVERY_MS = 1_000;

/** Tells how far something has come, once a second at most. */
export interface Progress {
  tell(text: string): void;
}

export function createProgress(
  output: { write(text: string): unknown },
  now: () => number = Date.now,
): Progress {
  let toldAtMs = now();
  return {
    tell(text) {
      if (now() - toldAtMs < TOLD_EVERY_MS) return;
      toldAtMs = now();
      output.write(`${text}\n`);
    },
  };
}
