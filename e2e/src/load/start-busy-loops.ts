import { startProcess } from '../processes/start-process.ts';

// It looks for its parent all the time, so that it ends with it however that ends.
const BUSY_LOOP =
  'const parent = process.ppid; process.stdout.write("busy\\n", () => { while (process.ppid === parent); process.exit(); });';

/** Takes CPU away from everything else on this machine until it is stopped. */
export async function startBusyLoops(
  count: number,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly stop: () => Promise<void> }> {
  const loops = await Promise.all(
    Array.from({ length: count }, () =>
      startProcess(process.execPath, ['-e', BUSY_LOOP], {
        cwd: process.cwd(),
        env,
        parseReady: (output) => (output.includes('busy') ? true : null),
      }),
    ),
  );
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.end('SIGKILL')));
    },
  };
}
