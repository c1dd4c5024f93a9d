import { startProcess } from '../processes/start-process.ts';

const BUSY_LOOP = 'process.stdout.write("busy\\n", () => { for (;;); });';

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
