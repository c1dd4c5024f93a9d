import { join } from 'node:path';
import { createFront, type Front } from '../agent/front/create-front.ts';
import { writeAgentState } from '../agent/protocol/agent-state.ts';
import { packageVersion } from '../package-version.ts';
import type { AgentBed } from './agent-bed.fixture.ts';

const workerFile = join(__dirname, '../../dist/agent/worker/main.js');

/** A front inside of the test, with a clock that stands still, and with a real worker. */
export interface TestFront {
  readonly front: Front;
  /** Milliseconds since the epoch, as the front sees them. */
  readonly clock: { now: number };
  /** How often the front has been idle for long enough. */
  idleCount(): number;
}

/** The bed's runs are opened with it from now on. */
export async function startTestFront(bed: AgentBed): Promise<TestFront> {
  const { dataDirectory } = bed;
  // Not far from the worker's own time, by which it sweeps the spool.
  const clock = { now: Date.now() };
  let idleCount = 0;
  const front = createFront({
    dataDirectory,
    version: packageVersion(),
    secret: 'secret-of-the-front',
    worker: { entryFile: workerFile, args: [dataDirectory], environment: process.env },
    now: () => clock.now,
    onIdle: () => {
      idleCount += 1;
    },
  });
  bed.onCleanUp(() => front.close());
  const port = await front.listen();
  writeAgentState(dataDirectory, {
    version: packageVersion(),
    pid: process.pid,
    port,
    secret: 'secret-of-the-front',
  });
  return { front, clock, idleCount: () => idleCount };
}
