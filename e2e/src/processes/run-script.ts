/** Runs a script to its end; the exit code says whether all of it went well. */
export function runScript(script: () => Promise<boolean>): void {
  script().then(
    (isGreen) => {
      process.exitCode = isGreen ? 0 : 1;
    },
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}
